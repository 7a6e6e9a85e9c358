import { boxIjkToLps, lpsToIjk } from '../geometry/affine';
import type { Box3 } from '../geometry/box';
import { orientationAxes } from '../geometry/orientation';
import { dot, type Vec3 } from '../geometry/vec3';
import type { VolumeGeometry } from './volume';

/**
 * The grid of given spacing and orientation around a volume. Its first voxel's centre lies in the corner of the box around
 * the volume's voxel centres, and its size is rounded to whole voxels, as MONAI's Orientation and Spacing have it for
 * volumes whose axes are the patient's; of oblique ones it holds every corner.
 *
 * @param spacing mm along the grid's x, y, z
 * @param orientation where these grow towards, e.g. LPS or RAS
 */
export function alignedGrid(volume: VolumeGeometry, spacing: Vec3, orientation: string): VolumeGeometry {
  const direction = orientationAxes(orientation);
  const [i, j, k] = volume.dims;
  // The box around voxel centres: corners at index 0 and n - 1 are edges 0.5 and n - 0.5.
  const box = boxIjkToLps(volume, [0.5, 0.5, 0.5, i - 0.5, j - 0.5, k - 0.5]);
  const dims: [number, number, number] = [1, 1, 1];
  const origin: [number, number, number] = [0, 0, 0];
  direction.forEach((axis, a) => {
    const patientAxis = axis.findIndex((c) => c !== 0);
    const [low, high] = [box[patientAxis]!, box[patientAxis + 3]!];
    origin[patientAxis] = axis[patientAxis]! > 0 ? low : high;
    dims[a] = Math.round((high - low) / spacing[a]!) + 1;
  });
  return { dims, spacing, origin, direction };
}

/** How one axis of a grid runs through an axis of a volume: index = start + step * grid index. */
export interface AxisMap {
  /** Of the volume: 0 i, 1 j, 2 k. */
  readonly axis: number;
  readonly start: number;
  readonly step: number;
}

/** Largest error, in grid voxels, at which axes still count as parallel. */
const parallelTolerance = 0.1;

/** How the grid's x, y and z run through the volume; null where some axes are not parallel to one of the volume's. */
export function axisMaps(volume: VolumeGeometry, grid: VolumeGeometry): [AxisMap, AxisMap, AxisMap] | null {
  const at = lpsToIjk(volume, grid.origin);
  const maps: AxisMap[] = [];
  for (let a = 0; a < 3; a++) {
    const cosines = volume.direction.map((d) => dot(d, grid.direction[a]!));
    const axis = cosines.reduce((best, c, n) => (Math.abs(c) > Math.abs(cosines[best]!) ? n : best), 0);
    const cosine = Math.min(1, Math.abs(cosines[axis]!));
    const drift =
      (Math.sqrt(1 - cosine * cosine) * volume.dims[axis]! * volume.spacing[axis]!) / grid.spacing[a]!;
    if (drift > parallelTolerance || maps.some((m) => m.axis === axis)) return null;
    const step = (Math.sign(cosines[axis]!) * grid.spacing[a]!) / volume.spacing[axis]!;
    maps.push({ axis, start: at[axis]!, step });
  }
  return maps as [AxisMap, AxisMap, AxisMap];
}

/** A half-open voxel box of the grid, cut to the grid; null where nothing of it lies inside. */
export function clipToGrid(grid: VolumeGeometry, box: Box3): Box3 | null {
  const out = [...box] as [number, number, number, number, number, number];
  for (let a = 0; a < 3; a++) {
    out[a] = Math.max(0, out[a]!);
    out[a + 3] = Math.min(grid.dims[a]!, out[a + 3]!);
    if (!(out[a + 3]! > out[a]!)) return null;
  }
  return out;
}
