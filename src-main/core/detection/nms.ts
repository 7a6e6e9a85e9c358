import { box2Area, type Box2 } from '../geometry/box';

/**
 * Greedy non-maximum suppression in torchvision's order.
 * Shape shorthand: N: boxes; result: indices into N, best score first; equal scores keep their input order
 */
export function nonMaximumSuppression(
  boxes: readonly Box2[],
  scores: ArrayLike<number>,
  iouThreshold: number,
  limit = Infinity,
): number[] {
  const order = boxes.map((_, n) => n).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const areas = boxes.map(box2Area);
  const kept: number[] = [];
  for (const n of order) {
    if (kept.length >= limit) break;
    if (kept.every((other) => overlap(boxes[n]!, boxes[other]!, areas[n]! + areas[other]!) <= iouThreshold))
      kept.push(n);
  }
  return kept;
}

function overlap(a: Box2, b: Box2, areas: number): number {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (areas - w * h);
}
