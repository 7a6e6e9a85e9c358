import type { ReadResult } from '../core/reading/read-results';
import type { ReadingState } from '../core/reading/reading-state';
import type { ReviewEvent } from '../core/review/events';
import type { StudyFlag } from '../core/study/study-flags';
import type { ProposedFinding } from '../core/review/review';
import type { Finding, ResultSet } from '../core/study/entities';
import type { SeriesRow, StudyRow } from '../storage';
import type { DoubleFold } from './people/double-fold';

/** One study as the store has it now, with its history folded in. */
export interface StudySnapshot {
  study: StudyRow;
  series: readonly SeriesRow[];
  resultSets: readonly ResultSet[];
  /** Which of them are read. */
  read: readonly ReadResult[];
  /** What the network found, before anyone looked. */
  proposed: readonly ProposedFinding[];
  /** Of a study that two read blind: of neither, or once both are done of the adjudication. */
  events: readonly ReviewEvent[];
  /** All, whoever did what. */
  allEvents: readonly ReviewEvent[];
  flags: StudyFlag[];
  findings: Finding[];
  /** What a report shows: decided, added, or at or above the operating point. */
  relevant: Finding[];
  reading: ReadingState;
  /** Null: one reader, as usual. */
  double: DoubleFold | null;
}
