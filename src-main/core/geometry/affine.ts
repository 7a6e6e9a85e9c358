import type { VolumeGeometry } from '../volume/volume';
import type { Box3 } from './box';
import { add, cross, dot, scale, subtract, type Vec3 } from './vec3';

/** Centre of voxel `ijk` (may be fractional) in LPS mm. */
export function ijkToLps(g: VolumeGeometry, ijk: Vec3): Vec3 {
  let p = g.origin;
  for (let a = 0; a < 3; a++) p = add(p, scale(g.direction[a]!, g.spacing[a]! * ijk[a]!));
  return p;
}

/**
 * Fractional voxel index of an LPS point. Solves with the reciprocal basis, so that gantry-tilted
 * (not orthogonal) directions come out right too.
 */
export function lpsToIjk(g: VolumeGeometry, lps: Vec3): Vec3 {
  const [u, v, w] = g.direction;
  const offset = subtract(lps, g.origin);
  const determinant = dot(u, cross(v, w));
  return [
    dot(offset, cross(v, w)) / determinant / g.spacing[0],
    dot(offset, cross(w, u)) / determinant / g.spacing[1],
    dot(offset, cross(u, v)) / determinant / g.spacing[2],
  ];
}

/**
 * Axis-aligned LPS box in mm around a half-open voxel box. A voxel covers its centre +- half a
 * voxel, so voxel edge e lies at index e - 0.5.
 */
export function boxIjkToLps(g: VolumeGeometry, box: Box3): Box3 {
  return enclose(corners(box).map((c) => ijkToLps(g, [c[0] - 0.5, c[1] - 0.5, c[2] - 0.5])));
}

/** Half-open voxel box around an axis-aligned LPS box; the inverse of {@link boxIjkToLps} on aligned axes. */
export function boxLpsToIjk(g: VolumeGeometry, box: Box3): Box3 {
  return enclose(
    corners(box).map((c) => {
      const p = lpsToIjk(g, c);
      return [p[0] + 0.5, p[1] + 0.5, p[2] + 0.5] as const;
    }),
  );
}

/** The eight corners of a box. */
export function corners(b: Box3): Vec3[] {
  const out: Vec3[] = [];
  for (const x of [b[0], b[3]])
    for (const y of [b[1], b[4]]) for (const z of [b[2], b[5]]) out.push([x, y, z]);
  return out;
}

function enclose(points: readonly Vec3[]): Box3 {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const p of points) {
    for (let a = 0; a < 3; a++) {
      low[a] = Math.min(low[a]!, p[a]!);
      high[a] = Math.max(high[a]!, p[a]!);
    }
  }
  return [...low, ...high];
}
