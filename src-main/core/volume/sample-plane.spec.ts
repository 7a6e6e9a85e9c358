import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import { seededRandom } from '../seeded-random';
import { samplePlane, type PlaneGrid } from './sample-plane';

const dims: Vec3 = [5, 4, 3];
const random = seededRandom(5);
const data = Int16Array.from({ length: 60 }, () => Math.round(2000 * random() - 1000));
const voxel = (i: number, j: number, k: number): number => data[i + 5 * (j + 4 * k)]!;
const sample = (grid: PlaneGrid): number[] => {
  const out = new Float32Array(grid.width * grid.height);
  samplePlane(data, dims, grid, out);
  return [...out];
};

describe('samplePlane', () => {
  it('gives the voxels themselves in the three planes of the grid', () => {
    const axial = sample({ start: [0, 0, 2], across: [1, 0, 0], down: [0, 1, 0], width: 5, height: 4 });
    expect(axial).toEqual([...data.subarray(40)]);
    const coronal = sample({ start: [0, 1, 2], across: [1, 0, 0], down: [0, 0, -1], width: 5, height: 3 });
    expect(coronal).toEqual([2, 1, 0].flatMap((k) => [0, 1, 2, 3, 4].map((i) => voxel(i, 1, k))));
    const sagittal = sample({ start: [4, 3, 0], across: [0, -1, 0], down: [0, 0, 1], width: 4, height: 3 });
    expect(sagittal).toEqual([0, 1, 2].flatMap((k) => [3, 2, 1, 0].map((j) => voxel(4, j, k))));
    // A hair off a slice, as sums of steps are, it is still that slice.
    const nearly = sample({
      start: [0, 0, 2 - 2e-5],
      across: [1, 0, 0],
      down: [0, 1, 0],
      width: 5,
      height: 4,
    });
    expect(nearly).toEqual(axial);
  });

  it.each<[string, Pick<PlaneGrid, 'start' | 'across' | 'down'>]>([
    ['across the grid', { start: [0.2, 2.9, 0.1], across: [0.31, -0.17, 0.13], down: [0.05, -0.21, 0.19] }],
    ['along i, j', { start: [0.2, 2.9, 1.3], across: [0.71, 0, 0], down: [0, -0.37, 0] }],
    ['along k, i', { start: [3.9, 1.6, 0.1], across: [0, 0, 0.33], down: [-0.9, 0, 1e-9] }],
    ['along j, k', { start: [2.5, 0.3, 1.9], across: [0, 0.49, 0], down: [0, 0, -0.47] }],
  ])('is linear between voxels %s', (_, at) => {
    // A linear function is met exactly by linear interpolation.
    const linear = (i: number, j: number, k: number): number => 3 * i - 7 * j + 11 * k + 2;
    const ramp = Float32Array.from({ length: 60 }, (_, n) =>
      linear(n % 5, Math.floor(n / 5) % 4, Math.floor(n / 20)),
    );
    const grid: PlaneGrid = { ...at, width: 6, height: 5 };
    const out = new Float32Array(30);
    samplePlane(ramp, dims, grid, out);
    for (let y = 0, n = 0; y < 5; y++)
      for (let x = 0; x < 6; x++, n++) {
        const at = [0, 1, 2].map((a) => grid.start[a]! + x * grid.across[a]! + y * grid.down[a]!);
        expect(out[n]).toBeCloseTo(linear(at[0]!, at[1]!, at[2]!), 4);
      }
  });

  it('ends half a voxel outside the outermost centres, with their value', () => {
    const row = sample({ start: [-0.75, 0, 0], across: [0.5, 0, 0], down: [0, 1, 0], width: 13, height: 1 });
    const inside = row.map((v) => !Number.isNaN(v));
    expect(inside.indexOf(true)).toBe(1);
    expect(inside.lastIndexOf(true)).toBe(10);
    expect([row[1], row[10]]).toEqual([voxel(0, 0, 0), voxel(4, 0, 0)]);
    const beside = sample({ start: [0, 0, 2.6], across: [1, 0, 0], down: [0, 1, 0], width: 5, height: 4 });
    expect(beside.every(Number.isNaN)).toBe(true);
  });
});
