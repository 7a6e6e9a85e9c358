import { AppError } from '../core/app-error';
import { reviewEventType, type ReviewAction } from '../core/review/events';
import { assertAllowed, lastUndoable } from '../core/review/review';
import type { Finding } from '../contract/entities';
import type { Store } from '../storage';
import { describedAction } from './describe';
import { mutable } from './mutable';
import { assertUnsigned } from './people/signature';
import type { Session } from './people/session';
import { readSeries, readStudy } from './studies';
import type { StudySnapshot } from './study-snapshot';
import type { SettingsService } from './settings';
import type { Clock, ServiceHandlers } from './types';

export interface ReviewOptions {
  store: Store;
  settings: SettingsService;
  session: Session;
  clock: Clock;
  newId: () => string;
  studyChanged: (studyId: string) => void;
}

type ReviewEndpoint =
  'review.decide' | 'review.comment' | 'review.describe' | 'review.add' | 'review.edit' | 'review.undo';

/** What readers say about findings. Every action is on disk before the answer. */
export function createReview(options: ReviewOptions): Pick<ServiceHandlers, ReviewEndpoint> {
  const { store, settings, session, clock, newId, studyChanged } = options;

  /** @throws AppError 'review.signed' */
  const openStudy = (studyId: string): StudySnapshot => {
    const snapshot = readStudy(store, studyId);
    assertUnsigned(snapshot);
    return snapshot;
  };

  const write = (studyId: string, action: ReviewAction): void => {
    const { reviewer } = settings.get();
    store.appendAudit({
      at: clock.now().toISOString(),
      type: reviewEventType(action),
      studyId,
      payload: { reviewer, ...(session.user && { userId: session.user.userId }), action },
    });
  };

  const perform = (studyId: string, action: ReviewAction): Finding => {
    const after = store.transaction(() => {
      assertAllowed(openStudy(studyId).findings, action, settings.get().reviewer);
      write(studyId, action);
      return readStudy(store, studyId).findings.find((f) => f.findingId === action.findingId);
    });
    if (!after) throw new AppError('review.conflict', 'The finding is gone.', 'Reload the study.');
    studyChanged(studyId);
    return mutable(after);
  };

  return {
    'review.decide': ({ studyId, findingId, verdict, reason }) =>
      perform(studyId, { type: 'decided', findingId, verdict, reason }),

    'review.comment': ({ studyId, findingId, comment }) =>
      perform(studyId, { type: 'commented', findingId, comment }),

    'review.describe': ({ studyId, findingId, change }) =>
      perform(studyId, describedAction(readStudy(store, studyId), findingId, change)),

    'review.edit': ({ studyId, findingId, place }) => perform(studyId, { type: 'edited', findingId, place }),

    'review.add'({ studyId, seriesId, label, place }) {
      const series = readSeries(store, seriesId);
      const volume = series.scanned.pixels.kind === 'volume';
      const frames = series.scanned.pixels.kind === 'image' ? series.scanned.pixels.frames : 0;
      if (
        series.studyId !== studyId ||
        volume !== (place.space === 'lps') ||
        (place.space === 'px' && place.frame >= frames)
      ) {
        throw new AppError(
          'request.invalid',
          'This box does not lie in the series it was drawn in.',
          'Reload the study and draw the box again.',
          { field: 'place' },
        );
      }
      // Also past findings that were undone or replaced: a number said out loud is never given twice.
      const { findings, events } = readStudy(store, studyId);
      const numbers = [
        ...findings.map((f) => f.number),
        ...events.flatMap(({ action }) => (action.type === 'added' ? [action.number] : [])),
      ];
      const number = Math.max(0, ...numbers) + 1;
      return perform(studyId, { type: 'added', findingId: newId(), seriesId, number, label, place });
    },

    'review.undo'({ studyId }) {
      const undone = store.transaction(() => {
        const { findings, events } = openStudy(studyId);
        const last = lastUndoable(findings, events);
        if (!last) return null;
        const action: ReviewAction = {
          type: 'undone',
          findingId: last.action.findingId,
          undoneSeq: last.seq,
        };
        assertAllowed(findings, action, settings.get().reviewer);
        write(studyId, action);
        return { findingId: last.action.findingId };
      });
      if (undone) studyChanged(studyId);
      return undone;
    },
  };
}
