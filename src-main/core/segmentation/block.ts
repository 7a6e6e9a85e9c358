import type { Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';

/**
 * Voxels round a box, cut out of a series: what a lesion is looked for in.
 *
 * Shape shorthand: [K, J, I, C] flat, i fastest but for channels; dims i, j, k
 */
export interface Block {
  readonly dims: Vec3;
  /** mm; where a picture has no scale, 1. */
  readonly spacing: Vec3;
  readonly channels: 1 | 3;
  readonly values: Float32Array;
  /** The finding's box in voxels of the block, half-open: the first voxel covers 0 to 1. */
  readonly box: Box3;
}

/** Room round a box that is looked at, too: a share of its side, and never less than this. */
const marginShare = 0.4;
const leastMarginMm = 5;

/**
 * The whole voxels of a series that are needed to look for a lesion in a box.
 *
 * @param box voxels of the series, half-open
 * @returns half-open, cut to the series
 */
export function blockAround(box: Box3, dims: Vec3, spacing: Vec3, flat: boolean): Box3 {
  const out = [0, 0, 0, 0, 0, 0];
  for (let a = 0; a < 3; a++) {
    const margin =
      flat && a === 2 ? 0 : Math.max(leastMarginMm / spacing[a]!, 2, marginShare * (box[a + 3]! - box[a]!));
    out[a] = Math.min(Math.max(0, Math.floor(box[a]! - margin)), dims[a]! - 1);
    out[a + 3] = Math.max(Math.min(dims[a]!, Math.ceil(box[a + 3]! + margin)), out[a]! + 1);
  }
  return out as unknown as Box3;
}

/**
 * How far out in the ellipsoid inscribed in a box a voxel's centre lies: 0 in the middle, 1 on its surface.
 *
 * @param flat two dimensions: the third does not count
 */
export function ellipsoidRadius(box: Box3, flat: boolean): (i: number, j: number, k: number) => number {
  const centre = [0, 1, 2].map((a) => (box[a]! + box[a + 3]!) / 2 - 0.5);
  const half = [0, 1, 2].map((a) => Math.max(0.5, (box[a + 3]! - box[a]!) / 2));
  return (i, j, k) => {
    const [x, y] = [(i - centre[0]!) / half[0]!, (j - centre[1]!) / half[1]!];
    const z = flat ? 0 : (k - centre[2]!) / half[2]!;
    return Math.sqrt(x * x + y * y + z * z);
  };
}

/** The q-quantile of values; NaN where there are none. Changes their order. */
export function quantileOf(values: number[], q: number): number {
  if (values.length === 0) return NaN;
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(q * values.length))]!;
}
