import type { ReadingState } from '../core/reading/reading-state';
import type { ReviewEvent } from '../core/review/events';
import type { StudyFlag } from '../core/study/study-flags';
import type { Finding, ResultSet } from '../core/study/entities';
import type { SeriesRow, StudyRow } from '../storage';

/** One study as the store has it now, with its history folded in. */
export interface StudySnapshot {
  study: StudyRow;
  series: SeriesRow[];
  resultSets: ResultSet[];
  events: ReviewEvent[];
  flags: StudyFlag[];
  findings: Finding[];
  /** What a report shows: decided, added, or at or above the operating point. */
  relevant: Finding[];
  reading: ReadingState;
}
