import type { ReadingMode } from './modes';
import type { AdjudicationWay, Reader } from './readers';

/** What was counted when somebody signed. */
export interface SignedCounts {
  readonly accepted: number;
  readonly rejected: number;
  readonly uncertain: number;
}

/** What happened to a study as a whole; what readers do to its findings is in core/review/events.ts. */
export type ReadingAction =
  /** Somebody opened it for reading; the mode is the study's from now on. */
  | { type: 'begun'; mode: ReadingMode }
  | { type: 'mode'; from: ReadingMode; to: ReadingMode; afterOpening: boolean }
  /** The reader was shown what the network marked: the unaided read was done, or they asked for it. */
  | { type: 'revealed' }
  /** `sha256` of {@link signedContent}: what the signature stands for. */
  | { type: 'signed'; sha256: string; counts: SignedCounts }
  | { type: 'addendum'; text: string }
  /** Two people are to read it, blind to each other; said again: in place of those before. */
  | { type: 'double-assigned'; readers: readonly [Reader, Reader] }
  /** One of the two is done, or is not after all. */
  | { type: 'double-finished' }
  | { type: 'double-reopened' }
  /** Somebody begins to say which of the two is right, where they differ. */
  | { type: 'adjudicating'; way: AdjudicationWay }
  /**
   * Another result of a series is read from now on; `newest` is the newest it had then. `replaced` findings nobody had said
   * anything of went out of sight, `kept` ones of other results stayed, and `renumbered` are those whose number was taken.
   */
  | {
      type: 'result-chosen';
      seriesId: string;
      resultSetId: string;
      newest: string;
      replaced: number;
      kept: number;
      renumbered: readonly { readonly findingId: string; readonly number: number }[];
    };

/** An action in the study's append-only history, like a ReviewEvent. */
export interface ReadingEvent {
  readonly seq: number;
  readonly studyId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reviewer: string;
  /** Left out while the store had no users. */
  readonly userId?: string;
  readonly action: ReadingAction;
}

/** The audit chain holds reading events under these types. */
export const readingEventType = (action: ReadingAction): string => `reading.${action.type}`;
