import { clustersOf, namedIntervals, type BootstrapOptions } from './bootstrap';
import { byRate, froc, meanOf } from './froc';
import { markTable, type MatchedMarks } from './mark-table';
import { inBin, type SizeBin } from './size-bins';
import type { FieldValue } from './subgroups';

/** How lesions of one size are found by the marks that everybody sees. */
export interface SizeRow {
  /** mm, as {@link SizeBin.name}. */
  readonly size: string;
  readonly lesions: number;
  /** Found by any mark, whatever its score. */
  readonly found: number;
  /** Mean of `sensitivityAtFpPerScan`. */
  readonly cpm: number;
  /**
   * At the score where the whole set has so many false positives a scan: all of them, since a reader who looks for small
   * lesions is shown all marks. Marks on lesions of other sizes are neither hits nor false positives.
   */
  readonly sensitivityAtFpPerScan: Readonly<Record<string, number>>;
  /** 95 %, of cpm. */
  readonly intervals95: Readonly<Record<string, [number, number]>>;
}

/** Rows of the bins that hold lesions. */
export function sizeTable(
  matched: MatchedMarks,
  bins: readonly SizeBin[],
  rates: readonly number[],
  patients: readonly (FieldValue | undefined)[],
  bootstrap?: BootstrapOptions,
): SizeRow[] {
  const clusterOf = clustersOf(patients);
  return bins.flatMap((bin) => {
    const table = markTable(matched, (lesion) => inBin(lesion.size, bin));
    const lesions = table.positives.reduce((a, b) => a + b, 0);
    if (lesions === 0) return [];
    const curve = froc(table);
    const sensitivities = curve.sensitivityAt(rates);
    return [
      {
        size: bin.name,
        lesions,
        found: table.hit.reduce((a, b) => a + b, 0),
        cpm: meanOf(sensitivities),
        sensitivityAtFpPerScan: byRate(rates, sensitivities),
        intervals95: namedIntervals(
          matched.images,
          ['cpm'],
          (weights) => [meanOf(curve.sensitivityAt(rates, weights))],
          { ...bootstrap, clusterOf },
        ),
      },
    ];
  });
}
