import type { ProfileOption } from '../../../src-main/core/deidentification/profile';
import { deidentifying as words } from '../i18n/areas/deidentify';
import type { Message } from '../i18n/messages';

export const dates = ['removed', 'shifted', 'kept'] as const;
export type Dates = (typeof dates)[number];
export const datesWords: Readonly<Record<Dates, Message>> = {
  removed: words.datesRemoved,
  shifted: words.datesShifted,
  kept: words.datesKept,
};

/** Options that stand by themselves, in the order shown; dates exclude each other and are chosen as one. */
export const singleOptions = [
  'clean-descriptors',
  'clean-structured-content',
  'retain-patient-characteristics',
  'retain-device-identity',
  'retain-institution-identity',
  'retain-safe-private',
  'retain-uids',
] as const satisfies readonly ProfileOption[];
export type SingleOption = (typeof singleOptions)[number];

/** What each keeps. The command line has its own words. */
export const optionWords: Readonly<Record<SingleOption, Message>> = {
  'clean-descriptors': words.descriptors,
  'clean-structured-content': words.structured,
  'retain-patient-characteristics': words.characteristics,
  'retain-device-identity': words.device,
  'retain-institution-identity': words.institution,
  'retain-safe-private': words.safePrivate,
  'retain-uids': words.uids,
};

/** The profile's options of what was chosen. */
export function profileOf(dates: Dates, single: readonly SingleOption[]): ProfileOption[] {
  const ofDates: Readonly<Record<Dates, readonly ProfileOption[]>> = {
    removed: [],
    shifted: ['retain-long-modified-dates'],
    kept: ['retain-long-full-dates'],
  };
  return [...ofDates[dates], ...singleOptions.filter((option) => single.includes(option))];
}
