import { once, weighted, type MarkTable } from './mark-table';

/**
 * Precision over recall, and the area under it as COCO takes it (Lin et al. 2014; COCOeval.accumulate): the mean, over
 * 101 recalls, of the highest precision at that recall or beyond.
 *
 * Shape shorthand: I: images; H: marks, best first
 */
export const recallThresholds: readonly number[] = Array.from({ length: 101 }, (_, i) =>
  i === 100 ? 1 : i * 0.01,
);

export interface Scratch {
  readonly recall: Float64Array;
  readonly precision: Float64Array;
}

/** Room for tables of up to `marks` marks, so that a thousand resamples allocate nothing. */
export const createScratch = (marks: number): Scratch => ({
  recall: new Float64Array(marks),
  precision: new Float64Array(marks),
});

/**
 * Only hits need be looked at: a miss leaves recall as it is and lowers precision.
 * @param curve [H] image and whether it hit; what is ignored is left out
 * @param positives lesions, weighted; above 0
 * @param weights [I] how often each image counts
 */
export function averagePrecision(
  curve: { readonly image: Int32Array; readonly hit: Uint8Array },
  positives: number,
  weights: ArrayLike<number>,
  scratch: Scratch,
): number {
  const { recall, precision } = scratch;
  let hits = 0;
  let misses = 0;
  let points = 0;
  for (let n = 0; n < curve.hit.length; n++) {
    const weight = weights[curve.image[n]!]!;
    if (curve.hit[n] === 0) misses += weight;
    else if (weight > 0) {
      hits += weight;
      recall[points] = hits / positives;
      precision[points] = hits / (misses + hits + Number.EPSILON);
      points++;
    }
  }
  for (let p = points - 2; p >= 0; p--) precision[p] = Math.max(precision[p]!, precision[p + 1]!);
  let sum = 0;
  let point = 0;
  for (const threshold of recallThresholds) {
    while (point < points && recall[point]! < threshold) point++;
    if (point === points) break;
    sum += precision[point]!;
  }
  return sum / recallThresholds.length;
}

export interface PrecisionRecallPoint {
  /** Marks scoring at least this are shown. */
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
}

/** One point a distinct score; empty when there is no lesion. */
export function precisionRecall(table: MarkTable): PrecisionRecallPoint[] {
  const { scores, hit } = table;
  const { lesions } = weighted(table, once(table));
  if (lesions === 0) return [];
  const points: PrecisionRecallPoint[] = [];
  let hits = 0;
  for (let m = 0; m < scores.length; m++) {
    hits += hit[m]!;
    if (scores[m + 1] === scores[m]) continue;
    points.push({ threshold: scores[m]!, recall: hits / lesions, precision: hits / (m + 1) });
  }
  return points;
}
