import type { ProfileOption } from './profile';

/** What each option of the profile does, for people: command line and window say the same. */
export const optionWords: Readonly<Record<ProfileOption, string>> = {
  'retain-safe-private': 'keep private numbers known to be safe (SUV factors, b-values)',
  'retain-uids': 'keep UIDs',
  'retain-device-identity': 'keep what names the machine',
  'retain-institution-identity': 'keep what names the institution',
  'retain-patient-characteristics': 'keep age, sex, size, weight and the like',
  'retain-long-full-dates': 'keep dates and times',
  'retain-long-modified-dates': 'shift all dates of a patient by the same number of days',
  'clean-descriptors': 'keep the harmless words of descriptions',
  'clean-structured-content': 'keep structured reports, cleaned word by word',
};
