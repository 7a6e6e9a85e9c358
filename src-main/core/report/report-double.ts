import type { CohenKappa } from '../evaluation/cohen-kappa';
import type { DoubleReading } from '../reading/double-reading';
import type { AdjudicationWay } from '../reading/readers';
import type { Agreement } from '../review/agreement';
import { jointName } from '../review/final-findings';
import type { Decision } from '../study/entities';

/** What a report says of two readings of its study. */
export interface ReportDouble {
  readonly readers: readonly [string, string];
  /** Null: both agreed on everything, or nobody has begun. */
  readonly adjudication: {
    readonly way: AdjudicationWay;
    readonly by: readonly string[];
    readonly at: string;
  } | null;
  /** Lesions. */
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Places where they differed, lesions and candidates of the network together. */
  readonly differed: number;
  /** Null: no candidate of the network was judged by both. */
  readonly candidates: CohenKappa | null;
}

export const reportDouble = (
  { readers, adjudication }: DoubleReading,
  { items, both, onlyFirst, onlySecond, candidates }: Agreement,
): ReportDouble => ({
  readers: [readers[0].name, readers[1].name],
  adjudication: adjudication && {
    way: adjudication.way,
    by: adjudication.by.map(({ name }) => name),
    at: adjudication.at,
  },
  both,
  onlyFirst,
  onlySecond,
  differed: items.filter((item) => item.disagreed).length,
  candidates,
});

/** Whose decision it is: of a consensus one of the two sat at the keys. */
export function decidedBy(
  double: ReportDouble | undefined,
  { reviewer, decidedAt }: Decision,
): readonly string[] {
  if (!double) return [reviewer];
  if (reviewer === jointName(double.readers)) return double.readers;
  const { way, by = [], at = '' } = double.adjudication ?? {};
  // What one of them had rejected before, and the other had said nothing of, is theirs alone.
  return way === 'consensus' && by.includes(reviewer) && (decidedAt ?? '') >= at ? by : [reviewer];
}
