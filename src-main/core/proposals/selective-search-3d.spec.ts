import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import { seededRandom } from '../seeded-random';
import { recallByProposalCount } from './recall';
import { selectiveSearch3 } from './selective-search-3d';

interface Ball {
  readonly centerMm: Vec3;
  readonly radiusMm: number;
  readonly level: number;
}

/** Soft tissue with noise and balls of other density, in Hounsfield units. */
function madeVolume(dims: Vec3, spacing: Vec3, balls: readonly Ball[], seed = 1) {
  const random = seededRandom(seed);
  const data = new Int16Array(dims[0] * dims[1] * dims[2]);
  let at = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++) {
        const mm = [i, j, k].map((n, a) => (n + 0.5) * spacing[a]!);
        const ball = balls.find(
          ({ centerMm, radiusMm }) => Math.hypot(...mm.map((v, a) => v - centerMm[a]!)) < radiusMm,
        );
        data[at++] = (ball?.level ?? -800) + (random() - 0.5) * 60;
      }
  return { data, dims, spacing };
}

const balls: Ball[] = [
  { centerMm: [15, 15, 16], radiusMm: 8, level: 40 },
  { centerMm: [36, 32, 30], radiusMm: 10, level: -300 },
];
const truthOf = (spacing: Vec3): number[] =>
  balls.flatMap(({ centerMm, radiusMm }) => [
    ...centerMm.map((c, a) => (c - radiusMm) / spacing[a]!),
    ...centerMm.map((c, a) => (c + radiusMm) / spacing[a]!),
  ]);

describe('selectiveSearch3', () => {
  it.each<{ name: string; dims: Vec3; spacing: Vec3; iou: number }>([
    { name: 'cubic voxels', dims: [50, 50, 44], spacing: [1, 1, 1], iou: 0.8 },
    { name: 'thick slices', dims: [70, 70, 18], spacing: [0.7, 0.7, 2.5], iou: 0.8 },
  ])('proposes every ball of a volume of $name', ({ dims, spacing, iou }) => {
    const { boxes } = selectiveSearch3(madeVolume(dims, spacing, balls));
    expect(recallByProposalCount([truthOf(spacing)], [boxes], [300], iou, 3).recall).toEqual([1]);
  });

  it('searches a volume over the limit at a coarser grid, its boxes still in its own voxels', () => {
    const volume = madeVolume([50, 50, 44], [1, 1, 1], balls);
    const { boxes } = selectiveSearch3(volume, { maxVoxels: 20_000 });
    expect(recallByProposalCount([truthOf([1, 1, 1])], [boxes], [300], 0.6, 3).recall).toEqual([1]);
    for (let n = 0; n < boxes.length; n++) {
      expect(boxes[n]).toBeGreaterThanOrEqual(0);
      expect(boxes[n]).toBeLessThanOrEqual(volume.dims[n % 3]!);
    }
  });

  it('gives the same boxes again; keeps the limit and the smallest size in mm', () => {
    const volume = madeVolume([40, 40, 20], [1, 1, 2], balls.slice(0, 1), 3);
    const options = { limit: 15, minBoxMm: 6, ordering: 'random', seed: 4 } as const;
    const { boxes } = selectiveSearch3(volume, options);
    expect(selectiveSearch3(volume, options).boxes).toEqual(boxes);
    expect(boxes.length / 6).toBeLessThanOrEqual(15);
    expect(boxes.length).toBeGreaterThan(0);
    for (let n = 0; n < boxes.length; n += 6)
      for (let a = 0; a < 3; a++)
        expect((boxes[n + 3 + a]! - boxes[n + a]!) * volume.spacing[a]!).toBeGreaterThanOrEqual(6);
  });

  it('stops when asked, and refuses data of another size', () => {
    const volume = madeVolume([20, 20, 20], [1, 1, 1], []);
    let asked = 0;
    expect(() => selectiveSearch3(volume, { shouldStop: () => ++asked > 3 })).toThrow('cancelled');
    expect(asked).toBe(4);
    expect(() => selectiveSearch3({ ...volume, dims: [20, 20, 19] })).toThrow('cannot have');
    expect(() => selectiveSearch3({ ...volume, spacing: [1, 1, 0] })).toThrow('cannot have');
  });
});
