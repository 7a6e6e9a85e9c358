import { createHash } from 'node:crypto';
import { AppError } from '../../core/app-error';
import { reportDouble } from '../../core/report/report-double';
import { signedContent } from '../../core/reading/signed-content';
import type { StudySnapshot } from '../study-snapshot';

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
export function contentHash({ study, series, resultSets, read, relevant, double }: StudySnapshot): string {
  const chosen = read.filter((result) => result.chosen !== null).map((result) => result.resultSetId);
  const content = signedContent({
    patient: study.patient,
    studyInstanceUid: study.studyInstanceUid,
    seriesInstanceUids: series.map((s) => s.scanned.seriesInstanceUid),
    resultSets,
    findings: relevant,
    ...(chosen.length > 0 && { chosenResults: chosen }),
    ...(double?.agreement && { double: reportDouble(double.state, double.agreement) }),
  });
  return createHash('sha256').update(content).digest('hex');
}

/** False where it is not signed, or where the study is not what was signed (a series came later, say). */
export const signatureHolds = (snapshot: StudySnapshot): boolean =>
  snapshot.reading.signature !== null && snapshot.reading.signature.sha256 === contentHash(snapshot);
