import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orientationCodes } from '../../../test-support/axis-orders';
import { boxIjkToLps, boxLpsToIjk, ijkToLps } from '../geometry/affine';
import type { Box3 } from '../geometry/box';
import { orientationAxes } from '../geometry/orientation';
import { cross, normalize, type Vec3 } from '../geometry/vec3';
import { alignedGrid } from './grid';
import { createGridSampler } from './resample';
import type { Volume, VolumeGeometry } from './volume';

/** To a bundle's spacing and orientation and back: what lay in a box lies in it still, to half a voxel. */
const millimetres = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
const triple = (min: number, max: number): fc.Arbitrary<Vec3> =>
  fc.tuple(millimetres(min, max), millimetres(min, max), millimetres(min, max));
const origins = triple(-400, 400);

const tilted = (angle: number): VolumeGeometry['direction'] => {
  const u = normalize([1, angle, -angle / 2]);
  const w = normalize(cross(u, [angle, 1, angle / 3]));
  return [u, cross(w, u), w];
};

const spans = ([a, b, c]: Vec3, dims: Vec3): Box3 =>
  [a, b, c, ...[a, b, c].map((low, d) => low + (dims[d]! - low) / 2)] as unknown as Box3;

describe('a box to a grid and back (G1)', () => {
  it.each(orientationCodes)('comes back as it was: a volume stored as %s, any grid', (stored) => {
    fc.assert(
      fc.property(
        triple(0.2, 6),
        triple(0.2, 6),
        origins,
        fc.constantFrom(...orientationCodes),
        fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)),
        (spacing, wanted, origin, orientation, low) => {
          const dims: Vec3 = [40, 30, 24];
          const volume: VolumeGeometry = { dims, spacing, origin, direction: orientationAxes(stored) };
          const grid = alignedGrid(volume, wanted, orientation);
          const box = spans(low, dims);
          const onGrid = boxLpsToIjk(grid, boxIjkToLps(volume, box));
          // What a network would answer in whole voxels of its grid.
          const whole = onGrid.map(Math.round) as unknown as Box3;
          const exact = boxLpsToIjk(volume, boxIjkToLps(grid, onGrid));
          const rounded = boxIjkToLps(grid, whole);
          const inMm = boxIjkToLps(volume, box);
          exact.forEach((v, n) => expect(Math.abs(v - box[n]!)).toBeLessThan(1e-6));
          rounded.forEach((v, n) => {
            const axis = grid.direction.findIndex((d) => d[n % 3] !== 0);
            expect(Math.abs(v - inMm[n]!)).toBeLessThanOrEqual(0.5 * grid.spacing[axis]! + 1e-6);
          });
        },
      ),
      { seed: 48, numRuns: 20 },
    );
  });
});

/** A bright block in the dark; edges at whole voxels. */
function blockVolume(g: VolumeGeometry, box: Box3): Volume {
  const [nx, ny, nz] = g.dims;
  const data = new Int16Array(nx * ny * nz);
  for (let k = box[2]; k < box[5]; k++)
    for (let j = box[1]; j < box[4]; j++)
      data.fill(1000, box[0] + nx * (j + ny * k), box[3] + nx * (j + ny * k));
  return { ...g, data, modality: 'CT' };
}

/** Where the block lies on the grid: half-open box of all voxels above half, and the centre of mass (voxel centres). */
function measured(volume: Volume, grid: VolumeGeometry): { box: Box3; center: Vec3 } {
  const [nx, ny, nz] = grid.dims;
  const tile = new Float32Array(nx * ny * nz);
  createGridSampler(volume, grid).fill(tile, [0, 0, 0], grid.dims, 0);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  const sums = [0, 0, 0];
  let mass = 0;
  tile.forEach((v, n) => {
    const at = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / nx / ny)];
    mass += v;
    at.forEach((p, a) => {
      sums[a]! += v * p;
      if (v < 500) return;
      low[a] = Math.min(low[a]!, p);
      high[a] = Math.max(high[a]!, p + 1);
    });
  });
  return {
    box: [...low, ...high] as unknown as Box3,
    center: sums.map((s) => s / mass) as unknown as Vec3,
  };
}

describe('what lies in a box', () => {
  const block: Box3 = [8, 9, 7, 24, 19, 16];

  it('lies in the same millimetres to half a voxel, finer or coarser, whichever way both run', () => {
    let worst = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...orientationCodes),
        fc.constantFrom(...orientationCodes),
        triple(0.5, 3),
        triple(0.35, 3),
        origins,
        (stored, orientation, spacing, ratio, origin) => {
          const g: VolumeGeometry = {
            dims: [34, 29, 24],
            spacing,
            origin,
            direction: orientationAxes(stored),
          };
          // The ratio belongs to the volume's axes; the grid's run elsewhere.
          const wanted = orientationAxes(orientation).map((d) => {
            const patientAxis = d.findIndex((c) => c !== 0);
            const own = g.direction.findIndex((v) => v[patientAxis] !== 0);
            return spacing[own]! * ratio[own]!;
          }) as unknown as Vec3;
          const grid = alignedGrid(g, wanted, orientation);
          const { box, center } = measured(blockVolume(g, block), grid);
          const truth = boxIjkToLps(g, block);
          const back = boxIjkToLps(grid, box);
          const middle = ijkToLps(grid, center);
          for (let n = 0; n < 3; n++) {
            const step = grid.spacing[grid.direction.findIndex((d) => d[n] !== 0)]!;
            const voxel = spacing[g.direction.findIndex((d) => d[n] !== 0)]!;
            expect(Math.abs(back[n]! - truth[n]!)).toBeLessThanOrEqual(0.5 * step + 0.01 * voxel);
            expect(Math.abs(back[n + 3]! - truth[n + 3]!)).toBeLessThanOrEqual(0.5 * step + 0.01 * voxel);
            const off = Math.abs(middle[n]! - (truth[n]! + truth[n + 3]!) / 2) / voxel;
            worst = Math.max(worst, off);
            expect(off).toBeLessThan(0.5);
          }
        },
      ),
      { seed: 49, numRuns: 120 },
    );
    process.stdout.write(`Resampling: centre of mass off by ${worst.toFixed(3)} voxels at most\n`);
  });

  it('keeps its centre to half a voxel where axes are oblique', () => {
    fc.assert(
      fc.property(
        millimetres(0.05, 0.6),
        triple(0.6, 2.5),
        triple(0.6, 2.5),
        fc.constantFrom(...orientationCodes),
        (angle, spacing, wanted, orientation) => {
          const g: VolumeGeometry = {
            dims: [34, 29, 24],
            spacing,
            origin: [3, -80, 7],
            direction: tilted(angle),
          };
          const grid = alignedGrid(g, wanted, orientation);
          const { center } = measured(blockVolume(g, block), grid);
          const middle: Vec3 = [15.5, 13.5, 11];
          const off = ijkToLps(grid, center).map((v, n) => v - ijkToLps(g, middle)[n]!);
          expect(Math.hypot(...off)).toBeLessThan(0.5 * Math.min(...spacing));
        },
      ),
      { seed: 50, numRuns: 40 },
    );
  });
});

describe('a fine grating', () => {
  const g: VolumeGeometry = {
    dims: [72, 72, 72],
    spacing: [0.5, 0.5, 0.5],
    origin: [0, 0, 0],
    direction: orientationAxes('LPS'),
  };
  /** Waves along a volume's axis, `period` mm long, 0 +- 1000. */
  const waves = (direction: VolumeGeometry['direction'], axis: 0 | 1 | 2, period: number): Volume => {
    const stride = [1, 72, 72 * 72][axis]!;
    const data = Int16Array.from({ length: 72 ** 3 }, (_, n) =>
      Math.round(1000 * Math.sin((2 * Math.PI * (Math.floor(n / stride) % 72) * 0.5) / period + 0.4)),
    );
    return { ...g, direction, data, modality: 'CT' };
  };
  /** Largest value away from the volume's edges. */
  const amplitude = (volume: Volume, step: number): number => {
    const grid = alignedGrid(volume, [step, step, step], 'LPS');
    const from = grid.dims.map((n) => Math.ceil(n / 3)) as unknown as Vec3;
    const size = grid.dims.map((n) => Math.floor(n / 3)) as unknown as Vec3;
    const tile = new Float32Array(size[0] * size[1] * size[2]);
    createGridSampler(volume, grid).fill(tile, from, size, NaN);
    return tile.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  };
  const step = 2;
  const directions = { 'along the grid': orientationAxes('LPS'), oblique: tilted(0.3) };

  it.each(
    Object.entries(directions).flatMap(([name, d]) => ([0, 1, 2] as const).map((a) => [name, a, d] as const)),
  )('does not turn into a coarse one: axes %s, waves along %i', (_, axis, direction) => {
    // Picking every fourth voxel would show these as waves of 11 mm and more that are not there.
    for (const period of [1.1, 1.7, 1.9, 2, 2.2]) {
      expect(amplitude(waves(direction, axis, period), step)).toBeLessThan(120);
    }
    for (const period of [2.6, 3]) expect(amplitude(waves(direction, axis, period), step)).toBeLessThan(350);
  });

  it.each(Object.entries(directions))('that the grid can show stays: axes %s', (_, direction) => {
    for (const axis of [0, 1, 2] as const)
      expect(amplitude(waves(direction, axis, 16), step)).toBeGreaterThan(850);
  });
});
