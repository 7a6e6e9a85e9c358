import { AppError } from '../../core/app-error';
import { boxIjkToLps, boxLpsToIjk, ijkToLps, lpsToIjk } from '../../core/geometry/affine';
import type { Box3 } from '../../core/geometry/box';
import { subtract, type Vec3 } from '../../core/geometry/vec3';
import { cropGrid, findLungs, lungBox, lungDistances, type LungMask } from '../../core/volume/lung-mask';
import type { Volume, VolumeGeometry } from '../../core/volume/volume';
import type { CellMask } from './windows-around';

/**
 * The part of a CT that a lung model looks at.
 *
 * Shape shorthand: voxels are those of the network's grid, counted from the edge of the first
 */
export interface LungRegion {
  /** The network's grid, cut to the lungs and what lies around them. */
  readonly grid: VolumeGeometry;
  /**
   * Whether a box could be a lesion of the lung: a ball as wide as its shortest side comes within the margin of it, and of a
   * wide box a third lies inside.
   */
  touches(box: Box3): boolean;
  /** The parts of the grid that hold lung, or what lies within the margin of it. @param side of a cell in voxels */
  cells(side: Vec3): CellMask;
}

/** So much around the lungs the network sees too, mm: what a nodule at the pleura hangs on. */
const contextMm = 16;

/** From this shortest side on a box whose ball comes near the lung can be the heart, or the chest wall, mm. */
const wideMm = 15;
/** Of a wide box. The mask holds the lung's own masses: a tumour of 55 mm at the chest wall lies in it by two fifths. */
const leastInside = 1 / 3;

/** @throws AppError image.not-analysable where there is no lung */
export function lungRegion(volume: Volume, whole: VolumeGeometry, marginMm: number): LungRegion {
  const { mask, ...search } = findLungs(volume);
  if (!mask) {
    throw new AppError(
      'image.not-analysable',
      `Not analysed by the model. No lung was found in this volume. ${'reason' in search ? search.reason : ''}`.trim(),
      'This model reads chest CT; choose another model for other parts of the body.',
      { field: 'no-lung' },
    );
  }
  return regionOf(mask, whole, marginMm);
}

function regionOf(mask: LungMask, whole: VolumeGeometry, marginMm: number): LungRegion {
  const grid = cropGrid(whole, lungsInGrid(mask, whole, contextMm + marginMm));
  const distances = lungDistances(mask);
  const [nx, ny, nz] = mask.grid.dims;
  const [first, alongX, alongY, alongZ] = stepsIn(grid, mask.grid);
  // Places count from the edge of the first voxel, indices from its centre.
  const start = [0, 1, 2].map(
    (a) => first[a]! - (alongX[a]! + alongY[a]! + alongZ[a]!) / 2,
  ) as unknown as Vec3;
  const distanceAt = (x: number, y: number, z: number): number => {
    const i = Math.round(start[0] + x * alongX[0] + y * alongY[0] + z * alongZ[0]);
    const j = Math.round(start[1] + x * alongX[1] + y * alongY[1] + z * alongZ[1]);
    const k = Math.round(start[2] + x * alongX[2] + y * alongY[2] + z * alongZ[2]);
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return Infinity;
    return distances[(k * ny + j) * nx + i]!;
  };
  return {
    grid,
    touches(box) {
      const shortest = Math.min(...grid.spacing.map((s, a) => (box[a + 3]! - box[a]!) * s));
      const [x, y, z] = [(box[0] + box[3]) / 2, (box[1] + box[4]) / 2, (box[2] + box[5]) / 2];
      if (distanceAt(x, y, z) > marginMm + shortest / 2) return false;
      return shortest < wideMm || insideShare(box, distanceAt) >= leastInside;
    },
    cells(side) {
      const dims = grid.dims.map((n, a) => Math.ceil(n / side[a]!)) as unknown as Vec3;
      const context = side.map((n, a) => Math.ceil(contextMm / (n * grid.spacing[a]!))) as unknown as Vec3;
      return { dims, side, context, set: cellsNear(mask, distances, marginMm, grid, side, dims) };
    },
  };
}

/** Indices of one grid in voxels of another, whose axes need not be its own: of the first voxel, and the steps along x, y, z. */
function stepsIn(of: VolumeGeometry, other: VolumeGeometry): [start: Vec3, x: Vec3, y: Vec3, z: Vec3] {
  const at = (ijk: Vec3): Vec3 => lpsToIjk(other, ijkToLps(of, ijk));
  const start = at([0, 0, 0]);
  return [
    start,
    subtract(at([1, 0, 0]), start),
    subtract(at([0, 1, 0]), start),
    subtract(at([0, 0, 1]), start),
  ];
}

/** Cells of the grid that hold the centre of a mask's voxel within the margin. @param dims in cells, [Z, Y, X] flat */
function cellsNear(
  { grid: of }: LungMask,
  distances: Float32Array,
  marginMm: number,
  grid: VolumeGeometry,
  side: Vec3,
  dims: Vec3,
): Uint8Array {
  const set = new Uint8Array(dims[0] * dims[1] * dims[2]);
  const [start, alongX, alongY, alongZ] = stepsIn(of, grid);
  const [nx, ny, nz] = of.dims;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        if (distances[n]! > marginMm) continue;
        let cell = 0;
        for (let a = 2; a >= 0; a--) {
          const at = start[a]! + i * alongX[a]! + j * alongY[a]! + k * alongZ[a]!;
          const along = Math.floor((at + 0.5) / side[a]!);
          cell = cell * dims[a]! + Math.max(0, Math.min(dims[a]! - 1, along));
        }
        set[cell] = 1;
      }
    }
  }
  return set;
}

/** Whole voxels of `grid` around the lungs, with so many mm on every side where the grid reaches so far. */
export function lungsInGrid(mask: LungMask, grid: VolumeGeometry, borderMm: number): Box3 {
  const lungs = boxIjkToLps(mask.grid, lungBox(mask));
  const wide = lungs.map((v, d) => v + (d < 3 ? -borderMm : borderMm)) as unknown as Box3;
  const [low, high] = overlap(grid, boxLpsToIjk(grid, wide));
  return [...low, ...high];
}

function overlap(grid: VolumeGeometry, box: Box3): [Vec3, Vec3] {
  const ends = [0, 1, 2].map((a): [number, number] => [
    Math.max(0, Math.floor(box[a]!)),
    Math.min(grid.dims[a]!, Math.ceil(box[a + 3]!)),
  ]);
  return [ends.map((e) => e[0]) as unknown as Vec3, ends.map((e) => e[1]) as unknown as Vec3];
}

/** Points that a box is judged by, along each side. */
const pointsAlong = 6;

function insideShare(box: Box3, distanceAt: (x: number, y: number, z: number) => number): number {
  const step = [0, 1, 2].map((a) => (box[a + 3]! - box[a]!) / pointsAlong) as unknown as Vec3;
  let inside = 0;
  for (let k = 0.5; k < pointsAlong; k++)
    for (let j = 0.5; j < pointsAlong; j++)
      for (let i = 0.5; i < pointsAlong; i++)
        if (distanceAt(box[0] + i * step[0], box[1] + j * step[1], box[2] + k * step[2]) <= 0) inside++;
  return inside / pointsAlong ** 3;
}
