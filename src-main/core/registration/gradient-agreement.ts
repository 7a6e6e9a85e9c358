import { pointsOf, visitPoints } from './body-points';
import type { RegistrationImage } from './registration-image';
import type { RigidTransform } from './rigid-transform';

/** How borders are compared: which points of the fixed image count, and whether dark to bright must be dark to bright. */
export interface BorderRule {
  /** Share of the points inside the body, the steepest. */
  readonly steepest: number;
  /** False: the squared cosine counts, which MR of another sequence keeps; chance gives a third of it. */
  readonly signed: boolean;
}

/**
 * Whether two images have their borders in the same places, running the same way: the mean cosine of their slopes where the
 * fixed one's are steepest, towards 1 for the same image. Normalised gradient fields (Haber E, Modersitzki J, MICCAI 2006,
 * LNCS 4191:726-733). Bodies of two people are alike in what is large, and so correlate; their borders do not lie on each
 * other.
 */
export function gradientAgreement(
  fixed: RegistrationImage,
  moving: RegistrationImage,
  transform: RigidTransform,
  { steepest, signed }: BorderRule,
): number {
  const { points, at } = pointsOf(fixed, fixed.inside);
  const { geometry, values } = fixed;
  const [nx, ny, nz] = geometry.dims;
  const plane = nx * ny;
  const half = 2 * geometry.spacing[0];
  const [r0, r1, r2] = transform.rotation;
  const own: number[] = [];
  const other: number[] = [];
  const product: number[] = [];
  visitPoints(points, moving, transform, 1, (n, _, gx, gy, gz) => {
    const v = at[n]!;
    const [i, j, k] = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / plane)];
    if (i < 1 || j < 1 || k < 1 || i > nx - 2 || j > ny - 2 || k > nz - 2) return;
    const fx = (values[v + 1]! - values[v - 1]!) / half;
    const fy = (values[v + nx]! - values[v - nx]!) / half;
    const fz = (values[v + plane]! - values[v - plane]!) / half;
    // Turned back, so that both are along the fixed one's axes.
    const mx = r0[0] * gx + r1[0] * gy + r2[0] * gz;
    const my = r0[1] * gx + r1[1] * gy + r2[1] * gz;
    const mz = r0[2] * gx + r1[2] * gy + r2[2] * gz;
    own.push(fx * fx + fy * fy + fz * fz);
    other.push(mx * mx + my * my + mz * mz);
    product.push(fx * mx + fy * my + fz * mz);
  });
  const steep = quantileOf(own, 1 - steepest);
  // What is flat in the moving one points anywhere: it counts for little.
  const damping = quantileOf(other, 0.5);
  let [sum, count] = [0, 0];
  own.forEach((f2, n) => {
    if (!(f2 > 0) || f2 < steep) return;
    const norm = f2 * (other[n]! + damping);
    const cosine = norm > 0 ? product[n]! / Math.sqrt(norm) : 0;
    sum += signed ? cosine : cosine ** 2;
    count++;
  });
  return count === 0 ? 0 : sum / count;
}

const quantileOf = (list: readonly number[], share: number): number =>
  Float64Array.from(list).sort()[Math.floor(share * (list.length - 1))] ?? 0;
