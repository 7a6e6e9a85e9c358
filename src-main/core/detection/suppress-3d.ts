import { box3Iou, type Box3 } from '../geometry/box';
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

/** Which rule took a box away; `by`: the better box, `overlap`: with it, by the rule's own measure. */
export type Removal3 =
  | { readonly rule: 'nms' | 'inside'; readonly by: number; readonly overlap: number }
  | { readonly rule: 'limit' }
  /** The model looks at lungs, and it lies outside them. */
  | { readonly rule: 'lung' };

export interface Suppression3 {
  /** Indices, best first. */
  readonly kept: readonly number[];
  /** [N] null where kept. */
  readonly removals: readonly (Removal3 | null)[];
}

export function suppressBoxes3(
  boxes: readonly number[],
  scores: readonly number[],
  classes: readonly number[],
  { iouThreshold, insideThreshold, limit }: SuppressOptions3,
): Suppression3 {
  const kept: number[] = [];
  // Whatever no better box took away fell to the limit.
  const removals: (Removal3 | null)[] = scores.map(() => ({ rule: 'limit' }));
  for (const wanted of new Set(classes)) {
    const own = scores.map((_, n) => n).filter((n) => classes[n] === wanted);
    const flat = Float64Array.from(own.flatMap((n) => boxes.slice(n * 6, n * 6 + 6)));
    const ownScores = own.map((n) => scores[n]!);
    const { kept: best, suppressedBy } = nonMaximumSuppressionFlat(flat, ownScores, {
      dimensions: 3,
      iouThreshold,
      limit,
    });
    suppressedBy.forEach((by, n) => {
      if (by < 0) return;
      removals[own[n]!] = { rule: 'nms', by: own[by]!, overlap: box3Iou(boxAt3(flat, n), boxAt3(flat, by)) };
    });
    const apart: number[] = [];
    for (const b of best) {
      const around =
        insideThreshold === null
          ? undefined
          : apart.find((a) => sharedOfSmaller(flat, a, b) > insideThreshold);
      if (around === undefined) apart.push(b);
      else
        removals[own[b]!] = { rule: 'inside', by: own[around]!, overlap: sharedOfSmaller(flat, around, b) };
    }
    kept.push(...apart.map((b) => own[b]!));
  }
  const first = kept.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, limit);
  for (const n of first) removals[n] = null;
  return { kept: first, removals };
}

/** As {@link suppressBoxes3}, among the boxes that lie where the model looks; the others take none away. */
export function suppressWhere(
  looksAt: (index: number) => boolean,
  boxes: readonly number[],
  scores: readonly number[],
  classes: readonly number[],
  options: SuppressOptions3,
): Suppression3 {
  const own = scores.map((_, n) => n).filter(looksAt);
  const { kept, removals } = suppressBoxes3(
    own.flatMap((n) => boxes.slice(n * 6, n * 6 + 6)),
    own.map((n) => scores[n]!),
    own.map((n) => classes[n]!),
    options,
  );
  const all: (Removal3 | null)[] = scores.map(() => ({ rule: 'lung' }));
  removals.forEach((removal, n) => {
    all[own[n]!] = removal && 'by' in removal ? { ...removal, by: own[removal.by]! } : removal;
  });
  return { kept: kept.map((n) => own[n]!), removals: all };
}

const boxAt3 = (boxes: ArrayLike<number>, n: number): Box3 =>
  [0, 1, 2, 3, 4, 5].map((d) => boxes[n * 6 + d]!) as unknown as Box3;

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
