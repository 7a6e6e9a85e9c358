import { add, dot, scale, type Vec3 } from '../geometry/vec3';

/** Moves points of one examination's space to another's: x' = rotation x + translation, LPS mm. */
export interface RigidTransform {
  /** Rows of an orthonormal matrix. */
  readonly rotation: readonly [Vec3, Vec3, Vec3];
  /** mm. */
  readonly translation: Vec3;
}

const unturned: RigidTransform['rotation'] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

export const shiftBy = (translation: Vec3): RigidTransform => ({ rotation: unturned, translation });

export const turned = ({ rotation }: RigidTransform, v: Vec3): Vec3 => [
  dot(rotation[0], v),
  dot(rotation[1], v),
  dot(rotation[2], v),
];

export const applyRigid = (transform: RigidTransform, point: Vec3): Vec3 =>
  add(turned(transform, point), transform.translation);

/** The way back. */
export function invertRigid({ rotation: [a, b, c], translation }: RigidTransform): RigidTransform {
  const rotation: RigidTransform['rotation'] = [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
  return { rotation, translation: scale(turned({ rotation, translation }, translation), -1) };
}

/** How far it turns, degrees. */
export function turnDegrees({ rotation: [a, b, c] }: RigidTransform): number {
  const cosine = (a[0] + b[1] + c[2] - 1) / 2;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

/** A turn by |axis| radians round an axis (Rodrigues' formula). */
export function rotationRound(axis: Vec3): RigidTransform['rotation'] {
  const angle = Math.hypot(...axis);
  if (angle === 0) return unturned;
  const [x, y, z] = scale(axis, 1 / angle);
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  const r = 1 - c;
  return [
    [c + x * x * r, x * y * r - z * s, x * z * r + y * s],
    [y * x * r + z * s, c + y * y * r, y * z * r - x * s],
    [z * x * r - y * s, z * y * r + x * s, c + z * z * r],
  ];
}

/** The transform after a small turn (radians round each axis, about a point that stays where it lies) and a shift. */
export function nudged(transform: RigidTransform, turn: Vec3, about: Vec3, shift: Vec3): RigidTransform {
  const small = rotationRound(turn);
  const { rotation } = transform;
  const column = (n: 0 | 1 | 2): Vec3 =>
    turned({ rotation: small, translation: [0, 0, 0] }, [rotation[0][n], rotation[1][n], rotation[2][n]]);
  const [p, q, r] = [column(0), column(1), column(2)];
  const lever: Vec3 = [
    transform.translation[0] - about[0],
    transform.translation[1] - about[1],
    transform.translation[2] - about[2],
  ];
  return {
    rotation: [
      [p[0], q[0], r[0]],
      [p[1], q[1], r[1]],
      [p[2], q[2], r[2]],
    ],
    translation: add(add(turned({ rotation: small, translation: [0, 0, 0] }, lever), about), shift),
  };
}
