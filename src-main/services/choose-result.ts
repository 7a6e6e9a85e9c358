import { AppError } from '../core/app-error';
import type { ReadingAction } from '../core/reading/events';
import { assertNamedReader } from '../core/review/assert-allowed';
import { resultChange } from '../core/review/change-result';
import { replay } from '../core/review/review';
import type { Store } from '../storage';
import { assertMayChange, assertNoReadingBegun } from './people/double-reading';
import type { Session } from './people/session';
import { assertUnsigned } from './people/signature';
import { assertShown, type Views } from './people/view';
import type { SettingsService } from './settings';
import { readStudy } from './studies';
import type { ServiceHandlers } from './types';

/** Which result of a series is read: the newest, until a reader says otherwise. */
export function createChooseResult(options: {
  store: Store;
  settings: SettingsService;
  session: Session;
  views: Views;
  write: (studyId: string, action: ReadingAction) => void;
  studyChanged: (studyId: string) => void;
}): Pick<ServiceHandlers, 'results.choose'> {
  const { store, settings, session, views, write, studyChanged } = options;
  return {
    'results.choose'({ studyId, seriesId, resultSetId }) {
      const changed = store.transaction(() => {
        const study = readStudy(store, studyId);
        const view = views.of(study);
        assertUnsigned(study);
        assertMayChange(view, session.user);
        assertShown(view);
        assertNoReadingBegun(study);
        assertNamedReader(settings.get().reviewer);
        const { resultSets, read, series, proposed, allEvents } = study;
        const sets = resultSets.filter((set) => set.seriesId === seriesId);
        if (!sets.some((set) => set.resultSetId === resultSetId))
          throw new AppError('not-found', 'This series has no such result.', 'Open the study again.');
        if (read.some((result) => result.resultSetId === resultSetId)) return false;
        // What failed, or was turned away since, must be seen: an older result would cover it.
        if (series.find((s) => s.seriesId === seriesId)?.detection !== 'done')
          throw new AppError(
            'review.conflict',
            'An older result can be read only where the last detection of its series is done.',
            'Wait for the detection, or start it again.',
          );
        const { leave, come, renumbered, kept } = resultChange(
          { seriesId, resultSetId },
          replay(proposed, allEvents),
          proposed,
          store.findingsOf(studyId, resultSetId),
          allEvents,
        );
        store.supersede(leave, resultSetId);
        store.restore(come);
        write(studyId, {
          type: 'result-chosen',
          seriesId,
          resultSetId,
          newest: sets[sets.length - 1]!.resultSetId,
          replaced: leave.length,
          kept,
          renumbered,
        });
        return true;
      });
      if (changed) studyChanged(studyId);
    },
  };
}
