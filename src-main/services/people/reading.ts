import { AppError } from '../../core/app-error';
import type { ReadingAction } from '../../core/reading/events';
import { isLooser } from '../../core/reading/modes';
import type { Store } from '../../storage';
import { readStudy } from '../studies';
import type { ServiceHandlers } from '../types';
import { assertUnsigned } from './signature';
import type { StudyView, Views } from './view';

export interface ReadingOptions {
  store: Store;
  views: Views;
  write: (studyId: string, action: ReadingAction) => void;
  studyChanged: (studyId: string) => void;
}

/** When a reader is shown the network's marks. */
export function createReading({
  store,
  views,
  write,
  studyChanged,
}: ReadingOptions): Pick<ServiceHandlers, 'reading.begin' | 'reading.setMode' | 'reading.reveal'> {
  const act = (studyId: string, choose: (view: StudyView) => ReadingAction[]): void => {
    const changed = store.transaction(() => {
      const actions = choose(views.of(readStudy(store, studyId)));
      for (const action of actions) write(studyId, action);
      return actions.length > 0;
    });
    if (changed) studyChanged(studyId);
  };
  /** From now on the settings have no say in how this study is read. */
  const begun = ({ reading, mode }: StudyView): ReadingAction[] =>
    reading.begun || reading.signature ? [] : [{ type: 'begun', mode }];

  return {
    'reading.begin': ({ studyId }) => act(studyId, begun),

    'reading.setMode': ({ studyId, mode: to }) =>
      act(studyId, (view) => {
        assertUnsigned(view);
        const { mode: from, reading } = view;
        if (to === from) return [];
        if (reading.begun && isLooser(from, to)) {
          throw new AppError(
            'review.conflict',
            'The marks of the network may have been seen: this study cannot be read more strictly any more.',
            'Choose the mode before a study is opened.',
          );
        }
        return [{ type: 'mode', from, to, afterOpening: reading.begun }];
      }),

    'reading.reveal': ({ studyId }) =>
      act(studyId, (view) => {
        if (view.mode === 'concurrent' || view.reading.revealed.some((r) => r.reader === views.reader))
          return [];
        return [...begun(view), { type: 'revealed' }];
      }),
  };
}
