import { ijkToLps, lpsToIjk } from '../../../src-main/core/geometry/affine';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import { applyRigid, type RigidTransform } from '../../../src-main/core/registration/rigid-transform';
import type { PixelLayout } from '../../../src-main/core/study/entities';

/**
 * Where the volume beside looks when the one that is read looks at a point: the same place where the two are registered, else
 * as far through each of its axes. LPS mm; null for pictures.
 */
export function followedPoint(
  current: PixelLayout,
  prior: PixelLayout,
  transform: RigidTransform | null,
  point: Vec3,
): Vec3 | null {
  if (current.kind !== 'volume' || prior.kind !== 'volume') return null;
  if (transform) return applyRigid(transform, point);
  const [from, to] = [current.geometry, prior.geometry];
  const ijk = lpsToIjk(from, point).map((v, n) => (v / Math.max(1, from.dims[n]! - 1)) * (to.dims[n]! - 1));
  return ijkToLps(to, ijk as unknown as Vec3);
}
