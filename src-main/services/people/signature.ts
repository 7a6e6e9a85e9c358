import { createHash } from 'node:crypto';
import { AppError } from '../../core/app-error';
import { signedContent } from '../../core/reading/signed-content';
import type { StudyReading } from '../../contract/people';
import type { StudySnapshot } from '../study-snapshot';
import type { StudyView } from './view';

/** @throws AppError 'review.signed' */
export function assertUnsigned({ reading: { signature } }: Pick<StudySnapshot, 'reading'>): void {
  if (!signature) return;
  throw new AppError(
    'review.signed',
    `The report was signed by ${signature.name}: what was signed is not changed any more.`,
    'Write an addendum.',
  );
}

/** sha256 of what the report says now. */
export function contentHash({ study, series, resultSets, relevant }: StudySnapshot): string {
  const content = signedContent({
    patient: study.patient,
    studyInstanceUid: study.studyInstanceUid,
    seriesInstanceUids: series.map((s) => s.scanned.seriesInstanceUid),
    resultSets,
    findings: relevant,
  });
  return createHash('sha256').update(content).digest('hex');
}

/** False where it is not signed, or where the study is not what was signed (a series came later, say). */
export const signatureHolds = (snapshot: StudySnapshot): boolean =>
  snapshot.reading.signature !== null && snapshot.reading.signature.sha256 === contentHash(snapshot);

export function shownReading(view: StudyView, reader: string): StudyReading {
  const { signature, addenda, loosened, revealed } = view.reading;
  return {
    mode: view.mode,
    lockedAway: view.lockedAway,
    revealedAt: revealed.find((r) => r.reader === reader)?.at ?? null,
    loosened: [...loosened],
    signature: signature && { name: signature.name, at: signature.at, sha256: signature.sha256 },
    signatureHolds: signatureHolds(view),
    addenda: [...addenda],
  };
}
