import type { ProfileOption } from '../../../src-main/core/deidentification/profile';

export type Dates = 'removed' | 'shifted' | 'kept';
export const datesWords: Readonly<Record<Dates, string>> = {
  removed: 'Removed',
  shifted: 'Shifted, all of a patient by the same days',
  kept: 'Kept',
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

/** The profile's options of what was chosen. */
export function profileOf(dates: Dates, single: readonly SingleOption[]): ProfileOption[] {
  const ofDates: Readonly<Record<Dates, readonly ProfileOption[]>> = {
    removed: [],
    shifted: ['retain-long-modified-dates'],
    kept: ['retain-long-full-dates'],
  };
  return [...ofDates[dates], ...singleOptions.filter((option) => single.includes(option))];
}
