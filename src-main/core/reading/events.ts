/** What was counted when somebody signed. */
export interface SignedCounts {
  readonly accepted: number;
  readonly rejected: number;
  readonly uncertain: number;
}

/** What happened to a study as a whole; what readers do to its findings is in core/review/events.ts. */
export type ReadingAction =
  /** `sha256` of {@link signedContent}: what the signature stands for. */
  { type: 'signed'; sha256: string; counts: SignedCounts } | { type: 'addendum'; text: string };

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
