import type { ReadingAction, ReadingEvent } from '../core/reading/events';
import type { ReviewAction, ReviewEvent } from '../core/review/events';
import { flaggedEventType, type StudyFlagged } from '../core/study/study-flags';
import * as audit from './audit';
import type { Connection } from './database';

interface Payload<Action> {
  reviewer: string;
  /** Left out while the store has no users. */
  userId?: string;
  action: Action;
}

/** What the readers of a study did to its findings. */
export const review = (db: Connection, studyId: string): ReviewEvent[] =>
  eventsOf<ReviewAction>(db, studyId, 'review.');

/** How the study is read: mode, signature, addenda ... */
export const reading = (db: Connection, studyId: string): ReadingEvent[] =>
  eventsOf<ReadingAction>(db, studyId, 'reading.');

export const flags = (db: Connection, studyId: string): StudyFlagged[] =>
  audit.ofKind(db, studyId, flaggedEventType).map(({ payload }) => payload as StudyFlagged);

function eventsOf<Action>(db: Connection, studyId: string, prefix: string) {
  return audit.ofKind(db, studyId, prefix).map(({ seq, at, payload }) => {
    const { reviewer, userId, action } = payload as Payload<Action>;
    return { seq, studyId, at, reviewer, ...(userId !== undefined && { userId }), action };
  });
}
