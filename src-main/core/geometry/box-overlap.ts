/**
 * How well two boxes agree.
 *
 * Shape shorthand: D: dimensions (2 or 3); N, M: boxes; boxes [N, 2 D] flat, lows then highs
 *   IoU in [0, 1]; GIoU in (-1, 1] (Rezatofighi et al. 2019, equation 3); DIoU in (-1, 1] (Zheng et al. 2020, equation 7)
 */
export type Overlap = 'iou' | 'giou' | 'diou';

type Boxes = ArrayLike<number>;

/** IoU of box `a[i, i + 2 D)` and box `b[j, j + 2 D)`; 0 where either is empty. */
export function iouAt(a: Boxes, i: number, b: Boxes, j: number, dimensions: 2 | 3): number {
  let shared = 1;
  let first = 1;
  let second = 1;
  for (let d = 0; d < dimensions; d++) {
    const aLow = a[i + d]!;
    const aHigh = a[i + dimensions + d]!;
    const bLow = b[j + d]!;
    const bHigh = b[j + dimensions + d]!;
    const side = (aHigh < bHigh ? aHigh : bHigh) - (aLow > bLow ? aLow : bLow);
    if (!(side > 0)) return 0;
    shared *= side;
    first *= aHigh - aLow;
    second *= bHigh - bLow;
  }
  return shared / (first + second - shared);
}

/** IoU less the share of the smallest box around both that neither covers; 0 less that where the boxes are apart. */
function giouAt(a: Boxes, i: number, b: Boxes, j: number, dimensions: 2 | 3): number {
  let shared = 1;
  let first = 1;
  let second = 1;
  let hull = 1;
  for (let d = 0; d < dimensions; d++) {
    const aLow = a[i + d]!;
    const aHigh = a[i + dimensions + d]!;
    const bLow = b[j + d]!;
    const bHigh = b[j + dimensions + d]!;
    shared *= Math.max(0, Math.min(aHigh, bHigh) - Math.max(aLow, bLow));
    first *= Math.max(0, aHigh - aLow);
    second *= Math.max(0, bHigh - bLow);
    hull *= Math.max(aHigh, bHigh) - Math.min(aLow, bLow);
  }
  const union = first + second - shared;
  // Two empty boxes in one place: they cover nothing, and nothing lies between them.
  return (union > 0 ? shared / union : 0) - (hull > 0 ? (hull - union) / hull : 0);
}

/** IoU less the squared distance of the centres in squared diagonals of the smallest box around both. */
function diouAt(a: Boxes, i: number, b: Boxes, j: number, dimensions: 2 | 3): number {
  let apart = 0;
  let diagonal = 0;
  for (let d = 0; d < dimensions; d++) {
    const aLow = a[i + d]!;
    const aHigh = a[i + dimensions + d]!;
    const bLow = b[j + d]!;
    const bHigh = b[j + dimensions + d]!;
    apart += ((aLow + aHigh - bLow - bHigh) / 2) ** 2;
    diagonal += (Math.max(aHigh, bHigh) - Math.min(aLow, bLow)) ** 2;
  }
  return iouAt(a, i, b, j, dimensions) - (diagonal > 0 ? apart / diagonal : 0);
}

const measures = { iou: iouAt, giou: giouAt, diou: diouAt };

/** Box n of one list against box n of the other. @throws RangeError where they differ in number @returns [N] */
export function pairedOverlap(a: Boxes, b: Boxes, dimensions: 2 | 3, overlap: Overlap = 'iou'): Float64Array {
  const width = 2 * dimensions;
  if (a.length !== b.length || a.length % width !== 0) {
    throw new RangeError(`${a.length} and ${b.length} numbers are not pairs of ${width}`);
  }
  const measure = measures[overlap];
  const out = new Float64Array(a.length / width);
  for (let n = 0; n < out.length; n++) out[n] = measure(a, n * width, b, n * width, dimensions);
  return out;
}

/** Every box of one list against every box of the other. @throws RangeError for part of a box @returns [N, M] */
export function pairwiseOverlap(
  a: Boxes,
  b: Boxes,
  dimensions: 2 | 3,
  overlap: Overlap = 'iou',
): Float64Array {
  const width = 2 * dimensions;
  if (a.length % width !== 0 || b.length % width !== 0) {
    throw new RangeError(`${a.length} and ${b.length} numbers are not boxes of ${width}`);
  }
  const measure = measures[overlap];
  const columns = b.length / width;
  const out = new Float64Array((a.length / width) * columns);
  for (let n = 0, at = 0; n < a.length; n += width) {
    for (let m = 0; m < b.length; m += width) out[at++] = measure(a, n, b, m, dimensions);
  }
  return out;
}
