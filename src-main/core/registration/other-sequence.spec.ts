import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { subtract, type Vec3 } from '../geometry/vec3';
import type { Volume } from '../volume/volume';
import { gradientAgreement } from './gradient-agreement';
import { registrationPyramid, type RegistrationImage } from './registration-image';
import { registerRigid } from './rigid-registration';
import { applyRigid, rotationRound, shiftBy, type RigidTransform } from './rigid-transform';

/** A head of 120 mm: skull, brain, ventricles and a dozen of folds, nowhere alike. */
function head(seed: number, [a, b]: readonly [number, number] = [1, 1]): Volume {
  const dims: Vec3 = [30, 32, 28];
  const mm = 5;
  const random = seededRandom(seed);
  const blobs = Array.from({ length: 40 }, () => ({
    at: [0, 1, 2].map(() => 100 * (random() - 0.5)),
    radius: 8 + 10 * random(),
    value: 100 + 500 * random(),
  }));
  const data = new Float32Array(dims[0] * dims[1] * dims[2]);
  for (let k = 0, n = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++, n++) {
        const p = [i, j, k].map((v, x) => (v - dims[x]! / 2) * mm);
        const r = Math.hypot(p[0]! / 60 / a, p[1]! / 66 / b, p[2]! / 56);
        const blob = blobs.find((each) => Math.hypot(...each.at.map((v, x) => v - p[x]!)) < each.radius);
        data[n] = r > 1 ? 0 : r > 0.93 ? 900 : (blob?.value ?? 350);
        if (r <= 1) data[n]! += 20 * (random() - 0.5);
      }
  return {
    dims,
    spacing: [mm, mm, mm],
    origin: [-75, -80, -70],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    data,
    modality: 'MR',
  };
}

const truth: RigidTransform = { rotation: rotationRound([0.06, -0.04, 0.09]), translation: [9, -6, 11] };
const moved = (volume: Volume, values: (v: number) => number): Volume => ({
  ...volume,
  data: Float32Array.from(volume.data, values),
  origin: applyRigid(truth, volume.origin),
  direction: volume.direction.map((v) =>
    subtract(applyRigid(truth, v), applyRigid(truth, [0, 0, 0])),
  ) as unknown as Volume['direction'],
});

describe('MR of another sequence', () => {
  let now: RegistrationImage[];
  beforeAll(async () => {
    now = await registrationPyramid(head(5));
  });

  it.each([['inverted', (v: number) => (v < 50 ? 0 : 1000 - v)]])(
    'is found where it is %s, and fits',
    async (_, values) => {
      const found = await registerRigid(now, await registrationPyramid(moved(head(5), values)));
      const worst = Math.max(
        ...[-50, 50].flatMap((x) =>
          [-50, 50].map((y) => {
            const p: Vec3 = [x, y, 40];
            return Math.hypot(...subtract(applyRigid(found.transform, p), applyRigid(truth, p)));
          }),
        ),
      );
      expect(worst).toBeLessThan(1.5);
      expect(found.fits).toBe(true);
    },
    60_000,
  );

  it('of another patient does not fit, though skull, size and brightness are alike', async () => {
    const found = await registerRigid(now, await registrationPyramid(moved(head(6, [0.93, 1.07]), (v) => v)));
    expect(found.fits).toBe(false);
  }, 60_000);

  it('borders agree wholly with themselves, and not a few mm beside', () => {
    const [, middle] = now;
    const at = (mm: number) =>
      gradientAgreement(middle!, middle!, shiftBy([mm, 0, 0]), { steepest: 0.5, signed: false });
    expect(at(0)).toBeGreaterThan(0.6);
    expect(at(0)).toBeGreaterThan(at(6) + 0.15);
  });
});
