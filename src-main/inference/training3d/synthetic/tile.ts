import type { Vec3 } from '../../../core/geometry/vec3';

/**
 * A piece of a CT into which bodies are put as its scanner would have shown them.
 *
 * Shape shorthand: values [Z, Y, X] HU, x fastest; places in mm from the corner of the first voxel along x, y, z
 */
export interface Tile {
  readonly values: Float32Array;
  readonly dims: Vec3;
  /** mm. */
  readonly spacing: Vec3;
  readonly slices: Slices;
  /** Standard deviation of the blur in the slice (reconstruction kernel), mm. */
  readonly blurMm: number;
  /** Standard deviation of the scan's noise, HU. */
  readonly noise: number;
}

/** The slices that were scanned, between which the tile's planes were interpolated where they are not the same. */
export interface Slices {
  readonly spacingMm: number;
  /** Of the first slice's middle. */
  readonly firstMm: number;
  readonly thicknessMm: number;
}

/** What slices of another thickness would have shown: averaged over each, and interpolated between them. */
export function thickenSlices({ values, dims, spacing, slices }: Tile): void {
  const plane = dims[0] * dims[1];
  const source = values.slice();
  const ofSlice = new Map<number, Float32Array>();
  const slice = (k: number): Float32Array => {
    const known = ofSlice.get(k);
    if (known) return known;
    const middle = slices.firstMm + k * slices.spacingMm;
    const [from, to] = [middle - slices.thicknessMm / 2, middle + slices.thicknessMm / 2];
    const sum = new Float32Array(plane);
    let whole = 0;
    for (let z = 0; z < dims[2]; z++) {
      const part = Math.min(to, (z + 1) * spacing[2]) - Math.max(from, z * spacing[2]);
      if (part <= 0) continue;
      whole += part;
      for (let n = 0; n < plane; n++) sum[n]! += part * source[z * plane + n]!;
    }
    // A slice beyond the tile repeats its last plane.
    const nearest = Math.min(dims[2] - 1, Math.max(0, Math.floor(middle / spacing[2])));
    const out = whole > 0 ? sum.map((v) => v / whole) : source.slice(nearest * plane, (nearest + 1) * plane);
    ofSlice.set(k, out);
    return out;
  };
  for (let z = 0; z < dims[2]; z++) {
    const at = ((z + 0.5) * spacing[2] - slices.firstMm) / slices.spacingMm;
    const [a, b, t] = [slice(Math.floor(at)), slice(Math.floor(at) + 1), at - Math.floor(at)];
    for (let n = 0; n < plane; n++) values[z * plane + n] = a[n]! + (b[n]! - a[n]!) * t;
  }
}
