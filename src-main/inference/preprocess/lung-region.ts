import { AppError } from '../../core/app-error';
import { boxIjkToLps, boxLpsToIjk, ijkToLps, lpsToIjk } from '../../core/geometry/affine';
import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import { cropGrid, findLungs, lungBox, lungDistances, type LungMask } from '../../core/volume/lung-mask';
import type { Volume, VolumeGeometry } from '../../core/volume/volume';

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
  /** Whether a part of the grid holds lung, or what lies within the margin of it. */
  meets(box: Box3): boolean;
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
  const distanceAt = (place: Vec3): number => {
    const center = ijkToLps(grid, [place[0] - 0.5, place[1] - 0.5, place[2] - 0.5]);
    const [x, y, z] = lpsToIjk(mask.grid, center).map(Math.round) as unknown as Vec3;
    if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return Infinity;
    return distances[(z * ny + y) * nx + x]!;
  };
  return {
    grid,
    touches(box) {
      const shortest = Math.min(...grid.spacing.map((s, a) => (box[a + 3]! - box[a]!) * s));
      const center = [0, 1, 2].map((a) => (box[a]! + box[a + 3]!) / 2) as unknown as Vec3;
      if (distanceAt(center) > marginMm + shortest / 2) return false;
      return shortest < wideMm || insideShare(box, distanceAt) >= leastInside;
    },
    meets(box) {
      const [low, high] = overlap(
        mask.grid,
        boxLpsToIjk(mask.grid, boxIjkToLps(grid, clipped(box, grid.dims))),
      );
      for (let z = low[2]; z < high[2]; z++)
        for (let y = low[1]; y < high[1]; y++)
          for (let x = low[0]; x < high[0]; x++)
            if (distances[(z * ny + y) * nx + x]! <= marginMm) return true;
      return false;
    },
  };
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

const clipped = (box: Box3, dims: Vec3): Box3 =>
  box.map((v, d) => Math.min(dims[d % 3]!, Math.max(0, v))) as unknown as Box3;

/** Points that a box is judged by, along each side. */
const pointsAlong = 6;

function insideShare(box: Box3, distanceAt: (place: Vec3) => number): number {
  const along = (a: 0 | 1 | 2): number[] =>
    Array.from(
      { length: pointsAlong },
      (_, n) => box[a] + ((n + 0.5) / pointsAlong) * (box[a + 3]! - box[a]),
    );
  let inside = 0;
  for (const z of along(2))
    for (const y of along(1)) for (const x of along(0)) if (distanceAt([x, y, z]) <= 0) inside++;
  return inside / pointsAlong ** 3;
}
