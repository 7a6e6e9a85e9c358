import { ijkToLps, lpsToIjk } from '../geometry/affine';
import { subtract, type Vec3 } from '../geometry/vec3';
import { samplePlane } from '../volume/sample-plane';
import type { VolumeGeometry, VoxelArray } from '../volume/volume';

export interface RegionStatistics {
  readonly count: number;
  readonly mean: number;
  /** Of the values themselves (divided by their number). */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

export type RegionShape = 'ellipse' | 'rectangle';

/** Whether a point, as shares of the box (0 to 1 both ways), lies in the shape. */
const holds = (shape: RegionShape, u: number, v: number): boolean =>
  shape === 'ellipse' ? (2 * u - 1) ** 2 + (2 * v - 1) ** 2 <= 1 : u >= 0 && u <= 1 && v >= 0 && v <= 1;

function statisticsOf(each: (take: (value: number) => void) => void): RegionStatistics | null {
  let [count, mean, squares, min, max] = [0, 0, 0, Infinity, -Infinity];
  each((value) => {
    if (!Number.isFinite(value)) return;
    // Welford 1962: sums of squares of large values would lose the small differences.
    count++;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
    min = Math.min(min, value);
    max = Math.max(max, value);
  });
  return count > 0 ? { count, mean, deviation: Math.sqrt(Math.max(0, squares / count)), min, max } : null;
}

/**
 * Values of the voxels whose middles lie in a shape drawn on a plane perpendicular to LPS axis `axis`. Where the volume's axes are
 * the patient's these are its voxels themselves; else points of the plane as far apart as its voxels, linear between them.
 *
 * @param a @param b opposite corners, LPS mm; null where no point of the shape lies in the volume.
 */
export function volumeRegion(
  data: VoxelArray,
  geometry: VolumeGeometry,
  axis: 0 | 1 | 2,
  shape: RegionShape,
  a: Vec3,
  b: Vec3,
): RegionStatistics | null {
  const [u, v] = ([0, 1, 2] as const).filter((n) => n !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const middle = [0, 1, 2].map((n) => (a[n]! + b[n]!) / 2) as unknown as Vec3;
  // A voxel's middle to begin from, moved along the normal into the plane.
  const near = ijkToLps(geometry, lpsToIjk(geometry, middle).map(Math.round) as unknown as Vec3);
  const [stepU, stepV] = [stepAlong(geometry, u), stepAlong(geometry, v)];
  const [lowU, highU] = [Math.min(a[u], b[u]), Math.max(a[u], b[u])];
  const [lowV, highV] = [Math.min(a[v], b[v]), Math.max(a[v], b[v])];
  const fromU = Math.ceil((lowU - near[u]) / stepU - 1e-9);
  const fromV = Math.ceil((lowV - near[v]) / stepV - 1e-9);
  const width = Math.floor((highU - near[u]) / stepU + 1e-9) - fromU + 1;
  const height = Math.floor((highV - near[v]) / stepV + 1e-9) - fromV + 1;
  if (width < 1 || height < 1) return null;
  const at = (m: number, n: number): Vec3 => {
    const p: [number, number, number] = [0, 0, 0];
    p[axis] = middle[axis];
    p[u] = near[u] + (fromU + m) * stepU;
    p[v] = near[v] + (fromV + n) * stepV;
    return p;
  };
  const start = lpsToIjk(geometry, at(0, 0));
  const across = subtract(lpsToIjk(geometry, at(1, 0)), start);
  const down = subtract(lpsToIjk(geometry, at(0, 1)), start);
  const values = new Float32Array(width * height);
  samplePlane(data, geometry.dims, { start, across, down, width, height }, values);
  return statisticsOf((take) => {
    for (let n = 0; n < height; n++)
      for (let m = 0; m < width; m++) {
        const p = at(m, n);
        if (holds(shape, (p[u] - lowU) / (highU - lowU), (p[v] - lowV) / (highV - lowV)))
          take(values[n * width + m]!);
      }
  });
}

/** mm between voxels along an LPS axis: of the voxel axis that runs most along it. */
function stepAlong({ direction, spacing }: VolumeGeometry, lpsAxis: 0 | 1 | 2): number {
  const share = direction.map((d) => Math.abs(d[lpsAxis]));
  return spacing[share.indexOf(Math.max(...share))]!;
}

/**
 * Values of the pixels of one channel whose middles lie in a shape.
 *
 * @param a @param b opposite corners, px, the middle of the first pixel at 0; null where no pixel lies in it.
 */
export function pictureRegion(
  data: ArrayLike<number>,
  width: number,
  height: number,
  shape: RegionShape,
  a: Vec3,
  b: Vec3,
): RegionStatistics | null {
  const [x0, x1] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [y0, y1] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  return statisticsOf((take) => {
    for (let y = Math.max(0, Math.ceil(y0)); y <= Math.min(height - 1, y1); y++)
      for (let x = Math.max(0, Math.ceil(x0)); x <= Math.min(width - 1, x1); x++)
        if (holds(shape, (x - x0) / (x1 - x0 || 1), (y - y0) / (y1 - y0 || 1))) take(data[y * width + x]!);
  });
}
