import type { CohenKappa } from '../evaluation/cohen-kappa';
import type { Decision } from '../study/entities';
import { decidedBy, type ReportDouble } from './report-double';
import { personNameText, timeText } from './wording';

/** "Weber, Maria and Costa, Inês, 2026-01-01 10:00 UTC": who decided on a finding, and when. */
export const decisionText = (double: ReportDouble | undefined, decision: Decision): string =>
  [
    decidedBy(double, decision).map(personNameText).filter(Boolean).join(' and '),
    timeText(decision.decidedAt),
  ]
    .filter(Boolean)
    .join(', ');

/** "Read twice: ..." and what came of it: the sentences of every export. */
export function doubleLines(double: ReportDouble | undefined): string[] {
  if (!double) return [];
  const { readers, both, onlyFirst, onlySecond, differed, candidates, adjudication } = double;
  const [first, second] = [personNameText(readers[0]), personNameText(readers[1])];
  return [
    `Double reading: ${first} and ${second} read the study, neither knowing what the other found.`,
    `Lesions reported by both: ${both}, by ${first} alone: ${onlyFirst}, by ${second} alone: ${onlySecond}.`,
    ...(candidates ? [candidatesText(candidates)] : []),
    adjudicationText(adjudication, differed),
  ];
}

function candidatesText({ count, agreed, kappa, interval95 }: CohenKappa): string {
  const same = `Candidates of the network judged by both: ${count}, alike: ${Math.round(100 * agreed)} %`;
  if (kappa === null || !interval95)
    return `${same}. Cohen's kappa does not exist where all are judged alike.`;
  const [low, high] = interval95;
  return `${same}, Cohen's kappa ${kappa.toFixed(2)} (95 % ${low.toFixed(2)} to ${high.toFixed(2)}).`;
}

function adjudicationText(adjudication: ReportDouble['adjudication'], differed: number): string {
  const places = `${differed} ${differed === 1 ? 'place' : 'places'}`;
  if (!adjudication)
    return differed === 0
      ? 'The readers differed nowhere.'
      : `They differed at ${places}, not adjudicated yet.`;
  const names = adjudication.by.map(personNameText).join(' and ');
  return adjudication.way === 'consensus'
    ? `They differed at ${places}: settled by ${names} in consensus from ${timeText(adjudication.at)}.`
    : `They differed at ${places}: adjudicated by ${names} from ${timeText(adjudication.at)}.`;
}
