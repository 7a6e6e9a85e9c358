/** A DICOM date (YYYYMMDD) as YYYY-MM-DD; null where it is no day of the calendar. */
export function isoDay(date: string): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(date.trim());
  if (!match) return null;
  const day = `${match[1]}-${match[2]}-${match[3]}`;
  const time = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== day ? null : day;
}
