import type { FindingPlace, RejectReason } from '../study/entities';
import type { DescriptionPatch } from './description';
import type { TermSet } from './description-terms';

/** What a reader did. `pending` takes a decision back without hiding that it was made. */
export type ReviewAction =
  | { type: 'decided'; findingId: string; verdict: DecidableVerdict; reason: RejectReason | null }
  | { type: 'commented'; findingId: string; comment: string }
  /** A partial change of the description; `set` is the list of the series when it was said. */
  | { type: 'described'; findingId: string; set: TermSet; patch: DescriptionPatch }
  | { type: 'edited'; findingId: string; place: FindingPlace }
  | { type: 'added'; findingId: string; seriesId: string; number: number; label: string; place: FindingPlace }
  /** Takes back the event numbered `undoneSeq`. Nothing is ever deleted. */
  | { type: 'undone'; findingId: string; undoneSeq: number };

type DecidableVerdict = 'pending' | 'accepted' | 'rejected' | 'uncertain';

/** An action in the study's append-only history. `seq` rises; time may not (a clock can be set back). */
export interface ReviewEvent {
  readonly seq: number;
  readonly studyId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reviewer: string;
  /** Left out while the store had no users. */
  readonly userId?: string;
  readonly action: ReviewAction;
}

/** The audit chain holds review events under these types. */
export const reviewEventType = (action: ReviewAction): string => `review.${action.type}`;
