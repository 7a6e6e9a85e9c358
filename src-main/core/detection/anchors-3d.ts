import type { Vec3 } from '../geometry/vec3';
import { roundHalfEven } from './anchors';

/**
 * Anchors of a volume: the 3D form of anchors.ts, in voxels.
 *
 * Shape shorthand:
 *   L: levels; X_l, Y_l, Z_l: locations of level l along x, y, z; A_l: shapes of level l; M = sum of X_l Y_l Z_l A_l
 *   result: [M, 6] as x0, y0, z0, x1, y1, z1; level-major, then location, then shape
 */
export interface AnchorLevel3 {
  /** Voxels between neighbouring locations along x, y, z. */
  readonly stride: Vec3;
  /** Locations along x, y, z. */
  readonly size: Vec3;
  /** Sides along x, y, z of each anchor at a location, voxels. */
  readonly shapes: readonly Vec3[];
}

export interface AnchorOptions3 {
  /** Where in its cell a location lies, in strides: 0.5 (default) is the centre; MONAI uses 0. */
  readonly offset?: number;
  /**
   * Which axis changes slowest from location to location: z (default) for feature maps [Z, Y, X, C];
   * x, then y, then z for [X, Y, Z, C], as MONAI's.
   */
  readonly slowest?: 'x' | 'z';
}

/** How MONAI 1.3's AnchorGenerator and AnchorGeneratorWithAnchorShape place and order anchors (indexing 'ij'). */
export const monaiAnchors3 = { offset: 0, slowest: 'x' } as const satisfies AnchorOptions3;

/** @returns [M, 6] flat */
export function createAnchors3(levels: readonly AnchorLevel3[], options: AnchorOptions3 = {}): Float32Array {
  const { offset = 0.5, slowest = 'z' } = options;
  const out = new Float32Array(
    6 * levels.reduce((sum, l) => sum + l.size[0] * l.size[1] * l.size[2] * l.shapes.length, 0),
  );
  // Loops run outer to inner over axes a, b, c.
  const [a, c] = slowest === 'x' ? ([0, 2] as const) : ([2, 0] as const);
  let at = 0;
  for (const { stride, size, shapes } of levels) {
    const center: [number, number, number] = [0, 0, 0];
    for (let i = 0; i < size[a]; i++) {
      center[a] = (i + offset) * stride[a];
      for (let j = 0; j < size[1]; j++) {
        center[1] = (j + offset) * stride[1];
        for (let k = 0; k < size[c]; k++) {
          center[c] = (k + offset) * stride[c];
          for (const shape of shapes) {
            for (let d = 0; d < 3; d++) {
              out[at + d] = center[d]! - shape[d]! / 2;
              out[at + 3 + d] = center[d]! + shape[d]! / 2;
            }
            at += 6;
          }
        }
      }
    }
  }
  return out;
}

/**
 * The base shapes at a level's scale, as MONAI's AnchorGeneratorWithAnchorShape makes them.
 * @param rounded MONAI rounds the corners of the reference boxes to whole voxels (halves to even): 5 becomes 4
 */
export const scaledShapes = (base: readonly Vec3[], scale: number, rounded = false): Vec3[] =>
  base.map((s): Vec3 => [
    sideOf(s[0] * scale, rounded),
    sideOf(s[1] * scale, rounded),
    sideOf(s[2] * scale, rounded),
  ]);

/**
 * Shapes of given volume and proportions, ratio-major, as MONAI's AnchorGenerator makes them.
 * @param sizes side of the cube of the same volume, voxels
 * @param aspectRatios y over x and z over x
 * @param rounded as {@link scaledShapes}
 */
export function shapesOfRatios(
  sizes: readonly number[],
  aspectRatios: readonly (readonly [number, number])[],
  rounded = false,
): Vec3[] {
  return aspectRatios.flatMap(([y, z]) => {
    const unit = Math.cbrt(y * z);
    const base: Vec3 = [1 / unit, y / unit, z / unit];
    return sizes.flatMap((s) => scaledShapes([base], s, rounded));
  });
}

const sideOf = (exact: number, rounded: boolean): number => (rounded ? 2 * roundHalfEven(exact / 2) : exact);
