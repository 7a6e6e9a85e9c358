/**
 * Agreement of two readers beyond chance on a nominal scale: Cohen, Educ Psychol Meas 20:37 (1960). The standard error is
 * the large-sample one of Fleiss, Cohen and Everitt, Psychol Bull 72:323 (1969), equation 13, which Fleiss, Levin and
 * Paik, Statistical Methods for Rates and Proportions, 3rd edition (2003), use for intervals.
 */
export interface CohenKappa {
  /** How many were judged by both. */
  readonly count: number;
  /** Share on which both said the same, 0 to 1. */
  readonly agreed: number;
  /** Null where chance alone makes both say the same of all: nothing is left to agree on. */
  readonly kappa: number | null;
  readonly standardError: number | null;
  /** 95 %, kept within -1 and 1. With few cases it is a rough guide: the theory is for many. */
  readonly interval95: readonly [number, number] | null;
}

/** 97.5th centile of the normal distribution. */
const z95 = 1.959964;

/**
 * @param table [K, K] counts: rows what the first reader said, columns the second
 * @returns null where nothing was judged
 * @throws RangeError where the table is not square
 */
export function cohenKappa(table: readonly (readonly number[])[]): CohenKappa | null {
  const size = table.length;
  if (table.some((row) => row.length !== size)) throw new RangeError('the table is not square');
  const count = table.flat().reduce((sum, n) => sum + n, 0);
  if (count === 0) return null;
  const p = table.map((row) => row.map((n) => n / count));
  const ofFirst = p.map((row) => row.reduce((sum, x) => sum + x, 0));
  const ofSecond = p.map((_, j) => p.reduce((sum, row) => sum + row[j]!, 0));
  const agreed = p.reduce((sum, row, i) => sum + row[i]!, 0);
  const byChance = ofFirst.reduce((sum, x, i) => sum + x * ofSecond[i]!, 0);
  const left = 1 - byChance;
  if (left < 1e-12) return { count, agreed, kappa: null, standardError: null, interval95: null };
  const kappa = (agreed - byChance) / left;
  let same = 0;
  let other = 0;
  for (let i = 0; i < size; i++) {
    same += p[i]![i]! * (1 - (ofFirst[i]! + ofSecond[i]!) * (1 - kappa)) ** 2;
    for (let j = 0; j < size; j++) if (i !== j) other += p[i]![j]! * (ofSecond[i]! + ofFirst[j]!) ** 2;
  }
  const variance = same + (1 - kappa) ** 2 * other - (kappa - byChance * (1 - kappa)) ** 2;
  const standardError = Math.sqrt(Math.max(0, variance) / count) / left;
  const within = (x: number): number => Math.min(1, Math.max(-1, x));
  const interval95 = [within(kappa - z95 * standardError), within(kappa + z95 * standardError)] as const;
  return { count, agreed, kappa, standardError, interval95 };
}
