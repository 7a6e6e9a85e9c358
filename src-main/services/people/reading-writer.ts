import { AppError } from '../../core/app-error';
import { readingEventType, type ReadingAction } from '../../core/reading/events';
import type { Store } from '../../storage';
import type { SettingsService } from '../settings';
import type { Clock } from '../types';
import type { Session } from './session';

/** Puts what happened to a study into the audit chain, in the name of who sits there. */
export const readingWriter =
  (options: { store: Store; settings: SettingsService; session: Session; clock: Clock }) =>
  (studyId: string, action: ReadingAction): void => {
    const { store, settings, session, clock } = options;
    const { user } = session;
    const { reviewer } = settings.get();
    store.appendAudit({
      at: clock.now().toISOString(),
      type: readingEventType(action),
      studyId,
      payload: { reviewer, ...(user && { userId: user.userId }), action },
    });
  };

/** @throws AppError 'request.invalid' */
export function assertNamed(reviewer: string): void {
  if (reviewer.trim() !== '') return;
  throw new AppError(
    'request.invalid',
    'A signature needs the name of who signs.',
    'Enter your name in the settings, then sign again.',
    { field: 'reviewer' },
  );
}
