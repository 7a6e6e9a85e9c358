import { iouAt } from '../geometry/box-overlap';
import { nonMaximumSuppressionFlat } from './nms';

/**
 * Weighted box clustering (Jaeger et al. 2020, "Retina U-Net", equations 1 and 2): predictions of overlapping windows,
 * test-time copies or several models are averaged instead of suppressed.
 *
 * Shape shorthand: N: boxes [N, 2 D] flat, lows then highs; K: clusters; D: dimensions (2 or 3)
 */
export interface BoxClusteringOptions {
  readonly dimensions: 2 | 3;
  /** A box joins the best one left that it overlaps (IoU) by more than this. */
  readonly iouThreshold: number;
  /** [N]: which view (window and model) saw the box; all one view unless given. */
  readonly views?: ArrayLike<number>;
  /** [N]: how many views cover the box's place; 1 unless given. Those that saw nothing lower the score. */
  readonly expectedViews?: ArrayLike<number>;
  /** [N]: trust in the box, such as less near a window's border; 1 unless given. */
  readonly weights?: ArrayLike<number>;
  /** Clusters that score no more go; 0.01 unless given, as in the authors' code. */
  readonly minScore?: number;
}

export interface BoxClusters {
  /** [K, 2 D] flat, highest score first. */
  readonly boxes: Float64Array;
  /** [K] */
  readonly scores: Float64Array;
  /** [N] cluster of each box; -1 where its cluster scored too little. */
  readonly clusterOf: Int32Array;
}

/** @throws RangeError where boxes and scores do not belong together. */
export function clusterBoxes(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: BoxClusteringOptions,
): BoxClusters {
  const { dimensions, iouThreshold, minScore = 0.01 } = options;
  const width = 2 * dimensions;
  // The clusters are those of greedy suppression: a kept box and what it removed.
  const { kept, suppressedBy } = nonMaximumSuppressionFlat(boxes, scores, { dimensions, iouThreshold });
  const members = new Map<number, number[]>(Array.from(kept, (n) => [n, [n]]));
  suppressedBy.forEach((by, n) => members.get(by)?.push(n));
  const made = [...members]
    .map(([best, all]) => ({ all, ...average(boxes, scores, best, all, options) }))
    .filter((cluster) => cluster.score > minScore)
    .sort((a, b) => b.score - a.score);
  const result = {
    boxes: new Float64Array(made.length * width),
    scores: Float64Array.from(made, (cluster) => cluster.score),
    clusterOf: new Int32Array(scores.length).fill(-1),
  };
  made.forEach(({ box, all }, k) => {
    result.boxes.set(box, k * width);
    for (const n of all) result.clusterOf[n] = k;
  });
  return result;
}

function average(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  best: number,
  all: readonly number[],
  { dimensions, views, expectedViews, weights }: BoxClusteringOptions,
): { box: Float64Array; score: number } {
  const width = 2 * dimensions;
  const box = new Float64Array(width);
  const seen = new Set<number>();
  let weightSum = 0;
  let scoreSum = 0;
  let expected = 0;
  for (const n of all) {
    let weight =
      (n === best ? 1 : iouAt(boxes, n * width, boxes, best * width, dimensions)) * (weights?.[n] ?? 1);
    for (let d = 0; d < dimensions; d++) weight *= boxes[n * width + dimensions + d]! - boxes[n * width + d]!;
    weightSum += weight;
    scoreSum += weight * scores[n]!;
    for (let i = 0; i < width; i++) box[i]! += weight * scores[n]! * boxes[n * width + i]!;
    seen.add(views?.[n] ?? 0);
    expected += expectedViews?.[n] ?? 1;
  }
  // A view that is silent counts as a score of 0 with the mean weight.
  const missing = Math.max(0, expected / all.length - seen.size);
  return {
    box: box.map((sum) => sum / scoreSum),
    score: scoreSum / (weightSum + (missing * weightSum) / all.length),
  };
}
