import { describe, expect, it } from 'vitest';
import { applyWindow, ctPresetsFor, percentiles, windowOfRange, windowsFor } from './windowing';
import { narrowestType, valueRange } from './voxels';

describe('windows', () => {
  it('follow the linear function of PS3.3 C.11.2.1.2.1', () => {
    // The standard's own example: center 2048, width 4096 maps 0..4095 to the full range.
    const window = { center: 2048, width: 4096 };
    expect(applyWindow(0, window)).toBe(0);
    expect(applyWindow(4095, window)).toBeCloseTo(1, 12);
    expect(applyWindow(2047.5, window)).toBeCloseTo(0.5, 12);
    expect(applyWindow(-5000, window)).toBe(0);
    expect(applyWindow(9000, window)).toBe(1);
    // A width of 1 is a threshold at center - 0.5.
    expect([99, 100].map((v) => applyWindow(v, { center: 100, width: 1 }))).toEqual([0, 1]);
  });

  it('put the body part first and never come out empty', () => {
    expect(ctPresetsFor('CHEST')[0]!.name).toBe('Lung');
    expect(ctPresetsFor('BRAIN')[0]!.name).toBe('Brain');
    expect(windowsFor('OT', '', [], [3, 3], null)).toEqual([{ name: 'Full range', center: 3.5, width: 1 }]);
    const whole = windowOfRange(-1024, 3071);
    expect([applyWindow(-1024, whole), applyWindow(3071, whole)]).toEqual([0, 1]);
  });

  it('show fractions from end to end, which steps would cut off', () => {
    const share = windowOfRange(0.1, 0.9);
    expect([0.1, 0.5, 0.9].map((v) => applyWindow(v, share))).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0.5, 12),
      1,
    ]);
    // The standard allows no linear width under 1: an exact one is meant.
    expect(applyWindow(0.5, { center: 0.5, width: 0.4 })).toBeCloseTo(0.5, 12);
  });

  it('by percentile ignore a few bright voxels and what is no number', () => {
    const data = Float32Array.from({ length: 1001 }, (_, n) => n);
    data[1000] = 1e9;
    data[0] = NaN;
    expect(percentiles(data, [0, 0.5])).toEqual([1, 501]);
    expect(percentiles(data, [0.99])[0]).toBeLessThan(1000);
    expect(percentiles([], [0.5])).toEqual([0]);
  });
});

describe('voxels', () => {
  it('get the narrowest type that holds them', () => {
    expect(narrowestType(0, 255, true)).toBe('uint8');
    expect(narrowestType(-1, 255, true)).toBe('int16');
    expect(narrowestType(0, 40_000, true)).toBe('uint16');
    expect(narrowestType(-1, 40_000, true)).toBe('int32');
    expect(narrowestType(0, 1, false)).toBe('float32');
  });

  it('range over finite values only', () => {
    expect(valueRange([NaN, 3, -2, Infinity, -Infinity])).toEqual([-2, 3]);
    expect(valueRange([NaN])).toEqual([0, 0]);
  });
});
