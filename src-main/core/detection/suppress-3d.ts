import { nonMaximumSuppressionFlat } from './nms';

/**
 * What stays of the boxes of all windows of a volume.
 *
 * Shape shorthand: N: boxes; boxes [N, 6] flat x0, y0, z0, x1, y1, z1; scores, classes [N]
 */
export interface SuppressOptions3 {
  /** Overlap (IoU) with a better box of its class above which a box goes. */
  readonly iouThreshold: number;
  /** Share of a box in a better one of its class, or of a better one in it, above which it goes; null: IoU alone. */
  readonly insideThreshold: number | null;
  /** Most boxes to keep, over all classes. */
  readonly limit: number;
}

/** @returns indices of the kept, best first */
export function suppressBoxes3(
  boxes: readonly number[],
  scores: readonly number[],
  classes: readonly number[],
  { iouThreshold, insideThreshold, limit }: SuppressOptions3,
): number[] {
  const kept: number[] = [];
  for (const wanted of new Set(classes)) {
    const own = scores.map((_, n) => n).filter((n) => classes[n] === wanted);
    const flat = Float64Array.from(own.flatMap((n) => boxes.slice(n * 6, n * 6 + 6)));
    const ownScores = own.map((n) => scores[n]!);
    const { kept: best } = nonMaximumSuppressionFlat(flat, ownScores, { dimensions: 3, iouThreshold, limit });
    const apart: number[] = [];
    for (const b of best) {
      const inside =
        insideThreshold !== null && apart.some((a) => sharedOfSmaller(flat, a, b) > insideThreshold);
      if (!inside) apart.push(b);
    }
    kept.push(...apart.map((b) => own[b]!));
  }
  return kept.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, limit);
}

/** Intersection over the smaller of the two, 0..1: catches a box inside another, which IoU misses. */
function sharedOfSmaller(boxes: Float64Array, a: number, b: number): number {
  let shared = 1;
  let volumeA = 1;
  let volumeB = 1;
  for (let d = 0; d < 3; d++) {
    const [lowA, highA] = [boxes[a * 6 + d]!, boxes[a * 6 + 3 + d]!];
    const [lowB, highB] = [boxes[b * 6 + d]!, boxes[b * 6 + 3 + d]!];
    shared *= Math.max(0, Math.min(highA, highB) - Math.max(lowA, lowB));
    volumeA *= highA - lowA;
    volumeB *= highB - lowB;
  }
  const smaller = Math.min(volumeA, volumeB);
  return smaller > 0 ? shared / smaller : 0;
}
