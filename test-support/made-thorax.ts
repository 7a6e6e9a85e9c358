import type { Vec3 } from '../src-main/core/geometry/vec3';
import { createRandom } from '../src-main/inference/random';
import type { Volume } from '../src-main/core/volume/volume';

export interface ThoraxOptions {
  readonly dims?: Vec3;
  readonly spacing?: Vec3;
  readonly lungs?: readonly ('left' | 'right')[];
  /** HU of lung; its grain is 30. */
  readonly lung?: number;
  /** Balls: centre in LPS mm, radius mm, HU. */
  readonly balls?: readonly { readonly center: Vec3; readonly radius: number; readonly value: number }[];
  /** A windpipe between the lungs, open at the top. */
  readonly windpipe?: boolean;
  /** A table below the back. */
  readonly table?: boolean;
}

/** Centre of each made lung, LPS mm, and its half axes. */
export const madeLung = { right: [-45, 0, 0], left: [45, 0, 0], halfAxes: [30, 45, 70] } as const;

/** A trunk of water 240 mm wide, 180 mm deep and 200 mm high, with two lungs; its middle lies in the origin. */
export function madeThorax({
  dims = [130, 100, 80],
  spacing = [2, 2, 2.5],
  lungs = ['left', 'right'],
  lung = -850,
  balls = [],
  windpipe = false,
  table = false,
}: ThoraxOptions = {}): Volume {
  const random = createRandom(4, dims[0]);
  const origin = dims.map((n, a) => (-(n - 1) / 2) * spacing[a]!) as unknown as Vec3;
  const data = new Int16Array(dims[0] * dims[1] * dims[2]);
  const value = (p: Vec3): number => {
    const ball = balls.find(({ center, radius }) => Math.hypot(...p.map((v, a) => v - center[a]!)) < radius);
    if (ball) return ball.value;
    if (table && p[1] > 93 && Math.abs(p[0]) < 110) return p[1] < 95 ? 300 : -970;
    if ((p[0] / 120) ** 2 + (p[1] / 90) ** 2 > 1) return -1000;
    if (windpipe && p[2] > -30 && Math.hypot(p[0], p[1]) < 8) return -1000;
    for (const side of lungs) {
      const [c, r] = [madeLung[side], madeLung.halfAxes];
      if (p.reduce((sum, v, a) => sum + ((v - c[a]!) / r[a]!) ** 2, 0) < 1)
        return lung + 30 * random.normal();
    }
    return 40 + 15 * random.normal();
  };
  let n = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++)
        data[n++] = value([
          origin[0] + i * spacing[0],
          origin[1] + j * spacing[1],
          origin[2] + k * spacing[2],
        ]);
  const direction: Volume['direction'] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  return { dims, spacing, origin, direction, data, modality: 'CT' };
}
