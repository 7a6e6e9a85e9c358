import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import { sampleSlab, type SlabMode } from './slab';

const dims: Vec3 = [3, 2, 5];
/** 10 x slice number, one voxel of 99 in slice 2. */
const data = Int16Array.from({ length: 30 }, (_, n) => (n === 2 * 6 + 1 ? 99 : 10 * Math.floor(n / 6)));
const grid = {
  start: [0, 0, 2] as Vec3,
  across: [1, 0, 0] as Vec3,
  down: [0, 1, 0] as Vec3,
  width: 3,
  height: 2,
};
const slab = (mode: SlabMode, count: number, z = 2): number[] => {
  const out = new Float32Array(6);
  sampleSlab(data, dims, { ...grid, start: [0, 0, z] }, { mode, count, step: [0, 0, 1] }, out);
  return [...out];
};

describe('sampleSlab', () => {
  it('shows the greatest, the least or the mean of its planes', () => {
    expect(slab('max', 3)).toEqual([30, 99, 30, 30, 30, 30]);
    expect(slab('min', 3)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(slab('mean', 3)[0]).toBeCloseTo(20, 6);
    expect(slab('mean', 3)[1]).toBeCloseTo((10 + 99 + 30) / 3, 4);
  });
  it('is one plane where it is thin', () => expect(slab('max', 1)).toEqual([20, 99, 20, 20, 20, 20]));
  it('takes what lies in the volume, and nothing where it does not', () => {
    expect(slab('mean', 3, 0)[0]).toBeCloseTo(5, 6);
    expect(slab('max', 3, 5)).toEqual([40, 40, 40, 40, 40, 40]);
    expect(slab('max', 3, 9).every(Number.isNaN)).toBe(true);
  });
});
