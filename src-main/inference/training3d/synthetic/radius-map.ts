import { cross, normalize, type Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';

/**
 * A star-shaped surface: a radius for every direction, in a table over the octahedral map (Meyer et al. 2010, "On
 * floating-point normal vectors"), so that a voxel costs one look-up.
 *
 * Shape shorthand: directions are unit vectors; radii are in mm
 */
export class RadiusMap {
  private readonly table = new Float32Array(side * side);
  /** Furthest along -x, -y, -z, +x, +y, +z. */
  readonly reach = new Float64Array(6);
  longest = 0;

  constructor(radius: (u: Vec3) => number) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const at = row * side + column;
        const u = (directions[at] ??= directionOf((column + 0.5) / side, (row + 0.5) / side));
        const r = Math.max(0.2, radius(u));
        this.table[at] = r;
        this.longest = Math.max(this.longest, r);
        for (let d = 0; d < 3; d++) {
          this.reach[d] = Math.max(this.reach[d]!, -r * u[d]!);
          this.reach[d + 3] = Math.max(this.reach[d + 3]!, r * u[d]!);
        }
      }
    }
  }

  /** Radius in the direction of a vector of any length. */
  towards(x: number, y: number, z: number): number {
    const sum = Math.abs(x) + Math.abs(y) + Math.abs(z) || 1;
    let [a, b] = [x / sum, y / sum];
    if (z < 0) [a, b] = [(1 - Math.abs(b)) * (a < 0 ? -1 : 1), (1 - Math.abs(a)) * (b < 0 ? -1 : 1)];
    const column = Math.min(side - 1, Math.floor((a + 1) * 0.5 * side));
    const row = Math.min(side - 1, Math.floor((b + 1) * 0.5 * side));
    return this.table[row * side + column]!;
  }
}

const side = 64;
const directions: Vec3[] = [];

function directionOf(s: number, t: number): Vec3 {
  let [a, b] = [2 * s - 1, 2 * t - 1];
  const z = 1 - Math.abs(a) - Math.abs(b);
  if (z < 0) [a, b] = [(1 - Math.abs(b)) * (a < 0 ? -1 : 1), (1 - Math.abs(a)) * (b < 0 ? -1 : 1)];
  const length = Math.hypot(a, b, z);
  return [a / length, b / length, z / length];
}

export function drawDirection(random: Random): Vec3 {
  const z = random.between(-1, 1);
  const angle = random.between(0, 2 * Math.PI);
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(angle), r * Math.sin(angle), z];
}

/** Three unit vectors at right angles, the first in any direction. */
export function drawAxes(random: Random): [Vec3, Vec3, Vec3] {
  const u = drawDirection(random);
  const other = drawDirection(random);
  const v = normalize(cross(u, other));
  return [u, v, cross(u, v)];
}
