import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../core/geometry/vec3';
import { alignedGrid } from '../../core/volume/grid';
import { createGridSampler } from '../../core/volume/resample';
import type { Volume } from '../../core/volume/volume';
import {
  alignedStarts,
  countWindows,
  isAir,
  planWindows,
  spansOf,
  WindowReader,
  type PlannedWindow,
} from './volume-windows';

describe('windows along an axis', () => {
  it('cover the volume, start at multiples of the divisor, and overlap by the share at least', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 2, max: 16 }),
        fc.constantFrom(2, 4, 8),
        fc.constantFrom(0, 0.1, 0.25, 0.5),
        (length, cells, divisor, overlap) => {
          const window = cells * divisor;
          const starts = alignedStarts(length, window, overlap, divisor);
          expect(starts[0]).toBe(0);
          const end = starts[starts.length - 1]! + window;
          expect(end).toBeGreaterThanOrEqual(length);
          if (starts.length > 1) expect(end).toBeLessThan(length + divisor);
          starts.slice(1).forEach((s, n) => {
            expect(s % divisor).toBe(0);
            expect(s).toBeGreaterThan(starts[n]!);
            // Rounding to the divisor may take up to one of it from the overlap.
            expect(s - starts[n]!).toBeLessThanOrEqual(Math.max(divisor, window * (1 - overlap)) + divisor);
          });
        },
      ),
    );
  });

  it('answer for every place once', () => {
    const starts = alignedStarts(300, 96, 0.25, 8);
    const parts = spansOf(starts, 96);
    expect(parts[0]!.low).toBe(-Infinity);
    expect(parts[parts.length - 1]!.high).toBe(Infinity);
    parts.slice(1).forEach(({ low }, n) => expect(low).toBe(parts[n]!.high));
    parts.forEach(({ low, high }, n) => {
      if (Number.isFinite(low)) expect(low).toBeGreaterThan(starts[n]!);
      if (Number.isFinite(high)) expect(high).toBeLessThan(starts[n]! + 96);
    });
  });
});

describe('reading windows', () => {
  const input = {
    spacing: [1, 1, 1] as [number, number, number],
    orientation: 'LPS',
    intensity: { low: 0, high: 1000 },
    window: [16, 16, 16] as [number, number, number],
    overlap: 0.25,
  };
  const dims: Vec3 = [40, 20, 30];
  const volume: Volume = {
    dims,
    spacing: [1, 1, 1],
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    data: Int16Array.from({ length: 40 * 20 * 30 }, (_, n) => (n * 7919) % 1300),
    modality: 'CT',
  };

  const grid = alignedGrid(volume, input.spacing, input.orientation);
  const plan = planWindows(grid.dims, input, [8, 8, 8]);
  const check = (window: Float32Array, start: Vec3): void =>
    window.forEach((value, n) => {
      const at = [start[0] + (n % 16), start[1] + (Math.floor(n / 16) % 16), start[2] + Math.floor(n / 256)];
      const inside = at.every((v, a) => v < dims[a]!);
      const raw = inside ? volume.data[at[0]! + 40 * (at[1]! + 20 * at[2]!)]! : 0;
      if (Math.abs(value - Math.min(1, raw / 1000)) > 1e-6) expect.unreachable(`voxel ${at.join(' ')}`);
    });

  it('gives the scaled voxels of the window, and 0 beyond the volume', () => {
    expect(plan.size).toEqual([16, 16, 16]);
    expect(plan.windows).toHaveLength(countWindows(grid.dims, input, [8, 8, 8]));
    const reader = new WindowReader(createGridSampler(volume, grid), grid, input, plan.size);
    for (const { start } of plan.windows) check(reader.read(start), start);
  });

  it('resamples no more than planned windows need, and gives any other all the same', () => {
    const sampler = createGridSampler(volume, grid);
    let voxels = 0;
    const counted = {
      fill: (...args: Parameters<typeof sampler.fill>) => {
        voxels += args[0].length;
        sampler.fill(...args);
      },
    };
    const planned: PlannedWindow[] = plan.windows.filter(({ start }) => start[0] >= 8 && start[1] >= 0);
    const reader = new WindowReader(counted, grid, input, plan.size, planned);
    for (const { start } of planned) check(reader.read(start), start);
    const slabs = new Set(planned.map(({ start }) => start[2])).size;
    expect(voxels).toBe(slabs * (40 - Math.min(...planned.map((w) => w.start[0]))) * 20 * 16);
    // Beside the slab, and at a z where none was planned.
    for (const start of [
      [0, 0, planned[planned.length - 1]!.start[2]],
      [0, 8, 3],
    ] as Vec3[])
      check(reader.read(start), start);
  });

  it('makes the windows of a small volume no larger than the network needs', () => {
    expect(planWindows([10, 33, 100], { ...input, window: [96, 96, 96] }, [8, 8, 8]).size).toEqual([
      16, 40, 96,
    ]);
  });

  it('knows air from tissue', () => {
    const window = new Float32Array(4096).fill(0.05);
    expect(isAir(window)).toBe(true);
    window.fill(0.5, 0, 40);
    expect(isAir(window)).toBe(false);
  });
});
