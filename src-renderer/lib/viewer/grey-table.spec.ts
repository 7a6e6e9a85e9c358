import { describe, expect, it } from 'vitest';
import { applyWindow } from '../../../src-main/core/volume/windowing';
import type { VoiWindow } from '../../../src-main/core/volume/volume';
import { greyTable, paintGrey } from './grey-table';
import { windowCurve } from './window-curve';

const greys = (values: readonly number[], window: VoiWindow, range = windowCurve(window).range): number[] => {
  const rgba = new Uint8ClampedArray(4 * values.length);
  paintGrey(Float32Array.from(values), greyTable(window, range), range, rgba);
  expect([...rgba].every((v, n) => (n % 4 === 3 ? v === 255 : v === rgba[n - (n % 4)]))).toBe(true);
  return [...rgba].filter((_, n) => n % 4 === 0);
};
const values = Array.from({ length: 401 }, (_, n) => -2000 + 10 * n);

describe('paintGrey', () => {
  it.each<VoiWindow>([
    { center: -600, width: 1500 },
    { center: 40, width: 400, shape: 'linear-exact' },
    { center: 100, width: 500, shape: 'sigmoid' },
    { center: 0, width: 1, curve: [[-1000, 0.1], [0, 0.9], [500, 0.4], [900, 1]] }, // prettier-ignore
  ])('shows values as the window says: %j', (window) => {
    const drawn = greys(values, window);
    values.forEach((value, n) =>
      expect(Math.abs(drawn[n]! - 255 * applyWindow(value, window))).toBeLessThanOrEqual(1),
    );
  });

  it('is a threshold where the window is one, and black outside of the volume', () => {
    expect(greys([-1, -0.01, 0.01, 1, NaN], { center: 0.5, width: 1 })).toEqual([0, 0, 255, 255, 0]);
    // The lowest value of a negative's table is white, what is outside is not.
    const turned = { center: 0, width: 1, curve: [[0, 1], [100, 0]] as const }; // prettier-ignore
    expect(greys([-5, 0, 50, 100, NaN], turned)).toEqual([255, 255, 128, 0, 0]);
  });

  it('keeps its form when it was dragged', () => {
    const window: VoiWindow = { center: 50, width: 100, shape: 'linear-exact' };
    expect(greys([0, 100, 200], window, { lower: 0, upper: 200 })).toEqual([0, 128, 255]);
    const table = { center: 0, width: 1, curve: [[0, 0], [50, 1], [100, 0]] as const }; // prettier-ignore
    expect(greys([100, 200, 300], table, { lower: 100, upper: 300 })).toEqual([0, 255, 0]);
  });
});
