import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ijkToLps, lpsToIjk } from '../geometry/affine';
import { cross, normalize, type Vec3 } from '../geometry/vec3';
import { alignedGrid, axisMaps, clipToGrid } from './grid';
import { createGridSampler } from './resample';
import type { Volume, VolumeGeometry } from './volume';

/** A volume whose values are a linear function of the place: trilinear interpolation returns it exactly. */
function ramp(g: VolumeGeometry, gradient: Vec3): Volume {
  const [nx, ny, nz] = g.dims;
  const data = new Float32Array(nx * ny * nz);
  let n = 0;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const p = ijkToLps(g, [i, j, k]);
        data[n++] = p[0] * gradient[0] + p[1] * gradient[1] + p[2] * gradient[2];
      }
  return { ...g, data, modality: 'CT' };
}

const tilted = (): VolumeGeometry => {
  const u = normalize([1, 0.3, -0.2]);
  const w = normalize(cross(u, [0.1, 1, 0.2]));
  return {
    dims: [24, 20, 14],
    spacing: [1.5, 1.4, 2],
    origin: [-10, 30, 5],
    direction: [u, cross(w, u), w],
  };
};

const aligned = (direction: VolumeGeometry['direction']): VolumeGeometry => ({
  dims: [20, 16, 12],
  spacing: [0.7, 1.1, 2.5],
  origin: [-40, 12, 100],
  direction,
});
const axes: VolumeGeometry['direction'][] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [-1, 0, 0],
    [0, 1, 0],
    [0, 0, -1],
  ],
  [
    [0, 1, 0],
    [0, 0, -1],
    [1, 0, 0],
  ],
  [
    [0, 0, -1],
    [-1, 0, 0],
    [0, 1, 0],
  ],
];

describe('the grid of a bundle', () => {
  it('begins in the corner voxel and covers every voxel, whichever way the volume lies', () => {
    for (const direction of axes) {
      for (const orientation of ['LPS', 'RAS', 'SLA']) {
        const volume = aligned(direction);
        const grid = alignedGrid(volume, [1, 0.8, 1.3], orientation);
        const maps = axisMaps(volume, grid)!;
        maps.forEach(({ axis, start, step }, a) => {
          expect(start).toBeCloseTo(step > 0 ? 0 : volume.dims[axis]! - 1, 9);
          const end = start + step * (grid.dims[a]! - 1);
          expect(Math.abs(end - (step > 0 ? volume.dims[axis]! - 1 : 0))).toBeLessThanOrEqual(
            0.5 * Math.abs(step) + 1e-9,
          );
        });
      }
    }
  });

  it('knows axes that do not run along the volume', () => {
    expect(axisMaps(tilted(), alignedGrid(tilted(), [1, 1, 1], 'LPS'))).toBeNull();
  });

  it('cuts boxes to itself', () => {
    const grid = alignedGrid(aligned(axes[0]!), [1, 1, 1], 'LPS');
    const [x, y, z] = grid.dims;
    expect(clipToGrid(grid, [-3, 2, -1, 5, 99, 4])).toEqual([0, 2, 0, 5, y, 4]);
    expect(clipToGrid(grid, [x, 0, 0, x + 4, y, z])).toBeNull();
  });
});

describe('resampling', () => {
  it.each(axes.map((direction, n) => [n, direction] as const))(
    'returns a linear volume exactly, axes %i',
    (_, direction) => {
      const gradient: Vec3 = [3, -2, 0.5];
      const volume = ramp(aligned(direction), gradient);
      const grid = alignedGrid(volume, [0.6, 1, 2], 'RAS');
      // A coarser step's weights are centred to a few hundredths of a millimetre only.
      expectLinear(volume, grid, gradient, 0.1, 2);
    },
  );

  it('returns a linear volume where the axes are oblique', () => {
    const gradient: Vec3 = [3, -2, 0.5];
    const volume = ramp(tilted(), gradient);
    expectLinear(volume, alignedGrid(volume, [1.1, 1.2, 1.3], 'LPS'), gradient, 1e-3, 1);
  });

  it('gives the same values whole and tile by tile', () => {
    const volume = ramp(tilted(), [1, 1, 1]);
    volume.data.forEach((v, n) => (volume.data[n] = v + ((n * 7919) % 13)));
    for (const source of [volume, { ...volume, direction: axes[2]! }]) {
      const grid = alignedGrid(source, [2.3, 1, 1.7], 'LPS');
      const sampler = createGridSampler(source, grid);
      const [x, y, z] = grid.dims;
      const whole = new Float32Array(x * y * z);
      sampler.fill(whole, [0, 0, 0], grid.dims, -1);
      fc.assert(
        fc.property(fc.nat(x - 2), fc.nat(y - 2), fc.nat(z - 2), (i, j, k) => {
          const tile = new Float32Array(8);
          sampler.fill(tile, [i, j, k], [2, 2, 2], -1);
          tile.forEach((v, n) => {
            const at = i + (n & 1) + x * (j + ((n >> 1) & 1) + y * (k + (n >> 2)));
            expect(v).toBeCloseTo(whole[at]!, 4);
          });
        }),
        { numRuns: 40, seed: 5 },
      );
    }
  });

  it('averages where the grid is coarser: alternating slices become grey, not black or white', () => {
    const g = { ...aligned(axes[0]!), dims: [40, 40, 40] as Vec3, spacing: [0.5, 0.5, 0.5] as Vec3 };
    const data = Int16Array.from({ length: 64000 }, (_, n) => (Math.floor(n / 1600) % 2 === 0 ? 0 : 1000));
    for (const direction of [axes[0]!, tilted().direction]) {
      const volume: Volume = { ...g, direction, data, modality: 'CT' };
      const grid = alignedGrid(volume, [2, 2, 2], 'LPS');
      const tile = new Float32Array(27);
      const middle = grid.dims.map((n) => Math.floor(n / 2) - 1) as unknown as Vec3;
      createGridSampler(volume, grid).fill(tile, middle, [3, 3, 3], 0);
      tile.forEach((v) => expect(Math.abs(v - 500)).toBeLessThan(30));
    }
  });

  it('says outside what is outside', () => {
    const volume = ramp(aligned(axes[0]!), [0, 0, 0]);
    const grid = alignedGrid(volume, [1, 1, 1], 'LPS');
    const tile = new Float32Array(8);
    createGridSampler(volume, grid).fill(tile, [grid.dims[0] - 1, 0, 0], [2, 2, 2], -7);
    expect([...tile]).toEqual([0, -7, 0, -7, 0, -7, 0, -7]);
  });
});

function expectLinear(volume: Volume, grid: VolumeGeometry, gradient: Vec3, within: number, border: number) {
  const [nx, ny, nz] = grid.dims;
  const tile = new Float32Array(nx * ny * nz);
  createGridSampler(volume, grid).fill(tile, [0, 0, 0], grid.dims, NaN);
  let seen = 0;
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) {
        const p = ijkToLps(grid, [x, y, z]);
        // Border voxels repeat the volume's edge: only the inside is linear.
        const inside = lpsToIjk(volume, p).every((v, a) => v >= border && v <= volume.dims[a]! - 1 - border);
        if (!inside) continue;
        seen++;
        const expected = p[0] * gradient[0] + p[1] * gradient[1] + p[2] * gradient[2];
        expect(Math.abs(tile[x + nx * (y + ny * z)]! - expected)).toBeLessThan(within);
      }
  expect(seen).toBeGreaterThan(100);
}
