import type { StudyState } from '../../core/review/study-state';
import type { StudySummary } from '../../contract/entities';

/** What the worklist shows a reader of their own reading, while another reads the same study blind. */
export interface OwnLine {
  readonly state: StudyState;
  readonly findingCount: number;
  readonly pendingCount: number;
  readonly topScore: number | null;
  readonly topOpenScore: number | null;
  readonly added: number;
}

/** A study's line as the store keeps it for everybody: {@link Views.summary} takes out what others may not know. */
export type KeptSummary = StudySummary & { readonly ofReaders?: Readonly<Record<string, OwnLine>> };
