import { AppError } from '../core/app-error';
import type { ScannedSeries } from '../core/study/entities';

/** The reasons, from the checks of the slices; what was imported before there were any has them among its warnings. */
function reasons(series: ScannedSeries): string {
  const unsafe = (series.issues ?? []).filter((i) => i.severity === 'unsafe').map((i) => i.text);
  return (unsafe.length > 0 ? unsafe : series.warnings).join(' ');
}

/** Refusal of detection in a series whose places cannot be trusted, with the reason. */
export const notAnalysable = (series: ScannedSeries): AppError =>
  new AppError(
    'series.inconsistent',
    `This series cannot be analysed. ${reasons(series)}`.trim(),
    'It can still be read without a network.',
  );

/** The same for a study none of whose series can be analysed. */
export function noneAnalysable(all: readonly ScannedSeries[]): AppError {
  const first = all[0];
  const message =
    all.length === 1 && first
      ? `The study cannot be analysed. ${reasons(first)}`.trim()
      : 'No series of this study can be analysed.';
  return new AppError(
    'series.inconsistent',
    message,
    'The series list says why for each of them. It can still be read without a network.',
  );
}
