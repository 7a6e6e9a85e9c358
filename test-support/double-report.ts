import { cohenKappa } from '../src-main/core/evaluation/cohen-kappa';
import type { AdjudicationWay } from '../src-main/core/reading/readers';
import type { Report } from '../src-main/core/report/report';
import { jointName } from '../src-main/core/review/final-findings';
import { reportFixture, type ReportSource } from './report-fixtures';

export const doubleReaders = ['Weber^Maria', 'Öztürk^Deniz'] as const;
export const thirdReader = 'Costa^Inês';

/**
 * A report of a study that two people read. Its first finding is one of both; of its second a third, or both in consensus,
 * said what holds. `agreed`: they differed nowhere.
 */
export function doubleReport(
  source: ReportSource,
  way: AdjudicationWay | 'agreed',
  candidates: readonly (readonly number[])[] = [
    [6, 0, 1],
    [0, 1, 0],
    [1, 0, 3],
  ],
): Report {
  const signer = { third: thirdReader, consensus: doubleReaders[0], agreed: doubleReaders[1] }[way];
  const report = reportFixture({ source, findings: 2, reviewer: signer });
  const joint = jointName(doubleReaders);
  const adjudication =
    way === 'agreed'
      ? null
      : { way, by: way === 'third' ? [thirdReader] : doubleReaders, at: '2026-11-24T14:03:00.000Z' };
  const differed = way === 'agreed' ? 0 : 2;
  return {
    ...report,
    findings: report.findings.map((finding, n) => ({
      ...finding,
      decision: { ...finding.decision, reviewer: n === 0 || way === 'agreed' ? joint : signer },
    })),
    double: {
      readers: doubleReaders,
      adjudication,
      both: 2 - Math.min(1, differed),
      onlyFirst: Math.min(1, differed),
      onlySecond: 0,
      differed,
      candidates: cohenKappa(candidates),
    },
  };
}
