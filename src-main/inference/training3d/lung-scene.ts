import { axisMaps } from '../../core/volume/grid';
import { lpsToIjk, ijkToLps } from '../../core/geometry/affine';
import type { Box3 } from '../../core/geometry/box';
import { subtract, type Vec3 } from '../../core/geometry/vec3';
import { labelComponents } from '../../core/volume/components';
import { lungDistances, type LungMask } from '../../core/volume/lung-mask';
import type { VolumeGeometry } from '../../core/volume/volume';
import { createRandom } from '../random';

/**
 * What training must know of a chest CT beside its voxels: where its lungs are, its noise and its slices.
 *
 * Shape shorthand: voxels are those of the grid that patches are cut from, counted from their centres
 */
export interface LungScene {
  /** How deep in the lung a voxel lies, mm; below 0 outside. */
  depth(x: number, y: number, z: number): number;
  /** [P, 3] voxels in the lung, flat: where patches are drawn. */
  readonly places: Float32Array;
  /** Standard deviation of the noise, HU. */
  readonly noise: number;
  /** Distance of the scanned slices along z, mm. */
  readonly sliceMm: number;
}

/** Of so many voxels of the mask one is a place to draw from. */
const placeEvery = 7;

export function lungScene(
  mask: LungMask,
  volume: VolumeGeometry,
  grid: VolumeGeometry,
  hounsfieldAt: (voxel: number) => number,
): LungScene {
  const maps = axisMaps(volume, grid);
  return {
    depth: depthIn(mask, grid),
    places: placesOf(mask, grid),
    noise: noiseOf(grid.dims, hounsfieldAt),
    sliceMm: maps ? volume.spacing[maps[2].axis]! : Math.max(...volume.spacing),
  };
}

export function depthIn(mask: LungMask, grid: VolumeGeometry): LungScene['depth'] {
  const distances = lungDistances(mask);
  const [nx, ny, nz] = mask.grid.dims;
  const origin = lpsToIjk(mask.grid, grid.origin);
  const steps = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((e) => subtract(lpsToIjk(mask.grid, ijkToLps(grid, e)), origin));
  const along = (a: 0 | 1 | 2, x: number, y: number, z: number): number =>
    Math.round(origin[a] + steps[0]![a] * x + steps[1]![a] * y + steps[2]![a] * z);
  return (x, y, z) => {
    const [i, j, k] = [along(0, x, y, z), along(1, x, y, z), along(2, x, y, z)];
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return -Infinity;
    return -distances[(k * ny + j) * nx + i]!;
  };
}

function placesOf(mask: LungMask, grid: VolumeGeometry): Float32Array {
  const [nx, ny] = mask.grid.dims;
  const out: number[] = [];
  let seen = 0;
  mask.inside.forEach((v, n) => {
    if (v === 0 || seen++ % placeEvery !== 0) return;
    const z = Math.floor(n / (nx * ny));
    out.push(...lpsToIjk(grid, ijkToLps(mask.grid, [n % nx, Math.floor(n / nx) - z * ny, z])));
  });
  return Float32Array.from(out);
}

/** Of soft tissue: the median difference of a voxel from the mean of its four neighbours in the slice. */
export function noiseOf([nx, ny, nz]: Vec3, hounsfieldAt: (voxel: number) => number): number {
  const random = createRandom(nx, ny, nz);
  const differences: number[] = [];
  for (let t = 0; t < 60_000 && differences.length < 4000; t++) {
    const at =
      (random.below(nz) * ny + 1 + random.below(Math.max(1, ny - 2))) * nx +
      1 +
      random.below(Math.max(1, nx - 2));
    const own = hounsfieldAt(at);
    const around = [at - 1, at + 1, at - nx, at + nx].map(hounsfieldAt);
    if ([own, ...around].some((v) => v < -60 || v > 160)) continue;
    differences.push(Math.abs(own - around.reduce((a, b) => a + b, 0) / 4));
  }
  if (differences.length < 100) return 20;
  const median = differences.sort((a, b) => a - b)[Math.floor(differences.length / 2)]!;
  // Median of |N(0, s)| is 0.6745 s; own and a quarter of each neighbour add up to 5/4 of the variance.
  return Math.min(120, median / 0.6745 / Math.sqrt(1.25));
}

/**
 * Compact bodies of tissue in the lung that hang on nothing: in a scan that nobody marked they may be nodules.
 * @returns voxels of the grid, half-open
 */
export function nodulelikePlaces(
  grid: VolumeGeometry,
  scene: LungScene,
  hounsfieldAt: (voxel: number) => number,
): Box3[] {
  const [nx, ny, nz] = grid.dims;
  const tissue = new Uint8Array(nx * ny * nz);
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at++)
        if (hounsfieldAt(at) > -500 && scene.depth(x, y, z) > 1) tissue[at] = 1;
  const { sizes, boxes } = labelComponents(tissue, grid.dims);
  return boxes.filter((box, n) => {
    const sides = [0, 1, 2].map((a) => (box[a + 3]! - box[a]!) * grid.spacing[a]!);
    const [shortest, longest] = [Math.min(...sides), Math.max(...sides)];
    const voxels = (box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]);
    return shortest >= 4 && longest <= 35 && longest <= 2.2 * shortest && sizes[n]! >= 0.3 * voxels;
  });
}
