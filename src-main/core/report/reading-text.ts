import type { ReadingMode, FindingPhase } from '../reading/modes';
import { doubleLines } from './double-text';
import type { Report } from './report';
import { personNameText, timeText } from './wording';

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
export function readingLines({ reading, findings, double }: Report): string[] {
  const { mode, revealed, loosened } = reading;
  if (mode === null) return doubleLines(double);
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
    ...doubleLines(double),
  ];
}
