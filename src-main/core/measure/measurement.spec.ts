import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, subtract, type Vec3 } from '../geometry/vec3';
import type { VolumeGeometry } from '../volume/volume';
import { angleAt, areaOf, distance, dragBidirectional, inUnits, shortAxisOf } from './measurement';
import { pictureRegion, volumeRegion } from './region-statistics';

const z: Vec3 = [0, 0, 1];

describe('lengths and angles', () => {
  it('are in mm where the picture has a scale, with its two spacings', () => {
    const [a, b] = inUnits(
      [
        [0, 0, 0],
        [30, 40, 0],
      ],
      [0.1, 0.2],
    );
    expect(distance(a!, b!)).toBeCloseTo(Math.hypot(3, 8), 10);
  });
  it('know right, straight and no angles', () => {
    expect(angleAt([1, 0, 0], [0, 0, 0], [0, 5, 0])).toBeCloseTo(90, 10);
    expect(angleAt([1, 0, 0], [0, 0, 0], [-3, 0, 0])).toBeCloseTo(180, 10);
    expect(angleAt([0, 0, 0], [0, 0, 0], [1, 0, 0])).toBeNull();
  });
  it('know the area of a box in any plane', () => {
    expect(areaOf('rectangle', [1, 5, 2], [4, 5, 0])).toBeCloseTo(6, 10);
    expect(areaOf('ellipse', [0, 0, 7], [2, 2, 7])).toBeCloseTo(Math.PI, 10);
  });
});

describe('two axes', () => {
  const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
  const point = fc.tuple(coordinate, coordinate).map(([x, y]): Vec3 => [x, y, 5]);

  it('stay perpendicular and in the plane, whichever end is dragged', () => {
    fc.assert(
      fc.property(point, point, point, fc.constantFrom(0, 1, 2, 3), (a, b, to, moved) => {
        fc.pre(distance(a, b) > 1);
        const before = [a, b, ...shortAxisOf(a, b, z)] as const;
        const after = dragBidirectional(before, moved as 0 | 1 | 2 | 3, to, z);
        const [p, q, r, s] = after;
        fc.pre(distance(p, q) > 1);
        expect(Math.abs(dot(subtract(q, p), subtract(s, r)))).toBeLessThan(1e-6 * 1e4);
        for (const end of after) expect(end[2]).toBeCloseTo(5, 9);
      }),
    );
  });
  it('let an end of the short axis be dragged to a length and a place', () => {
    const start = [[0, 0, 0] as Vec3, [10, 0, 0] as Vec3, ...shortAxisOf([0, 0, 0], [10, 0, 0], z)] as const;
    expect(distance(start[2], start[3])).toBeCloseTo(5, 10);
    const [, , c, d] = dragBidirectional(start, 2, [2, start[2][1] > 0 ? 4 : -4, 0], z);
    expect(c[0]).toBeCloseTo(2, 10);
    expect(d[0]).toBeCloseTo(2, 10);
    expect(distance(c, d)).toBeCloseTo(6.5, 10);
  });
});

describe('values in a region', () => {
  const geometry: VolumeGeometry = {
    dims: [20, 30, 10],
    spacing: [0.5, 1, 2],
    origin: [-3, 7, 100],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
  const data = Int16Array.from({ length: 20 * 30 * 10 }, (_, n) => (n * 37) % 1000);

  it('are those of the voxels in it, exactly, in each plane', () => {
    const corners: readonly [Vec3, Vec3][] = [
      [
        [-2.4, 9, 104],
        [4.1, 20.2, 104],
      ],
      [
        [-2.4, 15, 101],
        [4.1, 15, 117],
      ],
      [
        [2, 9.5, 101],
        [2, 20.2, 117],
      ],
    ];
    for (const shape of ['rectangle', 'ellipse'] as const)
      for (const [a, b] of corners) {
        const axis = ([0, 1, 2] as const).find((n) => a[n] === b[n])!;
        const inside: number[] = [];
        for (let k = 0; k < 10; k++)
          for (let j = 0; j < 30; j++)
            for (let i = 0; i < 20; i++) {
              const p = [-3 + 0.5 * i, 7 + j, 100 + 2 * k];
              if (Math.abs(p[axis]! - a[axis]) > 1e-9) continue;
              const shares = [0, 1, 2]
                .filter((n) => n !== axis)
                .map((n) => (p[n]! - a[n]!) / (b[n]! - a[n]!));
              const within =
                shape === 'rectangle'
                  ? shares.every((s) => s >= 0 && s <= 1)
                  : shares.reduce((sum, s) => sum + (2 * s - 1) ** 2, 0) <= 1;
              if (within) inside.push(data[i + 20 * (j + 30 * k)]!);
            }
        expect(inside.length).toBeGreaterThan(10);
        const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
        const variance = inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inside.length;
        const got = volumeRegion(data, geometry, axis, shape, a, b)!;
        expect(got.count).toBe(inside.length);
        expect(got.mean).toBeCloseTo(mean, 6);
        expect(got.deviation).toBeCloseTo(Math.sqrt(variance), 6);
        expect([got.min, got.max]).toEqual([Math.min(...inside), Math.max(...inside)]);
      }
  });
  it('are none outside of the volume or between two voxels', () => {
    expect(volumeRegion(data, geometry, 2, 'ellipse', [50, 50, 104], [60, 60, 104])).toBeNull();
    expect(volumeRegion(data, geometry, 2, 'rectangle', [-2.4, 9.1, 104], [-2.1, 9.9, 104])).toBeNull();
  });
  it('of a picture are its pixels', () => {
    const pixels = Uint8Array.from({ length: 12 }, (_, n) => n);
    const got = pictureRegion(pixels, 4, 3, 'rectangle', [0.6, -5, 0], [2.2, 1.4, 0])!;
    expect(got).toMatchObject({ count: 4, mean: (1 + 2 + 5 + 6) / 4, min: 1, max: 6 });
    expect(pictureRegion(pixels, 4, 3, 'ellipse', [9, 9, 0], [12, 12, 0])).toBeNull();
  });
});
