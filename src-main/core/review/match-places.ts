import { iouAt } from '../geometry/box-overlap';
import type { FindingPlace } from '../study/entities';

/**
 * Which boxes of two lists mean the same place. Two boxes of one series (of one frame) may be a pair where they overlap
 * by an IoU of at least {@link leastIou}, or where the centre of each lies in the other. Pairs are taken greedily: the
 * best overlap first, then the nearer centres, then the order of the lists; each box is in one pair at most.
 *
 * Greedy, not optimal in sum: the best pair is never given up for two poorer ones, which is what a person would do.
 */
export interface Placed {
  readonly seriesId: string;
  readonly place: FindingPlace;
}

export interface Matching<A, B> {
  readonly pairs: readonly { readonly a: A; readonly b: B; readonly iou: number }[];
  readonly onlyA: readonly A[];
  readonly onlyB: readonly B[];
}

/** Boxes that two people draw round one small lesion overlap by less than one thinks: half the side is 1/8 in 3D. */
export const leastIou = 0.3;

/** @param may false: these two are no pair, whatever their places */
export function matchPlaces<A extends Placed, B extends Placed>(
  listA: readonly A[],
  listB: readonly B[],
  may: (a: A, b: B) => boolean = () => true,
): Matching<A, B> {
  const candidates = listA
    .flatMap((a, i) =>
      listB.flatMap((b, j) => {
        const fit = may(a, b) ? samePlace(a, b) : null;
        return fit ? [{ i, j, ...fit }] : [];
      }),
    )
    .sort((p, q) => q.iou - p.iou || p.apart - q.apart || p.i - q.i || p.j - q.j);
  const usedA = new Set<number>();
  const usedB = new Set<number>();
  const pairs = candidates.flatMap(({ i, j, iou }) => {
    if (usedA.has(i) || usedB.has(j)) return [];
    usedA.add(i);
    usedB.add(j);
    return [{ a: listA[i]!, b: listB[j]!, iou }];
  });
  return {
    pairs,
    onlyA: listA.filter((_, i) => !usedA.has(i)),
    onlyB: listB.filter((_, j) => !usedB.has(j)),
  };
}

/** How well two boxes of the same place fit (distance of the centres in their own unit); null: they mean two places. */
export function samePlace(a: Placed, b: Placed): { iou: number; apart: number } | null {
  if (a.seriesId !== b.seriesId) return null;
  const boxes = [flat(a.place), flat(b.place)] as const;
  if (boxes[0].frame !== boxes[1].frame) return null;
  const [{ box: first, dimensions }, { box: second }] = boxes;
  const iou = iouAt(first, 0, second, 0, dimensions);
  const centre = (box: readonly number[], d: number): number => (box[d]! + box[d + dimensions]!) / 2;
  const axes = dimensions === 3 ? [0, 1, 2] : [0, 1];
  const holds = (box: readonly number[], other: readonly number[]): boolean =>
    axes.every((d) => centre(other, d) >= box[d]! && centre(other, d) < box[d + dimensions]!);
  if (iou < leastIou && !(holds(first, second) && holds(second, first))) return null;
  return { iou, apart: Math.hypot(...axes.map((d) => centre(first, d) - centre(second, d))) };
}

/** `frame` -1: a volume. */
function flat(place: FindingPlace): { box: readonly number[]; dimensions: 2 | 3; frame: number } {
  if (place.space === 'lps') return { box: place.boxLps, dimensions: 3, frame: -1 };
  const [x, y, width, height] = place.boxPx;
  return { box: [x, y, x + width, y + height], dimensions: 2, frame: place.frame };
}
