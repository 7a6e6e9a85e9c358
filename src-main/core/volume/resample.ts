import { ijkToLps, lpsToIjk } from '../geometry/affine';
import { dot, subtract, type Vec3 } from '../geometry/vec3';
import { axisMaps, type AxisMap } from './grid';
import type { Volume, VolumeGeometry, VoxelArray } from './volume';
import { createVoxels, voxelTypeOf } from './voxels';

/**
 * Values of a volume at the voxels of another grid, tile by tile, so that the whole resampled volume need never exist.
 *
 * Trilinear; along axes where the grid is coarser than the volume a triangle as wide as the coarser step (what image
 * libraries call antialiased bilinear), so that small structures are averaged and not skipped.
 *
 * Shape shorthand: tile [Z, Y, X] float32, x fastest; starts and sizes are x, y, z in grid voxels
 */
export interface GridSampler {
  /** Fills the tile. @param outside value where the grid leaves the volume by more than half a voxel of either */
  fill(tile: Float32Array, start: Vec3, size: Vec3, outside: number): void;
}

export function createGridSampler(volume: Volume, grid: VolumeGeometry): GridSampler {
  const maps = axisMaps(volume, grid);
  return maps ? separable(volume, maps) : oblique(volume, grid);
}

/** Weights of source samples for each target position of one axis. */
interface Taps {
  /** First source index of each position; -1: outside. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [positions, widest]. */
  readonly weights: Float32Array;
  readonly widest: number;
  /** Source indices in use: from `low` to below `high`. */
  readonly low: number;
  readonly high: number;
}

function tapsOf({ start, step }: AxisMap, from: number, length: number, sourceLength: number): Taps {
  const reach = Math.max(1, Math.abs(step));
  const widest = Math.ceil(2 * reach) + 1;
  const first = new Int32Array(length).fill(-1);
  const count = new Int32Array(length);
  const weights = new Float32Array(length * widest);
  let low = sourceLength;
  let high = 0;
  const beyond = 0.5 * reach + 1e-6;
  for (let n = 0; n < length; n++) {
    const at = start + (from + n) * step;
    if (at < -beyond || at > sourceLength - 1 + beyond) continue;
    const center = Math.min(sourceLength - 1, Math.max(0, at));
    const begin = Math.max(0, Math.ceil(center - reach));
    const end = Math.min(sourceLength - 1, Math.floor(center + reach));
    let sum = 0;
    for (let s = begin; s <= end; s++) {
      const weight = Math.max(0, 1 - Math.abs(s - center) / reach);
      weights[n * widest + s - begin] = weight;
      sum += weight;
    }
    for (let s = 0; s <= end - begin; s++) weights[n * widest + s]! /= sum;
    first[n] = begin;
    count[n] = end - begin + 1;
    low = Math.min(low, begin);
    high = Math.max(high, end + 1);
  }
  return { first, count, weights, widest, low, high };
}

/** Axes run along the volume's: one axis after the other, z first, so that only planes are held. */
function separable(volume: Volume, maps: readonly [AxisMap, AxisMap, AxisMap]): GridSampler {
  const { data, dims } = volume;
  const strides = [1, dims[0], dims[0] * dims[1]];
  const [strideX, strideY, strideZ] = maps.map((m) => strides[m.axis]!) as [number, number, number];
  return {
    fill(tile, start, size, outside) {
      const [tx, ty, tz] = maps.map((m, a) => tapsOf(m, start[a]!, size[a]!, dims[m.axis]!)) as [
        Taps,
        Taps,
        Taps,
      ];
      const [width, height, depth] = size;
      const columns = Math.max(0, tx.high - tx.low);
      const rows = Math.max(0, ty.high - ty.low);
      const plane = new Float32Array(columns * rows);
      const row = new Float32Array(columns);
      for (let z = 0; z < depth; z++) {
        const base = z * width * height;
        if (tz.first[z]! < 0) {
          tile.fill(outside, base, base + width * height);
          continue;
        }
        plane.fill(0);
        for (let t = 0; t < tz.count[z]!; t++) {
          const weight = tz.weights[z * tz.widest + t]!;
          if (weight > 0)
            addPlane(plane, data, weight, (tz.first[z]! + t) * strideZ, tx, ty, strideX, strideY);
        }
        for (let y = 0; y < height; y++) {
          const at = base + y * width;
          if (ty.first[y]! < 0) {
            tile.fill(outside, at, at + width);
            continue;
          }
          row.fill(0);
          for (let t = 0; t < ty.count[y]!; t++) {
            const weight = ty.weights[y * ty.widest + t]!;
            const from = (ty.first[y]! + t - ty.low) * columns;
            if (weight > 0) for (let c = 0; c < columns; c++) row[c]! += weight * plane[from + c]!;
          }
          for (let x = 0; x < width; x++) {
            const from = tx.first[x]!;
            if (from < 0) {
              tile[at + x] = outside;
              continue;
            }
            let sum = 0;
            for (let t = 0; t < tx.count[x]!; t++)
              sum += tx.weights[x * tx.widest + t]! * row[from - tx.low + t]!;
            tile[at + x] = sum;
          }
        }
      }
    },
  };
}

function addPlane(
  plane: Float32Array,
  data: VoxelArray,
  weight: number,
  offset: number,
  tx: Taps,
  ty: Taps,
  strideX: number,
  strideY: number,
): void {
  let n = 0;
  for (let r = ty.low; r < ty.high; r++) {
    let from = offset + r * strideY + tx.low * strideX;
    for (let c = tx.low; c < tx.high; c++, n++, from += strideX) plane[n]! += weight * data[from]!;
  }
}

/** Axes turned against each other: the volume is first made coarser along its own axes where the grid is coarser. */
function oblique(volume: Volume, grid: VolumeGeometry): GridSampler {
  const { data, dims, geometry } = coarsened(volume, grid);
  const start = lpsToIjk(geometry, grid.origin);
  const steps = [0, 1, 2].map((a) => {
    const unit = [a === 0 ? 1 : 0, a === 1 ? 1 : 0, a === 2 ? 1 : 0] as const;
    return subtract(lpsToIjk(geometry, ijkToLps(grid, unit)), start);
  }) as [Vec3, Vec3, Vec3];
  const last = [dims[0] - 1, dims[1] - 1, dims[2] - 1] as const;
  const jStride = dims[0];
  const kStride = dims[0] * dims[1];
  const inside = (v: number, end: number): number => Math.min(end, Math.max(0, v));
  const isOut = (v: number, end: number): boolean => v < -0.5 || v > end + 0.5;
  return {
    fill(tile, from, [width, height, depth], outside) {
      let n = 0;
      for (let z = from[2]; z < from[2] + depth; z++) {
        for (let y = from[1]; y < from[1] + height; y++) {
          for (let x = from[0]; x < from[0] + width; x++, n++) {
            const i = start[0] + x * steps[0][0] + y * steps[1][0] + z * steps[2][0];
            const j = start[1] + x * steps[0][1] + y * steps[1][1] + z * steps[2][1];
            const k = start[2] + x * steps[0][2] + y * steps[1][2] + z * steps[2][2];
            if (isOut(i, last[0]) || isOut(j, last[1]) || isOut(k, last[2])) {
              tile[n] = outside;
              continue;
            }
            const [ci, cj, ck] = [inside(i, last[0]), inside(j, last[1]), inside(k, last[2])];
            const [i0, j0, k0] = [Math.floor(ci), Math.floor(cj), Math.floor(ck)];
            const [fi, fj, fk] = [ci - i0, cj - j0, ck - k0];
            const at = i0 + j0 * jStride + k0 * kStride;
            const di = fi > 0 ? 1 : 0;
            const dj = fj > 0 ? jStride : 0;
            const dk = fk > 0 ? kStride : 0;
            const line = (o: number): number => data[o]! + (data[o + di]! - data[o]!) * fi;
            const face = (o: number): number => line(o) + (line(o + dj) - line(o)) * fj;
            const near = face(at);
            tile[n] = near + (face(at + dk) - near) * fk;
          }
        }
      }
    },
  };
}

/** The volume with its spacing at least the grid's along its own axes; itself where it is no finer. */
function coarsened(
  volume: Volume,
  grid: VolumeGeometry,
): { data: VoxelArray; dims: Vec3; geometry: VolumeGeometry } {
  const factors = volume.direction.map((d, a) => {
    const along = grid.direction.map((g, t) => dot(d, g) * grid.spacing[t]!);
    return Math.max(1, Math.hypot(...along) / volume.spacing[a]!);
  }) as [number, number, number];
  if (factors.every((f) => f < 1.01)) return { data: volume.data, dims: volume.dims, geometry: volume };
  const dims = volume.dims.map((n, a) => Math.round((n - 1) / factors[a]!) + 1) as [number, number, number];
  const spacing = volume.spacing.map((s, a) => s * factors[a]!) as [number, number, number];
  const geometry: VolumeGeometry = { ...volume, dims, spacing };
  const sampler = createGridSampler(volume, geometry);
  const plane = dims[0] * dims[1];
  const tile = new Float32Array(plane);
  const type = voxelTypeOf(volume.data);
  const data = createVoxels(type, plane * dims[2]);
  for (let k = 0; k < dims[2]; k++) {
    sampler.fill(tile, [0, 0, k], [dims[0], dims[1], 1], 0);
    data.set(type === 'float32' ? tile : tile.map(Math.round), k * plane);
  }
  return { data, dims, geometry };
}
