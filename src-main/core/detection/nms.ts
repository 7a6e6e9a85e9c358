import type { Box2 } from '../geometry/box';

/**
 * Greedy non-maximum suppression in torchvision's and MONAI's order: a box goes when a better one that stays overlaps it
 * by more than the threshold.
 *
 * Shape shorthand: N: boxes; D: dimensions (2 or 3); boxes [N, 2 D] flat, lows then highs; scores [N]
 *   results are indices into N, best score first; equal scores keep their input order
 */
export interface NmsOptions {
  readonly dimensions: 2 | 3;
  /** Overlap (IoU) above which the worse box goes; a pair exactly at it stays. */
  readonly iouThreshold: number;
  /** Most boxes to keep. */
  readonly limit?: number;
}

export interface NmsResult {
  readonly kept: Int32Array;
  /** [N]: the best kept box that overlaps this one too much; -1 where it was kept or came after the limit was full. */
  readonly suppressedBy: Int32Array;
}

/** @throws RangeError where boxes and scores do not belong together. */
export function nonMaximumSuppressionFlat(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: NmsOptions,
): NmsResult {
  const { dimensions, iouThreshold, limit = Infinity } = options;
  const count = scores.length;
  const width = 2 * dimensions;
  if (boxes.length !== count * width) {
    throw new RangeError(`${boxes.length} numbers are not ${count} boxes of ${width}`);
  }
  const order = Array.from({ length: count }, (_, n) => n).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const suppressedBy = new Int32Array(count).fill(-1);
  const kept: number[] = [];
  const volume = (n: number): number => {
    let product = 1;
    for (let d = 0; d < dimensions; d++) {
      product *= Math.max(0, boxes[n * width + dimensions + d]! - boxes[n * width + d]!);
    }
    return product;
  };
  for (const n of order) {
    if (kept.length >= limit) break;
    const by = kept.find((other) => {
      let shared = 1;
      for (let d = 0; d < dimensions; d++) {
        const low = Math.max(boxes[n * width + d]!, boxes[other * width + d]!);
        const high = Math.min(boxes[n * width + dimensions + d]!, boxes[other * width + dimensions + d]!);
        if (high <= low) return false;
        shared *= high - low;
      }
      return shared / (volume(n) + volume(other) - shared) > iouThreshold;
    });
    if (by === undefined) kept.push(n);
    else suppressedBy[n] = by;
  }
  return { kept: Int32Array.from(kept), suppressedBy };
}

/** {@link nonMaximumSuppressionFlat} of 2D boxes in a list. @returns what was kept */
export function nonMaximumSuppression(
  boxes: readonly Box2[],
  scores: ArrayLike<number>,
  iouThreshold: number,
  limit = Infinity,
): number[] {
  const flat = new Float64Array(boxes.length * 4);
  boxes.forEach((box, n) => flat.set(box, n * 4));
  return [...nonMaximumSuppressionFlat(flat, scores, { dimensions: 2, iouThreshold, limit }).kept];
}
