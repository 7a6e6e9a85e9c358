import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizePart } from './resize';

describe('resizing', () => {
  it('takes exact means of areas when it shrinks', () => {
    const data = Float32Array.from({ length: 6 * 4 }, (_, n) => n * n);
    const made = resizePart(
      { data, width: 6, height: 4, channels: 1 },
      { part: [0, 0, 6, 4], width: 4, height: 2 },
    );
    // Columns of 1.5 px: one pixel and half the next.
    const across = (row: number, x: number): number => {
      const at = (c: number): number => data[row * 6 + c]!;
      const weights = [
        [0, 1, 1, 0.5],
        [1, 0.5, 2, 1],
        [3, 1, 4, 0.5],
        [4, 0.5, 5, 1],
      ][x]!;
      return (at(weights[0]!) * weights[1]! + at(weights[2]!) * weights[3]!) / 1.5;
    };
    for (let y = 0; y < 2; y++)
      for (let x = 0; x < 4; x++)
        expect(made.data[y * 4 + x]).toBeCloseTo((across(2 * y, x) + across(2 * y + 1, x)) / 2, 4);
  });

  it('keeps the mean when it shrinks, and never leaves the range of its part', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.constantFrom(1 as const, 3 as const),
        (w, h, width, height, channels) => {
          const data = Float32Array.from(
            { length: (w + 3) * (h + 2) * channels },
            (_, n) => (n * 7919) % 255,
          );
          const part = [2, 1, 2 + w, 1 + h] as const;
          const source = { data, width: w + 3, height: h + 2, channels };
          const made = resizePart(source, { part, width, height });
          const own: number[] = [];
          for (let y = 1; y < 1 + h; y++)
            for (let x = 2; x < 2 + w; x++) own.push(data[(y * (w + 3) + x) * channels]!);
          const first = Array.from({ length: width * height }, (_, n) => made.data[n * channels]!);
          expect(Math.min(...first)).toBeGreaterThanOrEqual(Math.min(...own) - 1e-3);
          expect(Math.max(...first)).toBeLessThanOrEqual(Math.max(...own) + 1e-3);
          const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
          if (width <= w && height <= h) expect(mean(first)).toBeCloseTo(mean(own), 2);
        },
      ),
    );
  });

  it('keeps bytes as bytes, floats as floats, and turns a negative', () => {
    const bytes = { data: Uint8Array.of(0, 100, 200, 255), width: 2, height: 2, channels: 1 as const };
    const whole = { part: [0, 0, 2, 2] as const, width: 2, height: 2 };
    const same = resizePart(bytes, whole);
    expect(same.data).toBeInstanceOf(Uint8ClampedArray);
    expect([...(same.data as Uint8ClampedArray)]).toEqual([0, 100, 200, 255]);
    const negative = resizePart({ ...bytes, data: Uint16Array.from(bytes.data) }, { ...whole, flip: 255 });
    expect(negative.data).toEqual(Float32Array.of(255, 155, 55, 0));
  });
});
