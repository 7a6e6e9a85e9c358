import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { calibrate } from './calibration';
import { froc } from './froc';
import { markTable, type MarkTable } from './mark-table';
import {
  calibratedTable,
  calibrateScore,
  crossFitted,
  fitPlatt,
  logit,
  measureCalibration,
  sigmoid,
  uncalibrateScore,
} from './platt';

/** Marks whose true chance of a hit is sigmoid(slope * logit(score) + intercept). */
function drawn(seed: number, images: number, slope: number, intercept: number): MarkTable {
  const random = seededRandom(seed);
  const lesions: { image: number; size: number }[] = [];
  const marks = Array.from({ length: images * 8 }, (_, n) => {
    const [image, score] = [n % images, 0.02 + 0.96 * random()];
    const hit = random() < sigmoid(slope * logit(score) + intercept);
    return { image, score, lesion: hit ? lesions.push({ image, size: 1 }) - 1 : -1 };
  });
  return markTable({ images, marks, lesions });
}

describe('Platt scaling', () => {
  it('finds the curve that hits were drawn from', () => {
    const fit = fitPlatt(drawn(1, 2000, 1.7, -0.8))!;
    expect(fit.slope).toBeGreaterThan(1.6);
    expect(fit.slope).toBeLessThan(1.8);
    expect(fit.intercept).toBeGreaterThan(-0.9);
    expect(fit.intercept).toBeLessThan(-0.7);
  });

  it('is where the likelihood of the softened targets is level', () => {
    const table = drawn(2, 40, 0.6, 1);
    const { slope, intercept } = fitPlatt(table)!;
    const hits = table.hit.reduce((n, h) => n + h, 0);
    const misses = table.hit.length - hits;
    let [ga, gb] = [0, 0];
    table.scores.forEach((score, m) => {
      const target = table.hit[m] === 1 ? (hits + 1) / (hits + 2) : 1 / (misses + 2);
      const error = sigmoid(slope * logit(score) + intercept) - target;
      ga += error * logit(score);
      gb += error;
    });
    expect(Math.abs(ga)).toBeLessThan(1e-4);
    expect(Math.abs(gb)).toBeLessThan(1e-4);
  });

  it('keeps every order and every tie, so that FROC is the same but for its thresholds', () => {
    const table = drawn(3, 30, 2, 1);
    const calibrated = calibratedTable(table, fitPlatt(table)!);
    const figures = (t: MarkTable) =>
      froc(t)
        .curve()
        .map(({ fpPerImage, sensitivity }) => [fpPerImage, sensitivity]);
    expect(figures(calibrated)).toEqual(figures(table));
  });

  it('rises strictly between neighbouring float32 scores', () => {
    const near = fc.float({ min: Math.fround(1e-6), max: 1, noNaN: true });
    fc.assert(
      fc.property(near, fc.double({ min: 0.05, max: 8, noNaN: true }), (low, slope) => {
        const bits = new Uint32Array(new Float32Array([low]).buffer)[0]! + 1;
        const high = new Float32Array(new Uint32Array([bits]).buffer)[0]!;
        if (high > 1) return;
        // Where the curve is so flat that doubles end, a tie may appear, never a swap.
        const [a, b] = [low, high].map((s) => calibrateScore({ slope, intercept: -2 }, s)) as [
          number,
          number,
        ];
        expect(b).toBeGreaterThanOrEqual(a);
        if (b < 0.999) expect(b).toBeGreaterThan(a);
      }),
    );
  });

  it('is undone', () => {
    const calibration = { slope: 0.7, intercept: -1.3 };
    for (const score of [0.001, 0.05, 0.5, 0.97])
      expect(uncalibrateScore(calibration, calibrateScore(calibration, score))).toBeCloseTo(score, 12);
    expect(uncalibrateScore(calibration, 0)).toBe(0);
    expect(uncalibrateScore(calibration, 1)).toBe(1);
  });

  it('is not fitted to a handful of marks, nor where better scores hit less often', () => {
    expect(fitPlatt(drawn(4, 1, 1, 0))).toBeNull();
    expect(fitPlatt(drawn(5, 300, -1, 0))).toBeNull();
    expect(fitPlatt({ ...drawn(5, 300, 1, 0), scores: new Float64Array(2400).fill(1.5) })).toBeNull();
  });

  it('stays finite where scores part hits and misses', () => {
    const marks = Array.from({ length: 40 }, (_, n) => ({
      image: 0,
      score: (40 - n) / 41,
      lesion: n < 20 ? n : -1,
    }));
    const lesions = Array.from({ length: 20 }, () => ({ image: 0, size: 1 }));
    const fit = fitPlatt(markTable({ images: 1, marks, lesions }))!;
    expect(fit.slope).toBeGreaterThan(1);
    expect(fit.slope).toBeLessThan(100);
  });

  it('measures on images that the fit never saw', () => {
    const table = drawn(6, 400, 2.5, -2);
    const { errorBefore, errorAfter, calibration, marks, hits } = measureCalibration(table);
    expect(errorBefore).toBe(calibrate(table)!.result.expectedCalibrationError);
    expect(errorAfter!).toBeLessThan(errorBefore! / 3);
    expect(calibration).not.toBeNull();
    expect([marks, hits]).toEqual([3200, table.hit.reduce((n, h) => n + h, 0)]);

    // Change the marks of the images of fold 0: their own scores stay, since other folds made them.
    const first = crossFitted(table)!;
    const flipped = crossFitted({
      ...table,
      hit: table.hit.map((h, m) => (table.image[m]! % 5 === 0 ? 1 - h : h)),
    })!;
    const scoresOf = (t: MarkTable) => [...t.scores].filter((_, m) => t.image[m]! % 5 === 0);
    expect(scoresOf(flipped)).toEqual(scoresOf(first));
    expect([...flipped.scores]).not.toEqual([...first.scores]);
  });
});
