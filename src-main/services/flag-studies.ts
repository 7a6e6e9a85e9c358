import { AppError } from '../core/app-error';
import { flaggedEventType, type StudyFlag, type StudyFlagged } from '../core/study/study-flags';
import type { Store } from '../storage';
import type { Clock } from './types';

interface FlagOptions {
  store: Store;
  clock: Clock;
  /** Who works here; empty where nobody said. */
  reviewer: () => string;
  studyChanged: (studyId: string) => void;
}

/**
 * All of the studies or none. One that is gone is left out.
 *
 * @throws AppError 'request.invalid', field 'reviewer'.
 */
export function flagStudies(
  { store, clock, reviewer, studyChanged }: FlagOptions,
  { studyIds, flag, on }: { studyIds: readonly string[]; flag: StudyFlag; on: boolean },
): void {
  const event: StudyFlagged = { reviewer: reviewer(), flag, on };
  if (event.reviewer === '') {
    throw new AppError(
      'request.invalid',
      'A flag needs the name of who set it.',
      'Enter your name in the settings, then flag the study again.',
      { field: 'reviewer' },
    );
  }
  const present = [...new Set(studyIds)].filter((studyId) => store.getStudy(studyId));
  const at = clock.now().toISOString();
  store.transaction(() => {
    for (const studyId of present) store.appendAudit({ at, type: flaggedEventType, studyId, payload: event });
  });
  present.forEach(studyChanged);
}
