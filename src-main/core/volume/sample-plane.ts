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

/** Components of a step smaller than this are sums' rounding, voxels a whole plane. */
const onAxis = 1e-6;

/**
 * Values of a volume on a plane, of any direction, linear between voxels; NaN outside of it. Takes as long as the plane has
 * points, however large the volume is.
 *
 * @param out width x height values, written row by row
 */
export function samplePlane(data: VoxelArray, dims: Vec3, grid: PlaneGrid, out: Float32Array): void {
  const axisAcross = axisOf(grid.across, grid.width);
  const axisDown = axisOf(grid.down, grid.height);
  if (axisAcross < 0 || axisDown < 0 || axisAcross === axisDown) sampleOblique(data, dims, grid, out);
  else sampleAligned(data, dims, grid, axisAcross, axisDown, out);
}

/** The one axis of the voxels that a step goes along, or -1. */
function axisOf(step: Vec3, count: number): number {
  const along = [0, 1, 2].filter((axis) => Math.abs(step[axis]!) * count > onAxis);
  return along.length === 1 ? along[0]! : -1;
}

/** Where points along one axis lie: the offset of the voxel before each (-1: outside), of the one after, and how far on. */
interface AxisPoints {
  readonly at: Int32Array;
  readonly next: Int32Array;
  readonly part: Float32Array;
}

function axisPoints(count: number, start: number, step: number, length: number, stride: number): AxisPoints {
  const points = { at: new Int32Array(count), next: new Int32Array(count), part: new Float32Array(count) };
  for (let n = 0; n < count; n++) {
    const place = start + n * step;
    if (place < -0.5 || place >= length - 0.5) {
      points.at[n] = -1;
      continue;
    }
    // The outer half of the outermost voxels has their value.
    const inside = Math.min(Math.max(place, 0), length - 1);
    let before = Math.floor(inside);
    let part = inside - before;
    if (part > 1 - onCentre) {
      before++;
      part = 0;
    }
    points.at[n] = before * stride;
    points.next[n] = part < onCentre ? 0 : stride;
    points.part[n] = part < onCentre ? 0 : part;
  }
  return points;
}

/** A plane along the voxels, as nearly all are: each axis is looked up once, not once a point. */
function sampleAligned(
  data: VoxelArray,
  dims: Vec3,
  { start, across, down, width, height }: PlaneGrid,
  axisAcross: number,
  axisDown: number,
  out: Float32Array,
): void {
  const strides = [1, dims[0], dims[0] * dims[1]];
  const along = (axis: number, count: number, step: number): AxisPoints =>
    axisPoints(count, start[axis]!, step, dims[axis]!, strides[axis]!);
  const columns = along(axisAcross, width, across[axisAcross]!);
  const rows = along(axisDown, height, down[axisDown]!);
  const depth = along(3 - axisAcross - axisDown, 1, 0);
  const slice = depth.at[0]!;
  if (slice < 0) {
    out.fill(NaN);
    return;
  }
  sampleSlice(data, slice, columns, rows, out);
  const part = depth.part[0]!;
  if (part === 0) return;
  const after = new Float32Array(out.length);
  sampleSlice(data, slice + depth.next[0]!, columns, rows, after);
  for (let n = 0; n < out.length; n++) out[n]! += (after[n]! - out[n]!) * part;
}

/** @param slice offset of the first voxel of a slice of voxels, of any of the three directions */
function sampleSlice(
  data: VoxelArray,
  slice: number,
  columns: AxisPoints,
  rows: AxisPoints,
  out: Float32Array,
): void {
  const { at: columnAt, next: columnNext, part: columnPart } = columns;
  const width = columnAt.length;
  for (let y = 0, n = 0; y < rows.at.length; y++) {
    if (rows.at[y]! < 0) {
      out.fill(NaN, n, n + width);
      n += width;
      continue;
    }
    const row = slice + rows.at[y]!;
    const below = row + rows.next[y]!;
    const rowPart = rows.part[y]!;
    for (let x = 0; x < width; x++, n++) {
      const column = columnAt[x]!;
      if (column < 0) {
        out[n] = NaN;
        continue;
      }
      const next = column + columnNext[x]!;
      const part = columnPart[x]!;
      // Without a branch: a step of 0 has the same voxel twice.
      const a = data[row + column]!;
      const b = data[below + column]!;
      const upper = a + (data[row + next]! - a) * part;
      const lower = b + (data[below + next]! - b) * part;
      out[n] = upper + (lower - upper) * rowPart;
    }
  }
}

function sampleOblique(
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
