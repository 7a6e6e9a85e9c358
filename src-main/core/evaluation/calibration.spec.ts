import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from './calibration';
import { markTable, type MatchedMark } from './mark-table';

const tableOf = (marks: readonly (readonly [score: number, hit: boolean, image?: number])[]) => {
  const lesions: { image: number; size: number }[] = [];
  return markTable({
    images: 3,
    lesions,
    marks: marks.map(([score, hit, image = 0]): MatchedMark => ({
      image,
      score,
      lesion: hit ? lesions.push({ image, size: 1 }) - 1 : -1,
    })),
  });
};

describe('calibrate', () => {
  it('is what one computes by hand', () => {
    const table = tableOf([
      [0.1, false],
      [0.3, true],
      [0.6, false],
      [0.8, true],
    ]);
    const { result } = calibrate(table, 2)!;
    // Squares 0.01, 0.49, 0.36, 0.04; bins of mean 0.2 and 0.7, each with half of its marks hitting.
    expect(result.brier).toBeCloseTo(0.9 / 4, 12);
    expect(result.expectedCalibrationError).toBeCloseTo(0.25, 12);
    expect(result.bins).toHaveLength(2);
    expect(result.bins[0]).toMatchObject({ lowestScore: 0.1, highestScore: 0.3, marks: 2, precision: 0.5 });
    expect(result.bins[1]!.meanScore).toBeCloseTo(0.7, 12);
    // Wilson for 1 of 2: (0.5 + z²/4 ± z sqrt(1/8 + z²/16)) / (1 + z²/2).
    expect(result.bins[0]!.precision95[0]).toBeCloseTo(0.0945, 4);
    expect(result.bins[0]!.precision95[1]).toBeCloseTo(0.9055, 4);
  });

  it('makes bins of equal count, and never parts equal scores', () => {
    const distinct = tableOf(Array.from({ length: 100 }, (_, i) => [i / 100, i % 2 === 0] as const));
    expect(calibrate(distinct)!.result.bins.map((b) => b.marks)).toEqual(Array(10).fill(10));
    const tied = tableOf([...Array(50).fill([0.5, true]), ...Array(50).fill([0.5, false]), [0.9, true]]);
    expect(calibrate(tied)!.result.bins.map((b) => b.marks)).toEqual([100, 1]);
  });

  it('is no error where each score is the share of hits', () => {
    const table = tableOf([0.25, 0.5, 0.75].flatMap((p) => [0, 1, 2, 3].map((n) => [p, n < p * 4] as const)));
    expect(calibrate(table, 3)!.result.expectedCalibrationError).toBeCloseTo(0, 12);
  });

  it('says nothing of scores that are no probabilities, or of none', () => {
    expect(calibrate(tableOf([[1.2, true]]))).toBeNull();
    expect(calibrate(tableOf([[-0.1, false]]))).toBeNull();
    expect(calibrate(tableOf([]))).toBeNull();
  });

  const anyMark = fc.tuple(
    fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
    fc.boolean(),
    fc.nat(2),
  );

  it('does not change with the order of the marks', () => {
    const anyOrders = fc
      .array(anyMark, { minLength: 1, maxLength: 30 })
      .chain((m) => fc.tuple(fc.constant(m), fc.shuffledSubarray(m, { minLength: m.length })));
    fc.assert(
      fc.property(anyOrders, ([marks, shuffled]) => {
        const [a, b] = [marks, shuffled].map((m) => calibrate(tableOf(m), 4)!.result);
        expect(b!.bins.map((bin) => bin.marks)).toEqual(a!.bins.map((bin) => bin.marks));
        expect(b!.brier).toBeCloseTo(a!.brier, 12);
        expect(b!.expectedCalibrationError).toBeCloseTo(a!.expectedCalibrationError, 12);
      }),
    );
  });

  it('weighs an image like that many copies of its marks', () => {
    const anyCase = fc.tuple(
      fc.array(anyMark, { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
    );
    fc.assert(
      fc.property(anyCase, ([marks, weights]) => {
        const copies = marks.flatMap((m) => Array<typeof m>(weights[m[2]]!).fill(m));
        const [brier] = calibrate(tableOf(marks), 4)!.statistic(weights);
        if (copies.length === 0) expect(brier).toBeNaN();
        else expect(brier).toBeCloseTo(calibrate(tableOf(copies), 4)!.result.brier, 12);
      }),
    );
  });
});
