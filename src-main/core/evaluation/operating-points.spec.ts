import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { froc } from './froc';
import { markTable, type MarkTable } from './mark-table';
import { operatingPoints, pointAt } from './operating-points';
import { falsePositiveTail, thresholdAtRate, volumeThreshold } from './volume-estimate';

const rates = [0.125, 0.25, 0.5, 1, 2, 4, 8];

function made(images: number, seed = 1): MarkTable {
  const random = seededRandom(seed);
  const lesions = Array.from({ length: images }, (_, image) => ({ image, size: 1 }));
  const marks = lesions.flatMap(({ image }) => [
    ...(random() < 0.9 ? [{ image, score: 0.3 + 0.7 * random(), lesion: image }] : []),
    ...Array.from({ length: 6 }, () => ({ image, score: random() ** 2, lesion: -1 })),
  ]);
  return markTable({ images, marks, lesions });
}

describe('operating points', () => {
  it('give what their threshold gives, and no lower threshold keeps to the rate', () => {
    const table = made(50);
    const points = operatingPoints(table, rates, { resamples: 200 });
    expect(points.map((p) => p.falsePositives)).toEqual(rates);
    for (const p of points) {
      const marks = [...table.scores.keys()].filter((m) => table.scores[m]! >= p.threshold);
      const hits = marks.filter((m) => table.hit[m] === 1).length;
      expect(p.sensitivity).toBe(hits / 50);
      expect(p.measuredFalsePositives).toBe((marks.length - hits) / 50);
      expect(p.measuredFalsePositives).toBeLessThanOrEqual(p.falsePositives);
      const next = froc(table)
        .curve()
        .find((c) => c.threshold < p.threshold);
      if (next) expect(next.fpPerImage).toBeGreaterThan(p.falsePositives);
      expect(p.sensitivity95![0]).toBeLessThanOrEqual(p.sensitivity);
      expect(p.sensitivity95![1]).toBeGreaterThanOrEqual(p.sensitivity);
      expect(p.falsePositives95![0]).toBeLessThanOrEqual(p.measuredFalsePositives);
      expect(p.falsePositives95![1]).toBeGreaterThanOrEqual(p.measuredFalsePositives);
      // As short as it can be.
      expect(String(p.threshold).length).toBeLessThan(9);
    }
    expect(points.map((p) => p.threshold)).toEqual([...points.map((p) => p.threshold)].sort((a, b) => b - a));
  });

  it('have no row where a row before says the same, where even the best mark is too much, and without lesions', () => {
    const lesions = [{ image: 0, size: 1 }];
    const marks = [
      { image: 0, score: 0.9, lesion: -1 },
      { image: 0, score: 0.5, lesion: 0 },
    ];
    // One false mark in two images comes first: nothing keeps to 0.25.
    const points = operatingPoints(markTable({ images: 2, lesions, marks }), rates);
    expect(points.map((p) => [p.falsePositives, p.threshold, p.sensitivity])).toEqual([[0.5, 0.5, 1]]);
    expect(operatingPoints(markTable({ images: 2, lesions: [], marks: [] }), rates)).toEqual([]);
  });

  it('are chosen by the rate, or the nearest below it', () => {
    const points = operatingPoints(made(50), [0.5, 1, 4], { resamples: 20 });
    expect(pointAt(points, 2)?.falsePositives).toBe(1);
    expect(pointAt(points, 0.1)?.falsePositives).toBe(0.5);
    expect(pointAt([], 1)).toBeNull();
  });
});

describe('the estimate for volumes', () => {
  it('reads the tail where it was measured', () => {
    const table = made(200, 3);
    const tail = falsePositiveTail(table);
    expect(tail.map((t) => t.rate * 200)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]);
    // 64 slices at 1 false mark: rate 1/64, near the score of the third of 200 images' false marks.
    const misses = [...table.scores].filter((_, m) => table.hit[m] === 0);
    const threshold = volumeThreshold(tail, 64, 1)!;
    expect(threshold).toBeLessThanOrEqual(misses[1]!);
    expect(threshold).toBeGreaterThanOrEqual(misses[3]!);
  });

  it('asks for more of each mark the more slices there are, beyond what was measured too', () => {
    const tail = falsePositiveTail(made(40, 4));
    const thresholds = [1, 10, 25, 100, 400, 2000].map((slices) => volumeThreshold(tail, slices, 2)!);
    thresholds.forEach((t, n) => {
      expect(t).toBeLessThan(1);
      if (n > 0) expect(t).toBeGreaterThan(thresholds[n - 1]!);
    });
    expect(thresholdAtRate(tail.slice(0, 1), 0.1)).toBeNull();
    expect(thresholdAtRate(tail, 1e6)).toBe(tail[tail.length - 1]!.threshold);
  });
});
