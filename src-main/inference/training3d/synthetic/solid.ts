import type { Box3 } from '../../../core/geometry/box';
import type { Vec3 } from '../../../core/geometry/vec3';

/**
 * A body that is put into a scan: parts, each of which says how much of a point it fills.
 *
 * Shape shorthand: mm from the tile's corner along x, y, z (see tile.ts)
 */
export interface SolidPart {
  readonly box: Box3;
  /** 0 outside, 1 inside; in between where its edge is soft. */
  covers(x: number, y: number, z: number): number;
}

/** What its parts are made of. Parts of a layer count once where they overlap. */
export interface SolidLayer {
  readonly parts: readonly SolidPart[];
  /** HU. */
  readonly value: number;
  /** `replace`: air and tissue alike become `value`; `cloud`: only what is darker (vessels stay seen in ground glass). */
  readonly mix: 'replace' | 'cloud';
}

export interface Solid {
  readonly layers: readonly SolidLayer[];
  /** Around its body, without spicules. */
  readonly box: Box3;
}

export const ramp = (inside: number, edge: number): number => Math.min(1, Math.max(0, inside / edge + 0.5));

/** A ball of a ray from a to b: a piece of vessel. */
export function capsule(a: Vec3, b: Vec3, radius: number, edge: number): SolidPart {
  const along: Vec3 = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const squared = along[0] ** 2 + along[1] ** 2 + along[2] ** 2 || 1;
  const reach = radius + edge;
  return {
    box: [0, 1, 2, 3, 4, 5].map((d) =>
      d < 3 ? Math.min(a[d]!, b[d]!) - reach : Math.max(a[d - 3]!, b[d - 3]!) + reach,
    ) as unknown as Box3,
    covers(x, y, z) {
      const [dx, dy, dz] = [x - a[0], y - a[1], z - a[2]];
      const t = Math.min(1, Math.max(0, (dx * along[0] + dy * along[1] + dz * along[2]) / squared));
      return ramp(radius - Math.hypot(dx - t * along[0], dy - t * along[1], dz - t * along[2]), edge);
    },
  };
}

/** @param axes three unit vectors at right angles @param halves half axes along them */
export function ellipsoid(
  center: Vec3,
  axes: readonly [Vec3, Vec3, Vec3],
  halves: Vec3,
  edge: number,
): SolidPart {
  const shortest = Math.min(...halves);
  return {
    box: boxAround(
      center,
      [0, 1, 2].map(
        (d) => edge + Math.hypot(...axes.map((axis, a) => axis[d]! * halves[a]!)),
      ) as unknown as Vec3,
    ),
    covers(x, y, z) {
      const [dx, dy, dz] = [x - center[0], y - center[1], z - center[2]];
      let sum = 0;
      for (let a = 0; a < 3; a++) {
        const axis = axes[a]!;
        sum += ((dx * axis[0] + dy * axis[1] + dz * axis[2]) / halves[a]!) ** 2;
      }
      return ramp((1 - Math.sqrt(sum)) * shortest, edge);
    },
  };
}

export const boxAround = (center: Vec3, reach: Vec3): Box3 => [
  center[0] - reach[0],
  center[1] - reach[1],
  center[2] - reach[2],
  center[0] + reach[0],
  center[1] + reach[1],
  center[2] + reach[2],
];
