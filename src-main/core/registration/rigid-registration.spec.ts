import { beforeAll, describe, expect, it } from 'vitest';
import { madeThorax } from '../../../test-support/made-thorax';
import { corners } from '../geometry/affine';
import { scale, subtract, type Vec3 } from '../geometry/vec3';
import type { Volume } from '../volume/volume';
import { registrationPyramid, type RegistrationImage } from './registration-image';
import { registerRigid } from './rigid-registration';
import {
  applyRigid,
  invertRigid,
  nudged,
  rotationRound,
  shiftBy,
  turnDegrees,
  type RigidTransform,
} from './rigid-transform';

/** Balls of soft tissue in the lungs and of air in the trunk, nowhere alike; one of them grows. */
const balls = (grown: number) => [
  { center: [-40, 5, 45] as Vec3, radius: 14, value: 20 },
  { center: [55, -15, -30] as Vec3, radius: 10, value: 60 },
  { center: [40, 20, 20] as Vec3, radius: grown, value: 30 },
  { center: [10, 60, -70] as Vec3, radius: 12, value: -100 },
  { center: [-20, -55, 80] as Vec3, radius: 10, value: 200 },
];
const dims: Vec3 = [86, 66, 66];
const spacing: Vec3 = [3, 3, 3];
const thorax = (grown: number): Volume => madeThorax({ dims, spacing, balls: balls(grown), table: true });

/** What lay at x lies at `transform` of x: the voxels stay, and where they are said to lie moves. */
function moved(volume: Volume, transform: RigidTransform): Volume {
  const turned = (v: Vec3): Vec3 => subtract(applyRigid(transform, v), applyRigid(transform, [0, 0, 0]));
  return {
    ...volume,
    origin: applyRigid(transform, volume.origin),
    direction: volume.direction.map(turned) as unknown as Volume['direction'],
  };
}

/** mm by which the transform is wrong at the worst of the corners of the trunk. */
const worstError = (found: RigidTransform, truth: RigidTransform): number =>
  Math.max(
    ...corners([-100, -75, -80, 100, 75, 80]).map((p) =>
      Math.hypot(...subtract(applyRigid(found, p), applyRigid(truth, p))),
    ),
  );

describe('rigid transforms', () => {
  const transform: RigidTransform = { rotation: rotationRound([0.1, -0.2, 0.3]), translation: [5, -6, 7] };
  it('are taken back by their inverse', () => {
    const point: Vec3 = [12, 34, -56];
    const back = applyRigid(invertRigid(transform), applyRigid(transform, point));
    back.forEach((v, n) => expect(v).toBeCloseTo(point[n]!, 10));
    expect(turnDegrees(transform)).toBeCloseTo((Math.hypot(0.1, 0.2, 0.3) * 180) / Math.PI, 8);
  });
  it('are nudged round a point that stays', () => {
    const about = applyRigid(transform, [1, 2, 3]);
    const next = nudged(transform, [0.02, 0, -0.01], about, [1, 0, 0]);
    const moved = subtract(applyRigid(next, [1, 2, 3]), about);
    moved.forEach((v, n) => expect(v).toBeCloseTo([1, 0, 0][n]!, 10));
  });
});

describe('registration of two examinations of one patient', () => {
  let now: RegistrationImage[];
  beforeAll(async () => {
    now = await registrationPyramid(thorax(12));
  });

  it.each([
    ['a turn and a shift', [5, -4, 7], [-22, 15, 40]],
    ['a large turn', [-8, 6, 12], [35, 25, -60]],
  ] as const)(
    'finds %s to 1 mm and 1 degree, though a lesion grew',
    async (_, degrees, shift) => {
      const truth: RigidTransform = {
        rotation: rotationRound(scale(degrees, Math.PI / 180)),
        translation: shift,
      };
      const then = await registrationPyramid(moved(thorax(8), truth));
      const steps: number[] = [];
      const found = await registerRigid(now, then, (fraction) => void steps.push(fraction));
      expect(found.fits).toBe(true);
      expect(found.similarity).toBeGreaterThan(0.9);
      expect(found.agreement).toBeGreaterThan(0.7);
      expect(worstError(found.transform, truth)).toBeLessThan(1);
      const rest = { ...shiftBy([0, 0, 0]), rotation: turnBetween(found.transform, truth) };
      expect(turnDegrees(rest)).toBeLessThan(1);
      expect([...steps].sort((a, b) => a - b)).toEqual(steps);
      expect(steps[steps.length - 1]).toBe(1);
    },
    60_000,
  );

  it('finds a part of the trunk in the whole of it', async () => {
    const whole = moved(thorax(12), shiftBy([10, -5, 30]));
    const [from, to] = [24, 60];
    const plane = dims[0] * dims[1];
    const part: Volume = {
      ...whole,
      dims: [dims[0], dims[1], to - from],
      origin: [whole.origin[0], whole.origin[1], whole.origin[2] + from * spacing[2]],
      data: whole.data.slice(from * plane, to * plane),
    };
    const found = await registerRigid(now, await registrationPyramid(part));
    expect(found.fits).toBe(true);
    expect(worstError(found.transform, shiftBy([10, -5, 30]))).toBeLessThan(1);
  }, 60_000);

  it('says that another part of the body does not fit', async () => {
    const other = madeThorax({
      dims,
      spacing,
      lungs: [],
      balls: [
        { center: [0, 0, 50], radius: 45, value: -300 },
        { center: [-60, 10, -40], radius: 25, value: 240 },
        { center: [50, 0, -20], radius: 30, value: -150 },
      ],
    });
    const found = await registerRigid(now, await registrationPyramid(other));
    expect(found.fits).toBe(false);
    expect(found.agreement).toBeLessThan(0.45);
  }, 60_000);

  it('ends where whoever watches it throws', async () => {
    const stop = (): never => {
      throw new Error('stopped');
    };
    await expect(registerRigid(now, now, stop)).rejects.toThrow('stopped');
    await expect(registrationPyramid(thorax(12), stop)).rejects.toThrow('stopped');
  });
});

/** What turns one transform into the other. */
function turnBetween(a: RigidTransform, b: RigidTransform): RigidTransform['rotation'] {
  const back = invertRigid(b).rotation;
  const column = (n: 0 | 1 | 2): Vec3 => [a.rotation[0][n], a.rotation[1][n], a.rotation[2][n]];
  return back.map((row) =>
    ([0, 1, 2] as const).map((n) => column(n).reduce((sum, v, m) => sum + v * row[m]!, 0)),
  ) as unknown as RigidTransform['rotation'];
}
