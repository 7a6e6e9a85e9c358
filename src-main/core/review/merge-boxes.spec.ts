import { describe, expect, it } from 'vitest';
import type { FindingPlace } from '../study/entities';
import { gapBetween, halves, placeAround } from './merge-boxes';

const a: FindingPlace = { space: 'lps', boxLps: [0, 0, 0, 4, 4, 10] };
const b: FindingPlace = { space: 'lps', boxLps: [3, 6, 2, 8, 9, 4] };
const p: FindingPlace = { space: 'px', boxPx: [10, 10, 20, 6], frame: 2 };
const q: FindingPlace = { space: 'px', boxPx: [5, 12, 10, 30], frame: 2 };

describe('boxes of merged and split findings', () => {
  it('lie around all that are merged', () => {
    expect(placeAround([a, b])).toEqual({ space: 'lps', boxLps: [0, 0, 0, 8, 9, 10] });
    expect(placeAround([p, q])).toEqual({ space: 'px', boxPx: [5, 10, 25, 32], frame: 2 });
    expect(() => placeAround([a, p])).toThrow(RangeError);
    expect(() => placeAround([p, { ...q, frame: 3 }])).toThrow(RangeError);
    expect(() => placeAround([])).toThrow(RangeError);
  });

  it('are halved across the longest side, and are the whole together', () => {
    expect(halves(a)).toEqual([
      { space: 'lps', boxLps: [0, 0, 0, 4, 4, 5] },
      { space: 'lps', boxLps: [0, 0, 5, 4, 4, 10] },
    ]);
    expect(halves(p)).toEqual([
      { space: 'px', boxPx: [10, 10, 10, 6], frame: 2 },
      { space: 'px', boxPx: [20, 10, 10, 6], frame: 2 },
    ]);
    for (const place of [a, b, p, q]) expect(placeAround(halves(place))).toEqual(place);
  });

  it('are apart by the widest gap, and below 0 where they overlap', () => {
    expect(gapBetween(a, b)).toBe(2);
    expect(gapBetween(p, q)).toBe(-4);
    expect(gapBetween(a, p)).toBe(Infinity);
    expect(gapBetween(p, { ...q, frame: 0 })).toBe(Infinity);
  });
});
