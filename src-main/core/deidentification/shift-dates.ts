/**
 * A DA or DT value (PS3.5 table 6.2-1), several split at backslashes, moved by whole days; times of day stay. Null
 * where a value is no full date: half a date cannot be moved, and what is no date at all may be anything.
 */
export function shiftDates(text: string, vr: 'DA' | 'DT', days: number): string | null {
  const shifted = text.split('\\').map((value) => {
    if (value === '') return '';
    const parts = (vr === 'DA' ? dayPattern : timePattern).exec(value);
    return parts && shiftDay(`${parts[1]}${parts[2]}${parts[3]}`, days, parts[4] ?? '');
  });
  return shifted.includes(null) ? null : shifted.join('\\');
}

// ACR-NEMA wrote dots between year, month and day.
const dayPattern = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
const timePattern = /^(\d{4})(\d{2})(\d{2})(\d{0,6}(?:\.\d{1,6})?(?:[+-]\d{4})?)$/;

function shiftDay(day: string, days: number, rest: string): string | null {
  const [y, m, d] = [Number(day.slice(0, 4)), Number(day.slice(4, 6)), Number(day.slice(6))];
  const date = new Date(Date.UTC(y, m - 1, d));
  date.setUTCFullYear(y);
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  date.setUTCDate(date.getUTCDate() + days);
  const year = date.getUTCFullYear();
  if (year < 1) return null;
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}${rest}`;
}

/** True for a TM value: digits that say a time of day and nothing else. */
export const isTime = (text: string): boolean =>
  text.split('\\').every((v) => /^(\d{2}(:?\d{2}(:?\d{2}(\.\d{1,6})?)?)?)?$/.test(v));
