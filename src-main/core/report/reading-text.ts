import type { ReadingMode, FindingPhase } from '../reading/modes';
import { doubleLines } from './double-text';
import type { Report } from './report';
import { inertLine } from './inert-text';
import { thresholdText } from './operating-point-text';
import { modelName, personNameText, timeText } from './wording';

export const modeWords: Readonly<Record<ReadingMode, string>> = {
  concurrent: 'concurrent (the marks of the network were shown with the images)',
  'on-request': 'on request (the marks of the network were shown when the reader asked for them)',
  'second-reader':
    'second reader (the marks of the network were locked away until the unaided read was done)',
};

export const phaseWords: Readonly<Record<FindingPhase, string>> = {
  unaided: 'Before the marks of the network were shown',
  'unaided-changed': 'Before the marks of the network were shown, changed after',
  aided: 'After the marks of the network were shown',
};

/** How the study was read: what every export says of it. */
export function readingLines(report: Report): string[] {
  const { reading, findings, double } = report;
  const { mode, revealed, loosened } = reading;
  const results = chosenLines(report);
  if (mode === null) return [...results, ...doubleLines(double)];
  const count = (...phases: FindingPhase[]): number =>
    findings.filter((f) => f.phase !== undefined && phases.includes(f.phase)).length;
  return [
    `Reading mode: ${modeWords[mode]}.`,
    ...loosened.map(
      ({ from, to, name, at }) =>
        `${personNameText(name)} changed the reading mode from ${from} to ${to} at ${timeText(at)}, after the study was opened.`,
    ),
    ...revealed.map(
      ({ name, at }) => `Marks of the network shown to ${personNameText(name)} at ${timeText(at)}.`,
    ),
    ...(revealed.length > 0
      ? [
          `Findings added before they were shown: ${count('unaided', 'unaided-changed')}, after: ${count('aided')}.`,
        ]
      : []),
    ...results,
    ...doubleLines(double),
  ];
}

/** Of a finding whose result is not the one that was read. */
export const otherResultWords = 'In another result than the one that was read; the reader kept it';

/** Which results were read that are not the newest, and who said so. */
function chosenLines(report: Report): string[] {
  const nameOf = (resultSetId: string): string => {
    const set = report.resultSets.find((result) => result.resultSetId === resultSetId);
    return set
      ? `${modelName(report, set.modelId)} ${set.modelVersion} of ${timeText(set.createdAt)} (${thresholdText(set)})`
      : '';
  };
  return report.read.flatMap(({ seriesId, resultSetId, chosen }) => {
    if (!chosen) return [];
    const series = report.series.find((s) => s.seriesId === seriesId)?.description ?? '';
    const newest = report.resultSets.filter((set) => set.seriesId === seriesId).pop();
    return [
      `Result read${series === '' ? '' : ` in ${inertLine(series)}`}: ${nameOf(resultSetId)}, chosen by ${personNameText(chosen.name)} at ${timeText(chosen.at)} in place of the newest, ${nameOf(newest?.resultSetId ?? '')}.`,
    ];
  });
}
