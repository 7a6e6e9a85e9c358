import { describe, expect, it } from 'vitest';
import { paintDisc } from './brush';
import { sliceContours } from './contours';
import { decodeMask, encodeMask, regionOf, type RegionMask } from './outline-mask';

const mask = (): RegionMask => ({ region: [10, 20, 5, 16, 26, 8], inside: new Uint8Array(6 * 6 * 3) });

describe('masks of outlines', () => {
  it('come back from their runs, cut to what they hold', () => {
    const drawn = mask();
    paintDisc(drawn, [13, 23, 6.2], 2, 1.5, [1, 1, 4], 1);
    const runs = encodeMask(drawn)!;
    expect(runs.region).toEqual([12, 22, 6, 15, 25, 7]);
    expect(runs.runs).toEqual([0, 9]);
    expect(regionOf(decodeMask(runs), drawn.region)).toEqual(drawn);
    paintDisc(drawn, [13, 23, 6], 2, 1.5, [1, 1, 4], 0);
    expect(encodeMask(drawn)).toBeNull();
    expect(() => decodeMask({ region: [0, 0, 0, 2, 2, 1], runs: [1, 2] })).toThrow(RangeError);
    expect(() => decodeMask({ region: [0, 0, 0, 0.5, 2, 1], runs: [1] })).toThrow(RangeError);
  });

  it('are painted in millimetres, in one slice of any direction, and not beyond their region', () => {
    const drawn = mask();
    expect(paintDisc(drawn, [10, 23, 6], 0, 4.1, [9, 1, 4], 1)).toBe(true);
    const set = [...drawn.inside.keys()].filter((n) => drawn.inside[n]);
    // 4 mm along k is one voxel, along j four, cut to the region's six.
    expect(set.every((n) => n % 6 === 0)).toBe(true);
    expect(set).toHaveLength(6 + 1 + 1);
    expect(paintDisc(drawn, [10, 23, 6], 0, 4.1, [9, 1, 4], 1)).toBe(false);
  });
});

describe('contours of a slice', () => {
  it('close, and run half-way between voxels', () => {
    const drawn = mask();
    paintDisc(drawn, [13, 23, 6], 2, 1.1, [1, 1, 1], 1);
    const segments = sliceContours(drawn, 2, 6);
    const ends = new Map<string, number>();
    for (const [u0, v0, u1, v1] of segments)
      for (const end of [`${u0} ${v0}`, `${u1} ${v1}`]) ends.set(end, (ends.get(end) ?? 0) + 1);
    expect([...ends.values()].every((n) => n === 2)).toBe(true);
    const us = segments.flatMap(([u0, , u1]) => [u0, u1]);
    expect([Math.min(...us), Math.max(...us)]).toEqual([11.5, 14.5]);
    expect(sliceContours(drawn, 2, 5)).toEqual([]);
    expect(sliceContours(drawn, 2, 99)).toEqual([]);
    // Seen from the side: one voxel thick.
    const side = sliceContours(drawn, 0, 13);
    const vs = side.flatMap(([, v0, , v1]) => [v0, v1]);
    expect([Math.min(...vs), Math.max(...vs)]).toEqual([5.5, 6.5]);
  });
});
