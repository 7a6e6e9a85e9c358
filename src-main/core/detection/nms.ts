import type { Box2 } from '../geometry/box';
import { NmsGrid, packedWidth } from './nms-grid';
import { descendingOrder } from './score-order';

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
  /** [N]: the best kept box that overlaps this one too much; -1 where there is none (it was kept, or the limit cut it). */
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
  const order = descendingOrder(scores);
  const suppressedBy = new Int32Array(count).fill(-1);
  // Ranks, not indices, from here on: the boxes in descending order of score.
  const by = new Int32Array(count).fill(-1);
  const kept = new Int32Array(Math.min(count, limit));
  const grid = iouThreshold >= 0 ? new NmsGrid(pack(boxes, order, dimensions), iouThreshold) : null;
  let found = 0;
  for (let rank = 0; rank < count && found < limit; rank++) {
    if (by[rank]! >= 0) continue;
    kept[found++] = order[rank]!;
    // Any two boxes overlap by more than a negative threshold.
    if (grid) grid.take(rank, by);
    else by.fill(rank, rank + 1);
  }
  for (let rank = 0; rank < count; rank++) {
    if (by[rank]! >= 0) suppressedBy[order[rank]!] = order[by[rank]!]!;
  }
  return { kept: kept.slice(0, found), suppressedBy };
}

/** @returns [N, 8], see nms-grid.ts */
function pack(boxes: ArrayLike<number>, order: Int32Array, dimensions: 2 | 3): Float64Array {
  const packed = new Float64Array(order.length * packedWidth);
  for (let rank = 0; rank < order.length; rank++) {
    const from = order[rank]! * 2 * dimensions;
    const to = rank * packedWidth;
    packed[to + 5] = 1;
    let volume = 1;
    for (let d = 0; d < dimensions; d++) {
      const low = boxes[from + d]!;
      const high = boxes[from + dimensions + d]!;
      packed[to + d] = low;
      packed[to + 3 + d] = high;
      volume *= Math.max(0, high - low);
    }
    packed[to + 6] = volume;
    packed[to + 7] = rank;
  }
  return packed;
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
