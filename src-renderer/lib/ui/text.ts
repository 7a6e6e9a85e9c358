import { calendarDay, decimal } from '../i18n/i18n.svelte';

/** `Family, Given` of a DICOM person name (PS3.5 6.2.1); other names as they are. */
export function nameText(name: string): string {
  const [family = '', given = '', middle = ''] = name.split('=')[0]!.split('^');
  const first = [given, middle].filter(Boolean).join(' ');
  return first ? `${family}, ${first}` : family;
}

/** The day of a DICOM date, or a dash. */
export const dateText = (date: string): string => calendarDay(date) ?? '—';

/** A calibrated score may be small and still worth a look: it is not shown as nothing. */
export const scoreText = (score: number | null): string =>
  score === null ? '—' : score > 0 && score < 0.005 ? `< ${decimal(0.01, 2)}` : decimal(score, 2);
