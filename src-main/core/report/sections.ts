import type { Finding, Verdict } from '../study/entities';
import type { Report } from './report';

const reviewedVerdicts: readonly Verdict[] = ['accepted', 'edited', 'added'];

/** Only what a person accepted, corrected or added is a reviewed finding. */
export const isReviewed = (finding: Finding): boolean => reviewedVerdicts.includes(finding.decision.verdict);

export interface ReportSections {
  readonly reviewed: readonly Finding[];
  readonly uncertain: readonly Finding[];
  readonly pending: readonly Finding[];
  readonly rejected: readonly Finding[];
}

/** The findings by what was decided, each part by finding number: the order every export prints. */
export function reportSections(report: Report): ReportSections {
  const sorted = [...report.findings].sort(
    (a, b) => a.number - b.number || (a.findingId < b.findingId ? -1 : a.findingId > b.findingId ? 1 : 0),
  );
  const having = (verdict: Verdict): Finding[] => sorted.filter((f) => f.decision.verdict === verdict);
  return {
    reviewed: sorted.filter(isReviewed),
    uncertain: having('uncertain'),
    pending: having('pending'),
    rejected: having('rejected'),
  };
}

/** Every finding in printing order. */
export function orderedFindings(report: Report): Finding[] {
  const { reviewed, uncertain, pending, rejected } = reportSections(report);
  return [...reviewed, ...uncertain, ...pending, ...rejected];
}

/** A pending finding makes a report preliminary whatever its flag says: it must never leave as a final one. */
export const isPreliminary = (report: Report): boolean =>
  report.preliminary || report.findings.some((finding) => finding.decision.verdict === 'pending');

export function preliminaryText(report: Report): string {
  const open = report.findings.filter((finding) => finding.decision.verdict === 'pending').length;
  if (open === 0) return 'PRELIMINARY: the report is not signed.';
  const all = report.findings.length;
  return `PRELIMINARY: ${open} of ${all} ${all === 1 ? 'finding is' : 'findings are'} not reviewed yet.`;
}

/** What stands above everything else where a model did not score images: one sentence a series, each once. */
export const notAnalysedTexts = (report: Report): string[] => [
  ...new Set(
    report.series.flatMap(({ notAnalysed, description }) =>
      notAnalysed === undefined ? [] : [description === '' ? notAnalysed : `${description}: ${notAnalysed}`],
    ),
  ),
];

/** What a report without a reviewed finding may say: never "no lesions" where nothing looked. */
export function noFindingText(report: Report): string {
  if (report.findings.length > 0) return 'No finding was accepted or added.';
  const turnedAway = report.series.filter((s) => s.notAnalysed !== undefined);
  if (turnedAway.length > 0 && turnedAway.length === report.series.length) {
    const reasons = [...new Set(turnedAway.map((s) => s.notAnalysed))].join(' ');
    return `No finding was recorded, and the model did not score the images: whether they show lesions is not known. ${reasons}`;
  }
  if (report.resultSets.length === 0)
    return 'No finding was recorded. No detection model was run on this study.';
  const unread = report.series.filter(
    (s) => !report.resultSets.some((r) => r.seriesId === s.seriesId),
  ).length;
  const gap =
    unread === 0 ? '' : ` No detection result exists for ${unread} of ${report.series.length} series.`;
  if (isPreliminary(report)) return `No finding is recorded so far, and the review is not complete.${gap}`;
  return `No finding was recorded: the detection model marked nothing at its operating point and the reader added nothing.${gap}`;
}
