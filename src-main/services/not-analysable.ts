import { AppError } from '../core/app-error';
import type { ScannedSeries } from '../core/study/entities';
import { whyRefused } from '../core/volume/series-issues';

/** Refusal of detection in a series whose places cannot be trusted, with the reason. */
export const notAnalysable = (series: ScannedSeries): AppError =>
  new AppError(
    'series.inconsistent',
    `This series cannot be analysed. ${whyRefused(series) ?? ''}`.trim(),
    'It can still be read without a network.',
  );

/** Why no series of a study may be read by a model; null where one may. */
export function studyRefusal(all: readonly ScannedSeries[]): string | null {
  if (all.some((series) => series.analysable)) return null;
  const [first] = all;
  return (all.length === 1 && first && whyRefused(first)) || 'No series of this study can be analysed.';
}

/** The same as an error. */
export function noneAnalysable(all: readonly ScannedSeries[]): AppError {
  const reason = studyRefusal(all) ?? '';
  return new AppError(
    'series.inconsistent',
    all.length === 1 ? `The study cannot be analysed. ${reason}`.trim() : reason,
    'The series list says why for each of them. It can still be read without a network.',
  );
}
