import { AppError } from '../../core/app-error';
import { hasFinished, isReader, mayAdjudicate, mayChange } from '../../core/reading/double-reading';
import type { Reader } from '../../core/reading/readers';
import type { ReadingAction } from '../../core/reading/events';
import type { ReviewEvent } from '../../core/review/events';
import { effective } from '../../core/review/review';
import type { ShownAgreement } from '../../contract/double-reading';
import type { Store, UserRow } from '../../storage';
import { mutable } from '../mutable';
import { readStudy } from '../studies';
import type { StudySnapshot } from '../study-snapshot';
import type { ServiceHandlers } from '../types';
import type { Session } from './session';
import { assertUnsigned } from './signature';
import { refusalOf } from './signing';
import type { StudyView, Views } from './view';

type Endpoint =
  'double.assign' | 'double.finish' | 'double.reopen' | 'double.agreement' | 'double.adjudicate';

export interface DoubleReadingOptions {
  store: Store;
  session: Session;
  views: Views;
  write: (studyId: string, action: ReadingAction) => void;
  studyChanged: (studyId: string) => void;
}

/** Two readings of one study, from the assignment to the beginning of the adjudication. */
export function createDoubleReading(options: DoubleReadingOptions): Pick<ServiceHandlers, Endpoint> {
  const { store, session, views, write, studyChanged } = options;

  const act = (studyId: string, choose: (view: StudyView) => ReadingAction): void => {
    store.transaction(() => {
      const view = views.of(readStudy(store, studyId));
      assertUnsigned(view);
      write(studyId, choose(view));
    });
    studyChanged(studyId);
  };
  const own = (view: StudyView): string => {
    const { double } = view;
    if (double && double.phase === 'reading' && isReader(double.state, views.reader)) return views.reader;
    throw new AppError(
      'session.forbidden',
      'Only who was asked to read this study, and while it is read, may do this.',
      'Open the study again.',
    );
  };

  return {
    'double.assign'({ studyIds, readers: ids }) {
      const readers = ids.map((userId) => readerOf(session, userId)) as [Reader, Reader];
      if (ids[0] === ids[1])
        throw new AppError(
          'request.invalid',
          'The two readers are one person.',
          'Choose two different readers.',
          { field: 'readers' },
        );
      store.transaction(() => {
        for (const studyId of studyIds) {
          const study = readStudy(store, studyId);
          assertUnsigned(study);
          assertAssignable(study, session, ids);
          write(studyId, { type: 'double-assigned', readers });
        }
      });
      studyIds.forEach(studyChanged);
    },

    'double.finish': ({ studyId }) =>
      act(studyId, (view) => {
        if (hasFinished(view.double!.state, own(view))) throw finishedAlready();
        const refusal = refusalOf(view);
        if (refusal !== null)
          throw new AppError('review.conflict', refusal, 'Then say again that you are done.');
        return { type: 'double-finished' };
      }),

    'double.reopen': ({ studyId }) =>
      act(studyId, (view) => {
        if (!hasFinished(view.double!.state, own(view)))
          throw new AppError('review.conflict', 'This reading is not finished.', 'Go on reading.');
        return { type: 'double-reopened' };
      }),

    'double.agreement': ({ studyId }) => shownAgreement(views.of(readStudy(store, studyId))),

    async 'double.adjudicate'({ studyId, way, passphrase }) {
      const { double } = readStudy(store, studyId);
      if (way === 'consensus' && double) {
        const other = double.state.readers.find((reader) => reader.userId !== views.reader);
        if (isReader(double.state, views.reader))
          await session.prove(userOf(session, other!.userId), passphrase);
      }
      act(studyId, (view) => {
        const state = view.double?.phase === 'read' ? view.double.state : null;
        if (!state)
          throw new AppError(
            'review.conflict',
            'There is nothing to adjudicate: both readings must be finished, and nobody be at it yet.',
            'Open the study again.',
          );
        if (mayAdjudicate(state, session.user) !== way)
          throw new AppError(
            'session.forbidden',
            'Only an adjudicator who is none of the two readers, or both readers together, may adjudicate.',
            'Ask somebody with this role to log in.',
          );
        return { type: 'adjudicating', way };
      });
    },
  };
}

/**
 * Refuses to change findings of a study that others read, or that is read to the end.
 *
 * @throws AppError 'session.forbidden', 'review.conflict'
 */
export function assertMayChange({ double }: StudyView, user: UserRow | null): void {
  if (!double || mayChange(double.state, user)) return;
  if (double.phase === 'reading' && user && isReader(double.state, user.userId)) throw finishedAlready();
  if (double.phase === 'read')
    throw new AppError(
      'review.conflict',
      'Both readings are finished and stay as they are.',
      'Begin the adjudication to say what holds.',
    );
  throw new AppError(
    'session.forbidden',
    double.phase === 'reading'
      ? 'Two others read this study, blind to each other.'
      : 'Others adjudicate this study.',
    'Ask an admin to assign it to you.',
  );
}

/** @throws AppError 'review.blind' while one of two readers is not done: it would tell the other's findings */
export function assertReadByBoth({ double }: Pick<StudySnapshot, 'double'>): void {
  if (double?.phase !== 'reading') return;
  throw new AppError(
    'review.blind',
    'Two readers read this study blind, and are not both done.',
    'Wait until both have finished.',
  );
}

/** @throws AppError 'review.blind': the second reader must be shown what the first was */
export function assertNoReadingBegun({ double, allEvents }: StudySnapshot): void {
  if (!double || (allEvents.length === 0 && double.state.finished.length === 0)) return;
  throw new AppError(
    'review.blind',
    'Two readers read this study, and one has begun: another result of the network would show the other something else.',
    'Sign the study first, or import it anew.',
  );
}

function assertAssignable(study: StudySnapshot, session: Session, ids: readonly string[]): void {
  const { user } = session;
  const { double, allEvents } = study;
  const mayBegin = user?.role === 'admin' || (!double && user && ids.includes(user.userId));
  if (!mayBegin)
    throw new AppError(
      'session.forbidden',
      'Only an admin, or one of the two readers before it is begun, may assign a double reading.',
      'Ask somebody with this role to log in.',
    );
  if (double && double.phase !== 'reading')
    throw new AppError('review.conflict', 'Both readings of this study are finished.', 'Adjudicate it.');
  if (!double && effective(allEvents).length > 0)
    throw new AppError(
      'review.conflict',
      'Somebody has begun to read this study already: a second reader may have seen what they said.',
      'Assign a double reading before anybody decides on a finding.',
    );
}

function userOf(session: Session, userId: string): UserRow {
  const user = session.users().find((other) => other.userId === userId && !other.disabled);
  if (user) return user;
  throw new AppError('not-found', 'This user is not known.', 'Open the list of users again.');
}

function readerOf(session: Session, userId: string): Reader {
  const { name, role } = userOf(session, userId);
  if (role !== 'admin') return { userId, name };
  throw new AppError(
    'request.invalid',
    'An admin cannot be one of two blind readers: the audit chain shows them every reading.',
    'Choose users with the role reader or adjudicator.',
    { field: 'readers' },
  );
}

const finishedAlready = (): AppError =>
  new AppError(
    'review.conflict',
    'You have finished this reading: it stays as it is.',
    'Take that back first, while the other reader is not done.',
  );

function shownAgreement({ double, findings, events }: StudyView): ShownAgreement | null {
  const agreement = double?.agreement;
  if (!agreement) return null;
  const said = lastWords(events);
  return mutable({
    ...agreement,
    items: agreement.items.map((item) => {
      const now = findings.find((f) => f.findingId === item.findingId);
      const open = now?.decision.verdict === 'pending';
      return { ...item, resolved: item.disagreed && !open ? (said.get(item.findingId) ?? 'own') : null };
    }),
  });
}

/** Of each finding whose last decision was to let one side hold, which. */
function lastWords(events: readonly ReviewEvent[]): Map<string, 'first' | 'second'> {
  const said = new Map<string, 'first' | 'second'>();
  for (const { action } of effective(events)) {
    if (action.type === 'resolved') said.set(action.findingId, action.take);
    else if (['decided', 'edited'].includes(action.type)) said.delete(action.findingId);
  }
  return said;
}
