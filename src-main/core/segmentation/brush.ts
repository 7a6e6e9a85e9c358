import type { Vec3 } from '../geometry/vec3';
import { regionDims, type RegionMask } from './outline-mask';

/**
 * Sets (or clears) the voxels of one slice whose centres lie in a disc. In place.
 *
 * @param centre voxels of the series
 * @param axis voxel axis that the slice is across; the disc lies in the slice nearest to the centre
 * @param radius mm (px)
 * @returns whether anything changed
 */
export function paintDisc(
  { region, inside }: RegionMask,
  centre: Vec3,
  axis: 0 | 1 | 2,
  radius: number,
  spacing: Vec3,
  value: 0 | 1,
): boolean {
  const dims = regionDims(region);
  const slice = Math.round(centre[axis]);
  let changed = false;
  const range = (a: number): [number, number] =>
    a === axis
      ? [slice, slice]
      : [Math.ceil(centre[a]! - radius / spacing[a]!), Math.floor(centre[a]! + radius / spacing[a]!)];
  const [[i0, i1], [j0, j1], [k0, k1]] = [range(0), range(1), range(2)];
  for (let k = k0; k <= k1; k++)
    for (let j = j0; j <= j1; j++)
      for (let i = i0; i <= i1; i++) {
        const place = [i, j, k];
        const squared = place.reduce(
          (sum, v, a) => (a === axis ? sum : sum + ((v - centre[a]!) * spacing[a]!) ** 2),
          0,
        );
        if (squared > radius * radius) continue;
        const [x, y, z] = place.map((v, a) => v - region[a]!) as [number, number, number];
        if (x < 0 || y < 0 || z < 0 || x >= dims[0] || y >= dims[1] || z >= dims[2]) continue;
        const n = x + dims[0] * (y + dims[1] * z);
        changed ||= inside[n] !== value;
        inside[n] = value;
      }
  return changed;
}
