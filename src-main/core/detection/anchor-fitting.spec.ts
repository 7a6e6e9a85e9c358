import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { fitAnchors } from './anchor-fitting';

describe('anchor fitting', () => {
  const random = seededRandom(2);
  const around = (side: number): number => side * (0.95 + 0.1 * random());

  it('finds the shapes that the boxes vary around', () => {
    const shapes = [
      [10, 10],
      [40, 20],
      [30, 90],
    ] as const;
    const sides = Array.from({ length: 300 }, (_, n) => shapes[n % 3]!.map(around)).flat();
    const fit = fitAnchors(sides, { dimensions: 2, count: 3, random: seededRandom(1) });
    fit.anchors.forEach((anchor, n) => {
      anchor.sides.forEach((side, d) => expect(Math.abs(side / shapes[n]![d]! - 1)).toBeLessThan(0.02));
      expect(anchor.boxes).toBe(100);
    });
    expect(fit.anchors[1]!.size).toBeCloseTo(
      Math.sqrt(fit.anchors[1]!.sides[0]! * fit.anchors[1]!.sides[1]!),
      9,
    );
    expect(fit.anchors[1]!.aspectRatios[0]).toBeCloseTo(0.5, 1);
    expect(fit.meanBestIou).toBeGreaterThan(0.93);
    expect(fit.recallAt50).toBe(1);
  });

  it('says how well one shape serves boxes of two sizes', () => {
    const fit = fitAnchors([10, 10, 10, 10, 10, 10, 20, 20], {
      dimensions: 2,
      count: 1,
      random: seededRandom(1),
    });
    const [side] = fit.anchors[0]!.sides;
    expect(side).toBe(12.5);
    expect(fit.meanBestIou).toBeCloseTo((3 * (100 / 156.25) + 156.25 / 400) / 4, 12);
    expect(fit.recallAt50).toBe(0.75);
  });

  it('has as many shapes in 3D, with both ratios, and gets better with more', () => {
    const sides = Array.from({ length: 200 }, () => 5 + 60 * random() ** 2).flatMap((s) => [
      s,
      around(s),
      s / 2,
    ]);
    const fits = [1, 3, 6].map((count) =>
      fitAnchors(sides, { dimensions: 3, count, random: seededRandom(1) }),
    );
    expect(fits.map((f) => f.anchors.length)).toEqual([1, 3, 6]);
    expect(fits[1]!.meanBestIou).toBeGreaterThan(fits[0]!.meanBestIou);
    expect(fits[2]!.meanBestIou).toBeGreaterThan(fits[1]!.meanBestIou);
    expect(fits[2]!.anchors[0]!.aspectRatios[1]).toBeCloseTo(0.5, 1);
  });

  it('refuses what cannot be fitted', () => {
    const options = { dimensions: 2, count: 2, random: seededRandom(1) } as const;
    expect(() => fitAnchors([1, 1, 1, 1], options)).toThrow(/1 different shapes/);
    expect(() => fitAnchors([1, 0, 2, 2], options)).toThrow(/not positive/);
    expect(() => fitAnchors([1, 1], { ...options, count: 0 })).toThrow(RangeError);
  });
});
