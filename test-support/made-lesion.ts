import type { Box3 } from '../src-main/core/geometry/box';
import type { Vec3 } from '../src-main/core/geometry/vec3';
import { seededRandom } from '../src-main/core/seeded-random';
import type { Volume } from '../src-main/core/volume/volume';

export interface MadeLesion {
  /** Half axes along x, y, z, mm; its middle lies in the origin. */
  readonly halves: Vec3;
  /** HU. */
  readonly value: number;
  /** A denser middle of half its size. */
  readonly core?: number;
  /** Chest wall behind (y above), mm from the middle. */
  readonly wallAt?: number;
  /** A vessel through it along z and x, its radius mm. */
  readonly vessel?: number;
  readonly spacing: Vec3;
}

/** An ellipsoid in a lung of -850 HU with noise, each voxel the mean of what it covers (partial volume). */
export function madeLesion({ halves, value, core, wallAt, vessel, spacing }: MadeLesion): {
  volume: Volume;
  box: Box3;
  mm3: number;
} {
  const reach = Math.max(...halves) + 22;
  const dims = spacing.map((s) => Math.ceil((2 * reach) / s)) as unknown as Vec3;
  const origin = dims.map((n, a) => -((n - 1) / 2) * spacing[a]! + 0.3) as unknown as Vec3;
  const random = seededRandom(7);
  const at = (x: number, y: number, z: number): number => {
    const d = (x / halves[0]) ** 2 + (y / halves[1]) ** 2 + (z / halves[2]) ** 2;
    if (core !== undefined && d < 0.25) return core;
    if (d < 1) return value;
    if (wallAt !== undefined && y > wallAt) return 40;
    // Beside the middle, as vessels run to a nodule and not through it.
    if (vessel !== undefined && Math.hypot(y - 0.3 * x, z) < vessel) return 40;
    return -850;
  };
  const data = new Int16Array(dims[0] * dims[1] * dims[2]);
  const parts = [-1 / 3, 0, 1 / 3];
  let n = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++) {
        let sum = 0;
        for (const a of parts)
          for (const b of parts)
            for (const c of parts)
              sum += at(
                origin[0] + (i + a) * spacing[0],
                origin[1] + (j + b) * spacing[1],
                origin[2] + (k + c) * spacing[2],
              );
        data[n++] = sum / 27 + 40 * (random() + random() + random() - 1.5);
      }
  const [hx, hy, hz] = halves;
  return {
    volume: {
      dims,
      spacing,
      origin,
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      data,
      modality: 'CT',
    },
    box: [-hx, -hy, -hz, hx, hy, hz],
    mm3: (4 / 3) * Math.PI * hx * hy * hz,
  };
}
