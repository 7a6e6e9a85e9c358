import { hasFinished, mayAdjudicate, mayChange } from '../../core/reading/double-reading';
import type { StudyReading } from '../../contract/people';
import { signatureHolds } from './signature';
import type { StudyView, Views } from './view';

/** What the window is told of how a study is read. */
export function shownReading(view: StudyView, views: Views): StudyReading {
  const { signature, addenda, loosened, revealed } = view.reading;
  const double = shownDouble(view, views);
  return {
    mode: view.mode,
    lockedAway: view.lockedAway,
    revealedAt: revealed.find((r) => r.reader === views.reader)?.at ?? null,
    loosened: [...loosened],
    signature: signature && { name: signature.name, at: signature.at, sha256: signature.sha256 },
    signatureHolds: signatureHolds(view),
    addenda: [...addenda],
    ...(double && { double }),
  };
}

function shownDouble({ double, reading }: StudyView, { user }: Views): StudyReading['double'] {
  if (!double) return undefined;
  const { state, phase } = double;
  const { readers, adjudication } = state;
  return {
    phase,
    readers: readers.map(({ userId, name }) => ({
      userId,
      name,
      finished: hasFinished(state, userId),
      self: userId === user?.userId,
    })),
    mayChange: reading.signature === null && mayChange(state, user),
    mayAdjudicate: phase === 'read' && reading.signature === null ? mayAdjudicate(state, user) : null,
    adjudication: adjudication && {
      way: adjudication.way,
      by: adjudication.by.map(({ name }) => name),
      at: adjudication.at,
    },
  };
}
