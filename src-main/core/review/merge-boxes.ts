import { box3Center, box3Size, type Box3, type BoxXywh } from '../geometry/box';
import type { FindingPlace } from '../study/entities';

/**
 * The smallest place around several of one series (of one frame).
 *
 * @throws RangeError where there are none, or they lie in different spaces or frames
 */
export function placeAround(places: readonly FindingPlace[]): FindingPlace {
  const [first] = places;
  if (!first) throw new RangeError('no places');
  if (first.space === 'lps') {
    const boxes = places.map((p) => {
      if (p.space !== 'lps') throw new RangeError('places of different spaces');
      return p.boxLps;
    });
    const edge = (a: number): number => (a < 3 ? Math.min : Math.max)(...boxes.map((box) => box[a]!));
    return { space: 'lps', boxLps: [0, 1, 2, 3, 4, 5].map(edge) as unknown as Box3 };
  }
  const boxes = places.map((p) => {
    if (p.space !== 'px' || p.frame !== first.frame) throw new RangeError('places of different frames');
    return p.boxPx;
  });
  const [x, y] = [Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1]))];
  const right = Math.max(...boxes.map((b) => b[0] + b[2]));
  const bottom = Math.max(...boxes.map((b) => b[1] + b[3]));
  return { space: 'px', boxPx: [x, y, right - x, bottom - y], frame: first.frame };
}

/** The two halves of a place, cut across its longest side. */
export function halves(place: FindingPlace): [FindingPlace, FindingPlace] {
  if (place.space === 'lps') {
    const size = box3Size(place.boxLps);
    const axis = size.indexOf(Math.max(...size));
    const middle = box3Center(place.boxLps)[axis]!;
    const cut = (edge: number): FindingPlace => ({
      space: 'lps',
      boxLps: place.boxLps.map((v, n) => (n === edge ? middle : v)) as unknown as Box3,
    });
    return [cut(axis + 3), cut(axis)];
  }
  const [x, y, width, height] = place.boxPx;
  const boxes: [BoxXywh, BoxXywh] =
    width >= height
      ? [
          [x, y, width / 2, height],
          [x + width / 2, y, width / 2, height],
        ]
      : [
          [x, y, width, height / 2],
          [x, y + height / 2, width, height / 2],
        ];
  return boxes.map((boxPx) => ({ space: 'px', boxPx, frame: place.frame })) as [FindingPlace, FindingPlace];
}

/** How far two places are from overlapping, mm or px: 0 or below (the smallest overlap of a side) where they do; Infinity apart in space or frame. */
export function gapBetween(a: FindingPlace, b: FindingPlace): number {
  const sides = (p: FindingPlace): readonly (readonly [number, number])[] =>
    p.space === 'lps'
      ? [0, 1, 2].map((n) => [p.boxLps[n]!, p.boxLps[n + 3]!] as const)
      : [0, 1].map((n) => [p.boxPx[n]!, p.boxPx[n]! + p.boxPx[n + 2]!] as const);
  if (a.space !== b.space || (a.space === 'px' && b.space === 'px' && a.frame !== b.frame)) return Infinity;
  const other = sides(b);
  return Math.max(...sides(a).map(([low, high], n) => Math.max(low - other[n]![1], other[n]![0] - high)));
}
