import type { Vec3 } from '../geometry/vec3';
import type { VoxelArray } from './volume';

// Shape shorthand: voxel (i, j, k) lies at i + ni * (j + nj * k); a voxel reaches half a step from its centre.

/** A grid of points in a volume, in voxels: point (x, y) lies at `start` + x * `across` + y * `down`. */
export interface PlaneGrid {
  readonly start: Vec3;
  readonly across: Vec3;
  readonly down: Vec3;
  readonly width: number;
  readonly height: number;
}

/** Nearer to a voxel's centre than this, the voxel alone counts: planes through slices show the slices themselves. */
const onCentre = 1e-4;

/**
 * Values of a volume on a plane, of any direction, linear between voxels; NaN outside of it. Takes as long as the plane has
 * points, however large the volume is.
 *
 * @param out width x height values, written row by row
 */
export function samplePlane(
  data: VoxelArray,
  [ni, nj, nk]: Vec3,
  { start, across, down, width, height }: PlaneGrid,
  out: Float32Array,
): void {
  const [lastI, lastJ, lastK] = [ni - 1, nj - 1, nk - 1];
  const plane = ni * nj;
  for (let y = 0, n = 0; y < height; y++) {
    for (let x = 0; x < width; x++, n++) {
      let i = start[0] + x * across[0] + y * down[0];
      let j = start[1] + x * across[1] + y * down[1];
      let k = start[2] + x * across[2] + y * down[2];
      if (i < -0.5 || j < -0.5 || k < -0.5 || i >= ni - 0.5 || j >= nj - 0.5 || k >= nk - 0.5) {
        out[n] = NaN;
        continue;
      }
      // The outer half of the outermost voxels has their value.
      i = i < 0 ? 0 : i > lastI ? lastI : i;
      j = j < 0 ? 0 : j > lastJ ? lastJ : j;
      k = k < 0 ? 0 : k > lastK ? lastK : k;
      let i0 = Math.floor(i);
      let j0 = Math.floor(j);
      let k0 = Math.floor(k);
      let fi = i - i0;
      let fj = j - j0;
      let fk = k - k0;
      if (fi > 1 - onCentre) {
        i0++;
        fi = 0;
      }
      if (fj > 1 - onCentre) {
        j0++;
        fj = 0;
      }
      if (fk > 1 - onCentre) {
        k0++;
        fk = 0;
      }
      const at = i0 + ni * j0 + plane * k0;
      const di = fi < onCentre ? 0 : 1;
      const dj = fj < onCentre ? 0 : ni;
      let value = between(data, at, di, dj, fi, fj);
      if (fk >= onCentre) value += (between(data, at + plane, di, dj, fi, fj) - value) * fk;
      out[n] = value;
    }
  }
}

/** Bilinear within a slice; a step of 0 leaves its axis out. */
function between(data: VoxelArray, at: number, di: number, dj: number, fi: number, fj: number): number {
  const a = data[at]!;
  const upper = di === 0 ? a : a + (data[at + di]! - a) * fi;
  if (dj === 0) return upper;
  const b = data[at + dj]!;
  const lower = di === 0 ? b : b + (data[at + dj + di]! - b) * fi;
  return upper + (lower - upper) * fj;
}
