import type {
  FindingOrigin,
  FindingPlace,
  LesionLink,
  Measurement,
  OutlineMask,
  RejectReason,
  Verdict,
} from '../study/entities';
import type { DescriptionPatch, FindingDescription } from './description';
import type { TermSet } from './description-terms';

/** What a reader did. `pending` takes a decision back without hiding that it was made. */
export type ReviewAction =
  | { type: 'decided'; findingId: string; verdict: DecidableVerdict; reason: RejectReason | null }
  | { type: 'commented'; findingId: string; comment: string }
  /** A partial change of the description; `set` is the list of the series when it was said. */
  | { type: 'described'; findingId: string; set: TermSet; patch: DescriptionPatch }
  | { type: 'edited'; findingId: string; place: FindingPlace }
  | {
      type: 'added';
      findingId: string;
      seriesId: string;
      number: number;
      label: string;
      place: FindingPlace;
      /** Left out: drawn. */
      origin?: FindingOrigin | undefined;
    }
  /** A finding of the reader's own is no longer one. */
  | { type: 'removed'; findingId: string }
  /** Several findings are one of the reader's own; they keep their history, and undo brings them back. */
  | {
      type: 'merged';
      findingId: string;
      from: readonly string[];
      seriesId: string;
      number: number;
      label: string;
      place: FindingPlace;
      origin: FindingOrigin;
    }
  /** One finding (`findingId`) is two of the reader's own. */
  | {
      type: 'split';
      findingId: string;
      seriesId: string;
      label: string;
      parts: readonly { findingId: string; number: number; place: FindingPlace }[];
      origin: FindingOrigin;
    }
  /** The lesion's outline in its box and what it measures; null: there is none (any more). */
  | {
      type: 'outlined';
      findingId: string;
      outline: { mask: OutlineMask; measurement: Measurement; by: 'computed' | 'brush' } | null;
    }
  /**
   * Of two readers' opinions one holds: what it was is in the event, so that the history needs no other. A side that said
   * nothing of the place stands for no lesion there.
   */
  | { type: 'resolved'; findingId: string; take: 'first' | 'second'; as: ResolvedAs }
  /** The lesion in an earlier study that it is; null: it is linked to none (any more). */
  | { type: 'linked'; findingId: string; link: LesionLink | null }
  /** It is not the lesion of an earlier study that was proposed. */
  | { type: 'link-refused'; findingId: string; priorFindingId: string }
  /** Takes back the event numbered `undoneSeq`; of an `undone` one that is redo. Nothing is ever deleted. */
  | { type: 'undone'; findingId: string; undoneSeq: number };

/** A reader's opinion of a place, whole. */
export interface ResolvedAs {
  readonly verdict: Exclude<Verdict, 'pending'>;
  readonly reason: RejectReason | null;
  readonly comment: string;
  readonly place: FindingPlace;
  readonly outline?: OutlineMask | undefined;
  readonly measurement?: Measurement | undefined;
  readonly description?: FindingDescription | undefined;
  /** Null: they linked it to no earlier lesion. Left out in events of before links were taken over: the link stays. */
  readonly link?: LesionLink | null | undefined;
  readonly refusedLinks?: readonly string[] | undefined;
}

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

/** Findings that an action puts there. */
export function introduced(action: ReviewAction): readonly string[] {
  if (action.type === 'added' || action.type === 'merged') return [action.findingId];
  return action.type === 'split' ? action.parts.map((part) => part.findingId) : [];
}

/** Numbers that an action gave away: none is ever given twice. */
export function numbersGiven(action: ReviewAction): readonly number[] {
  if (action.type === 'added' || action.type === 'merged') return [action.number];
  return action.type === 'split' ? action.parts.map((part) => part.number) : [];
}
