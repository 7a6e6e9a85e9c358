import { add, scale, type Vec3 } from '../geometry/vec3';
import { samplePlane, type PlaneGrid } from './sample-plane';
import type { VoxelArray } from './volume';

/** What is shown of the values on a ray through a slab: the greatest (MIP), the least (MinIP) or their mean. */
export type SlabMode = 'max' | 'min' | 'mean';
export const slabModes: readonly SlabMode[] = ['max', 'min', 'mean'];

export interface Slab {
  readonly mode: SlabMode;
  /** Planes, at least 1; they lie evenly on both sides of the grid. */
  readonly count: number;
  /** From one plane to the next, voxels. */
  readonly step: Vec3;
}

/**
 * Values of a slab of parallel planes, seen along them; where only some lie in the volume, of these; NaN where none does.
 *
 * @param out width x height values, written row by row
 */
export function sampleSlab(
  data: VoxelArray,
  dims: Vec3,
  grid: PlaneGrid,
  { mode, count, step }: Slab,
  out: Float32Array,
): void {
  const plane = (n: number): PlaneGrid => ({
    ...grid,
    start: add(grid.start, scale(step, n - (count - 1) / 2)),
  });
  samplePlane(data, dims, plane(0), out);
  if (count < 2) return;
  const length = grid.width * grid.height;
  const values = new Float32Array(length);
  const found = new Uint16Array(length);
  for (let p = 0; p < length; p++) if (out[p] === out[p]) found[p] = 1;
  for (let n = 1; n < count; n++) {
    samplePlane(data, dims, plane(n), values);
    for (let p = 0; p < length; p++) {
      const value = values[p]!;
      if (value !== value) continue;
      const before = out[p]!;
      if (found[p]++ === 0) out[p] = value;
      else if (mode === 'mean') out[p] = before + value;
      else if (mode === 'max' ? value > before : value < before) out[p] = value;
    }
  }
  if (mode === 'mean') for (let p = 0; p < length; p++) if (found[p]! > 1) out[p] = out[p]! / found[p]!;
}
