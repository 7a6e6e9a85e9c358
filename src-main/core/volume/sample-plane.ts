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

/**
 * Where points along one axis lie: the offset of the voxel before each, of the one after from there, and how far on. Those
 * in the volume are the points `from` to `to`, the latter not among them.
 */
interface AxisPoints {
  readonly from: number;
  readonly to: number;
  readonly at: Int32Array;
  readonly next: Int32Array;
  readonly part: Float64Array;
}

function axisPoints(count: number, start: number, step: number, length: number, stride: number): AxisPoints {
  const at = new Int32Array(count);
  const next = new Int32Array(count);
  const part = new Float64Array(count);
  let from = count;
  let to = 0;
  for (let n = 0; n < count; n++) {
    const place = start + n * step;
    if (place < -0.5 || place >= length - 0.5) continue;
    from = Math.min(from, n);
    to = n + 1;
    // The outer half of the outermost voxels has their value.
    const inside = Math.min(Math.max(place, 0), length - 1);
    let before = Math.floor(inside);
    let on = inside - before;
    if (on > 1 - onCentre) {
      before++;
      on = 0;
    }
    at[n] = before * stride;
    next[n] = on < onCentre ? 0 : stride;
    part[n] = on < onCentre ? 0 : on;
  }
  return { from: Math.min(from, to), to, at, next, part };
}

/**
 * A plane along the voxels, as nearly all are. Each row of voxels that it goes through is brought to the points' columns
 * once, however many rows of points lie between it and the next.
 */
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
  if (depth.from === depth.to || columns.from === columns.to) {
    out.fill(NaN);
    return;
  }
  const lines = new RowLines(data, columns, depth);
  const { from, to } = columns;
  out.fill(NaN, 0, rows.from * width);
  for (let y = rows.from; y < rows.to; y++) {
    const row = rows.at[y]!;
    const [upper, lower] = lines.around(row, row + rows.next[y]!);
    const n = y * width;
    out.fill(NaN, n, n + from);
    mixed(upper, lower, rows.part[y]!, from, to, out, n);
    out.fill(NaN, n + to, n + width);
  }
  out.fill(NaN, rows.to * width);
}

/** The two rows of voxels round a row of points, brought to the points' columns and between both slices. */
class RowLines {
  private readonly lines: [Float64Array, Float64Array];
  private readonly rows: [number, number] = [-1, -1];

  constructor(
    private readonly data: VoxelArray,
    private readonly columns: AxisPoints,
    private readonly depth: AxisPoints,
  ) {
    this.lines = [new Float64Array(columns.at.length), new Float64Array(columns.at.length)];
  }

  /** @param row, below offsets of the rows' first voxels in their slice; the same twice where only one counts */
  around(row: number, below: number): readonly [Float64Array, Float64Array] {
    const { rows, lines } = this;
    // Going on, up or down, the one that was second is first, or the first second.
    if (rows[0] !== row && (rows[1] === row || rows[0] === below)) {
      rows.reverse();
      lines.reverse();
    }
    if (rows[0] !== row) this.fill(0, row);
    if (below === row) return [lines[0], lines[0]];
    if (rows[1] !== below) this.fill(1, below);
    return lines;
  }

  private fill(which: 0 | 1, row: number): void {
    this.rows[which] = row;
    const { data, depth, columns } = this;
    const slice = depth.at[0]! + row;
    const part = depth.part[0]!;
    if (part === 0) alongRow(data, slice, columns, this.lines[which]);
    else betweenSlices(data, slice, slice + depth.next[0]!, part, columns, this.lines[which]);
  }
}

function alongRow(
  data: VoxelArray,
  row: number,
  { from, to, at, next, part }: AxisPoints,
  line: Float64Array,
): void {
  for (let x = from; x < to; x++) {
    const voxel = row + at[x]!;
    const a = data[voxel]!;
    // Without a branch: a step of 0 has the same voxel twice.
    line[x] = a + (data[voxel + next[x]!]! - a) * part[x]!;
  }
}

function betweenSlices(
  data: VoxelArray,
  row: number,
  behind: number,
  depth: number,
  { from, to, at, next, part }: AxisPoints,
  line: Float64Array,
): void {
  const step = behind - row;
  for (let x = from; x < to; x++) {
    const voxel = row + at[x]!;
    const after = voxel + next[x]!;
    const first = data[voxel]!;
    const second = data[after]!;
    const a = first + (data[voxel + step]! - first) * depth;
    const b = second + (data[after + step]! - second) * depth;
    line[x] = a + (b - a) * part[x]!;
  }
}

/** Between two rows, written from point `from` of the row that begins at `n`. */
function mixed(
  upper: Float64Array,
  lower: Float64Array,
  part: number,
  from: number,
  to: number,
  out: Float32Array,
  n: number,
): void {
  for (let x = from; x < to; x++) {
    const a = upper[x]!;
    out[n + x] = a + (lower[x]! - a) * part;
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
