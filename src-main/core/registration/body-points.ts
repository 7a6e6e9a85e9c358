import { lpsToIjk } from '../geometry/affine';
import type { Vec3 } from '../geometry/vec3';
import type { RegistrationImage } from './registration-image';
import type { RigidTransform } from './rigid-transform';

/** Points of a body and the values there, at which another image is looked up. */
export interface BodyPoints {
  /** LPS mm, three numbers a point. */
  readonly points: Float64Array;
  readonly values: Float32Array;
  /** Of each point its voxel. */
  readonly at: Int32Array;
  /** Voxels of the whole body. */
  readonly bodyCount: number;
}

/** More say no more, and take longer. */
const mostPoints = 40_000;

/** @param body which voxels; left out: of the whole body */
export function pointsOf({ geometry, values, body: whole }: RegistrationImage, body = whole): BodyPoints {
  const [nx, ny] = geometry.dims;
  const bodyCount = count(body);
  const every = Math.max(1, bodyCount / mostPoints);
  const points: number[] = [];
  const known: number[] = [];
  const voxels: number[] = [];
  let next = 0;
  let met = 0;
  const mm = geometry.spacing[0];
  for (let n = 0; n < body.length; n++) {
    if (!body[n]) continue;
    if (met++ < next) continue;
    // Not a whole number of voxels apart: no lattice of its own.
    next += every;
    const at: Vec3 = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
    for (let a = 0; a < 3; a++) points.push(geometry.origin[a]! + at[a]! * mm);
    known.push(values[n]!);
    voxels.push(n);
  }
  return {
    points: Float64Array.from(points),
    values: Float32Array.from(known),
    at: Int32Array.from(voxels),
    bodyCount,
  };
}

export function count(body: Uint8Array): number {
  let sum = 0;
  for (let n = 0; n < body.length; n++) sum += body[n]!;
  return sum;
}

/**
 * Calls back for each point that both images show, with the moving one's value there and its slope (per mm, along its own
 * axes). Grids lie along the patient's axes: ijk = (lps - origin) / mm.
 *
 * @param every looks at each n-th point only
 * @returns how many both show
 */
export function visitPoints(
  points: Float64Array,
  { geometry, values }: RegistrationImage,
  { rotation, translation }: RigidTransform,
  every: number,
  see: (n: number, m: number, gx: number, gy: number, gz: number) => void,
): number {
  const [nx, ny, nz] = geometry.dims;
  const plane = nx * ny;
  const mm = geometry.spacing[0];
  const start = lpsToIjk(geometry, translation);
  const [r0, r1, r2] = rotation.map((row) => row.map((v) => v / mm)) as unknown as [Vec3, Vec3, Vec3];
  let seen = 0;
  for (let n = 0; 3 * n < points.length; n += every) {
    const [x, y, z] = [points[3 * n]!, points[3 * n + 1]!, points[3 * n + 2]!];
    const i = start[0] + r0[0] * x + r0[1] * y + r0[2] * z;
    const j = start[1] + r1[0] * x + r1[1] * y + r1[2] * z;
    const k = start[2] + r2[0] * x + r2[1] * y + r2[2] * z;
    if (!(i >= 0 && j >= 0 && k >= 0 && i < nx - 1 && j < ny - 1 && k < nz - 1)) continue;
    const [i0, j0, k0] = [Math.floor(i), Math.floor(j), Math.floor(k)];
    const [u, v, w] = [i - i0, j - j0, k - k0];
    const at = i0 + j0 * nx + k0 * plane;
    const a = values[at]!;
    const b = values[at + 1]!;
    const c = values[at + nx]!;
    const d = values[at + nx + 1]!;
    const e = values[at + plane]!;
    const f = values[at + plane + 1]!;
    const g = values[at + plane + nx]!;
    const h = values[at + plane + nx + 1]!;
    const [ab, cd, ef, gh] = [a + u * (b - a), c + u * (d - c), e + u * (f - e), g + u * (h - g)];
    const [near, far] = [ab + v * (cd - ab), ef + v * (gh - ef)];
    const dx = (1 - w) * ((1 - v) * (b - a) + v * (d - c)) + w * ((1 - v) * (f - e) + v * (h - g));
    const dy = (1 - w) * (cd - ab) + w * (gh - ef);
    seen++;
    see(n, near + w * (far - near), dx / mm, dy / mm, (far - near) / mm);
  }
  return seen;
}
