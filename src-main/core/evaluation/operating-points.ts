import { bootstrapIntervals, type BootstrapOptions } from './bootstrap';
import { froc, type FrocPoint } from './froc';
import { once, type MarkTable } from './mark-table';

/**
 * Where a reader may set the score threshold, and what it gave on the validation data: a row for each number of false marks
 * an image (or scan) that one may be willing to look at.
 *
 * Shape shorthand: I: images or scans; M: marks, best score first; R: rates asked for
 */
export interface OperatingPoint {
  /** What was asked for: at most so many false marks an image or scan. */
  readonly falsePositives: number;
  /** Marks scoring at least this are shown. */
  readonly threshold: number;
  /** What the threshold gave. */
  readonly measuredFalsePositives: number;
  readonly falsePositives95: readonly [number, number] | null;
  readonly sensitivity: number;
  readonly sensitivity95: readonly [number, number] | null;
}

/**
 * For each rate the lowest threshold that keeps to it on this data. Rates whose threshold is that of a row before (too few
 * images to tell them apart, or the score floor ends the list of marks) have no row of their own; a rate that not even the
 * best mark keeps to has none either.
 *
 * Intervals: bootstrap over images (patients) with the threshold held, as in use: it does not move with the patients.
 * @returns empty when there is no lesion or no mark
 */
export function operatingPoints(
  table: MarkTable,
  rates: readonly number[],
  options: BootstrapOptions = {},
): OperatingPoint[] {
  const curve = froc(table).curve();
  const chosen: { rate: number; point: FrocPoint; threshold: number }[] = [];
  for (const rate of [...rates].sort((a, b) => a - b)) {
    // False marks only grow along the curve.
    const place = curve.filter((p) => p.fpPerImage <= rate).length - 1;
    if (place < 0 || chosen[chosen.length - 1]?.point === curve[place]) continue;
    const point = curve[place]!;
    chosen.push({ rate, point, threshold: shortest(point.threshold, curve[place + 1]?.threshold) });
  }
  const counts = chosen.map(({ point }) => countsAt(table, point.threshold));
  const intervals = bootstrapIntervals(
    table.positives.length,
    (weights) => counts.flatMap((c) => ratesOf(table, c, weights)),
    options,
  );
  return chosen.map(({ rate, threshold }, n) => {
    const [falsePositives, sensitivity] = ratesOf(table, counts[n]!, once(table));
    return {
      falsePositives: rate,
      threshold,
      measuredFalsePositives: falsePositives,
      falsePositives95: intervals[2 * n] ?? null,
      sensitivity,
      sensitivity95: intervals[2 * n + 1] ?? null,
    };
  });
}

/** The point of the table for this many false marks, or the nearest below; the strictest where there is none. */
export function pointAt<P extends { readonly falsePositives: number }>(
  points: readonly P[],
  falsePositives: number,
): P | null {
  const within = points.filter((p) => p.falsePositives <= falsePositives);
  return within[within.length - 1] ?? points[0] ?? null;
}

/** [I] hits and false marks of each image at a threshold. */
interface Counts {
  readonly hits: Int32Array;
  readonly misses: Int32Array;
}

function countsAt(table: MarkTable, threshold: number): Counts {
  const images = table.positives.length;
  const counts = { hits: new Int32Array(images), misses: new Int32Array(images) };
  for (let m = 0; m < table.scores.length && table.scores[m]! >= threshold; m++)
    counts[table.hit[m] === 1 ? 'hits' : 'misses'][table.image[m]!]!++;
  return counts;
}

/** False marks an image and sensitivity; NaN where a resample drew no lesion. */
function ratesOf(table: MarkTable, counts: Counts, weights: ArrayLike<number>): [number, number] {
  let [images, lesions, hits, misses] = [0, 0, 0, 0];
  for (let i = 0; i < table.positives.length; i++) {
    const weight = weights[i]!;
    images += weight;
    lesions += weight * table.positives[i]!;
    hits += weight * counts.hits[i]!;
    misses += weight * counts.misses[i]!;
  }
  return [misses / images, hits / lesions];
}

/** The shortest decimal that lets in this mark and not the next: figures hold for the threshold as it is written. */
function shortest(score: number, next: number | undefined): number {
  for (let digits = 4; digits < 15; digits++) {
    const cut = Math.floor(score * 10 ** digits) / 10 ** digits;
    if (cut <= score && cut > (next ?? -1)) return cut;
  }
  return score;
}
