import { iouAt } from '../geometry/box-overlap';

/**
 * Soft-NMS (Bodla et al. 2017): what overlaps a better box keeps a part of its score.
 *
 * Shape shorthand: N: boxes [N, 2 D] flat, lows then highs; K: boxes kept; D: dimensions (2 or 3)
 */
export type SoftNmsOptions = {
  readonly dimensions: 2 | 3;
  /** Scores that fall below go; 0.001 unless given, as in the paper's code. */
  readonly minScore?: number;
  readonly limit?: number;
} & (
  | {
      /** Above the threshold a score is multiplied by 1 - IoU (the paper's equation 2). */
      readonly decay: 'linear';
      readonly iouThreshold: number;
    }
  | {
      /** Every score is multiplied by exp(-IoU^2 / sigma) (equation 3); sigma 0.5 in the paper. */
      readonly decay: 'gaussian';
      readonly sigma: number;
    }
);

export interface SoftNmsResult {
  /** [K] indices into N, highest lowered score first; equal ones in input order. */
  readonly kept: Int32Array;
  /** [K] */
  readonly scores: Float64Array;
}

/** Takes time in proportion to K N. @throws RangeError where boxes and scores do not belong together. */
export function softNonMaximumSuppression(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: SoftNmsOptions,
): SoftNmsResult {
  const { dimensions, minScore = 0.001, limit = Infinity } = options;
  const width = 2 * dimensions;
  if (boxes.length !== scores.length * width) {
    throw new RangeError(`${boxes.length} numbers are not ${scores.length} boxes of ${width}`);
  }
  const factor =
    options.decay === 'linear'
      ? (iou: number): number => (iou > options.iouThreshold ? 1 - iou : 1)
      : (iou: number): number => Math.exp(-(iou * iou) / options.sigma);
  const lowered = Float64Array.from(scores);
  const left = Int32Array.from({ length: scores.length }, (_, n) => n);
  const kept: number[] = [];
  let count = dropBelow(left, left.length, lowered, minScore);
  while (count > 0 && kept.length < limit) {
    let place = 0;
    for (let n = 1; n < count; n++) if (lowered[left[n]!]! > lowered[left[place]!]!) place = n;
    const best = left[place]!;
    kept.push(best);
    // Moved up rather than swapped, so that equal scores stay in input order.
    left.copyWithin(place, place + 1, count--);
    for (let n = 0; n < count; n++) {
      const other = left[n]!;
      const iou = iouAt(boxes, best * width, boxes, other * width, dimensions);
      if (iou > 0) lowered[other]! *= factor(iou);
    }
    count = dropBelow(left, count, lowered, minScore);
  }
  return { kept: Int32Array.from(kept), scores: Float64Array.from(kept, (n) => lowered[n]!) };
}

function dropBelow(left: Int32Array, count: number, scores: Float64Array, minScore: number): number {
  let to = 0;
  for (let n = 0; n < count; n++) if (scores[left[n]!]! >= minScore) left[to++] = left[n]!;
  return to;
}
