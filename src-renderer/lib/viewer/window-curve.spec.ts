import { describe, expect, it } from 'vitest';
import { applyWindow } from '../../../src-main/core/volume/windowing';
import type { VoiWindow } from '../../../src-main/core/volume/volume';
import { shapeWord, windowCurve, windowIn } from './window-curve';

const windows: Record<string, VoiWindow> = {
  linear: { center: 40, width: 400 },
  threshold: { center: 100, width: 1 },
  exact: { center: 0.4, width: 0.2, shape: 'linear-exact' },
  sigmoid: { center: 300, width: 90, shape: 'sigmoid' },
  table: {
    center: 60,
    width: 80,
    curve: [
      [20, 0.1],
      [40, 0.15],
      [70, 0.9],
      [100, 0.8],
    ],
  },
};

/** As the card draws: straight lines, flat beyond the ends. */
function drawn(value: number, { points }: ReturnType<typeof windowCurve>): number {
  const at = points.findIndex(([x]) => x >= value);
  if (at === 0) return points[0]![1];
  if (at < 0) return points[points.length - 1]![1];
  const [[x0, y0], [x1, y1]] = [points[at - 1]!, points[at]!];
  return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
}

describe('windowCurve', () => {
  it.each(Object.entries(windows))('draws %s as the standard defines it', (_, window) => {
    const curve = windowCurve(window);
    const { center, width } = window;
    for (let n = -300; n <= 300; n++) {
      const value = center + (n / 100) * width;
      if (width === 1 && Math.abs(value - center + 0.5) < 0.002) continue;
      expect(Math.abs(drawn(value, curve) - applyWindow(value, window)), `at ${value}`).toBeLessThan(1 / 510);
    }
    expect(curve.range).toEqual({ lower: curve.points[0]![0], upper: curve.points.at(-1)![0] });
    for (let n = 1; n < curve.points.length; n++)
      expect(curve.points[n]![0]).toBeGreaterThan(curve.points[n - 1]![0]);
  });

  it('is read back as the window that it is', () => {
    for (const window of [windows['linear']!, windows['exact']!, windows['sigmoid']!, windows['table']!]) {
      const { center, width } = windowIn(windowCurve(window).range, window);
      expect([center, width]).toEqual([expect.closeTo(window.center, 9), expect.closeTo(window.width, 9)]);
    }
    // Dragged: 10 to the right and twice as wide.
    const { lower, upper } = windowCurve(windows['sigmoid']!).range;
    const wide = { lower: lower + 10 - (upper - lower) / 2, upper: upper + 10 + (upper - lower) / 2 };
    expect(windowIn(wide, windows['sigmoid']!)).toEqual({ center: 310, width: 180 });
  });

  it('has a word where the form is not the usual one', () => {
    expect(Object.values(windows).map(shapeWord)).toEqual(['', '', 'linear exact', 'sigmoid', 'table']);
  });
});
