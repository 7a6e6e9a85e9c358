import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import { importanceMap, StitchedMap, windowPositions, windowStarts } from './sliding-window';

describe('windowStarts', () => {
  it('places windows as MONAI 1.3.2 does', () => {
    // dense_patch_slices of monai.data.utils with its scan interval, run once.
    expect(windowStarts(96, 64, 0.25)).toEqual([0, 32]);
    expect(windowStarts(80, 64, 0.25)).toEqual([0, 16]);
    expect(windowStarts(48, 32, 0.25)).toEqual([0, 16]);
    expect(windowStarts(300, 96, 0.25)).toEqual([0, 72, 144, 204]);
    expect(windowStarts(512, 256, 0.25)).toEqual([0, 192, 256]);
    expect(windowStarts(64, 64, 0.25)).toEqual([0]);
    expect(windowStarts(40, 64, 0.25)).toEqual([0]);
    expect(windowStarts(5, 1, 0.5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('covers every voxel, in order, inside the volume', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 80 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (size, window, overlap) => {
          const starts = windowStarts(size, window, overlap);
          let covered = 0;
          for (const start of starts) {
            expect(start).toBeLessThanOrEqual(covered);
            covered = Math.max(covered, start + window);
          }
          expect(covered).toBeGreaterThanOrEqual(size);
          expect(new Set(starts).size).toBe(starts.length);
          if (window <= size) expect(covered).toBe(size);
        },
      ),
    );
  });

  it('refuses what makes no windows', () => {
    expect(() => windowStarts(10, 5, 1)).toThrow(RangeError);
    expect(() => windowStarts(10, 0, 0)).toThrow(RangeError);
    expect(() => windowStarts(NaN, 5, 0)).toThrow(RangeError);
  });

  it('visits z first', () => {
    expect(windowPositions([4, 2, 4], [2, 2, 2], 0)).toEqual([
      [0, 0, 0],
      [0, 0, 2],
      [2, 0, 0],
      [2, 0, 2],
    ]);
  });
});

describe('importanceMap', () => {
  it('is MONAI 1.3.2 compute_importance_map((5, 4, 3), mode="gaussian")', () => {
    const map = importanceMap([5, 4, 3], 'gaussian');
    const at = (x: number, y: number, z: number): number => map[(z * 4 + y) * 5 + x]!;
    expect(at(2, 1, 1)).toBeCloseTo(Math.exp(-0.25 / 0.5), 6);
    expect(at(1, 1, 1)).toBeCloseTo(Math.exp(-1 / (2 * 0.625 ** 2) - 0.5), 6);
    expect(at(0, 0, 0)).toBeCloseTo(1e-3, 8);
    expect([...importanceMap([2, 3, 1], 'constant')]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('StitchedMap', () => {
  it('averages a map cut into windows back to itself, whatever the weights', () => {
    const size: Vec3 = [7, 5, 6];
    const channels = 2;
    const whole = Float32Array.from({ length: 7 * 5 * 6 * channels }, (_, n) => Math.sin(n));
    for (const mode of ['constant', 'gaussian'] as const) {
      const window: Vec3 = [4, 3, 4];
      const weights = importanceMap(window, mode);
      const map = new StitchedMap(size, channels);
      for (const at of windowPositions(size, window, 0.25)) {
        const values: number[] = [];
        for (let z = 0; z < window[2]; z++) {
          for (let y = 0; y < window[1]; y++) {
            const row = ((at[2] + z) * size[1] + at[1] + y) * size[0] + at[0];
            values.push(...whole.subarray(row * channels, (row + window[0]) * channels));
          }
        }
        map.add(values, window, at, weights);
      }
      const mean = map.mean();
      mean.forEach((v, n) => expect(v).toBeCloseTo(whole[n]!, 5));
    }
  });

  it('weighs: 1 and 4 with weights 3 and 1 give 1.75', () => {
    const map = new StitchedMap([1, 1, 1], 1);
    map.add([1], [1, 1, 1], [0, 0, 0], [3]);
    map.add([4], [1, 1, 1], [0, 0, 0], [1]);
    expect([...map.mean()]).toEqual([1.75]);
    const half = new StitchedMap([2, 1, 1], 1);
    half.add([5], [1, 1, 1], [1, 0, 0]);
    expect([...half.mean(-Infinity)]).toEqual([-Infinity, 5]);
  });

  it('refuses a window outside', () => {
    const map = new StitchedMap([3, 3, 3], 1);
    expect(() => map.add(new Float32Array(8), [2, 2, 2], [2, 0, 0])).toThrow(RangeError);
    expect(() => map.add(new Float32Array(7), [2, 2, 2], [0, 0, 0])).toThrow(RangeError);
  });
});
