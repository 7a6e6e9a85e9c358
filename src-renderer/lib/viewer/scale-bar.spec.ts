import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scaleBar } from './scale-bar';

it('is of a round length and fits', () => {
  expect(scaleBar(0.5, 120)).toEqual({ units: 50, px: 100 });
  expect(scaleBar(1, 100)).toEqual({ units: 100, px: 100 });
  expect(scaleBar(0, 100)).toBeNull();
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (unitsPerPx) => {
      const bar = scaleBar(unitsPerPx, 120)!;
      expect(bar.px).toBeLessThanOrEqual(120 * 1.0001);
      expect(bar.px).toBeGreaterThan(120 / 2.6);
      expect(bar.units / unitsPerPx).toBeCloseTo(bar.px, 6);
    }),
  );
});
