import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { background, ignored } from './matching-rules';
import { sampleBalanced, sampleHardNegatives } from './sampling';

/** 0 to 9 foreground, 10 to 19 ignored, 20 to 119 background. */
const matches = Int32Array.from({ length: 120 }, (_, m) => (m < 10 ? m : m < 20 ? ignored : background));
const sorted = (values: Int32Array): number[] => [...values].sort((a, b) => a - b);

describe('balanced sampling', () => {
  it('takes at most its share of foreground and fills up with background', () => {
    const sample = sampleBalanced(matches, { batchSize: 12, positiveFraction: 0.5 }, seededRandom(1));
    expect([sample.positives.length, sample.negatives.length]).toEqual([6, 6]);
    expect(sample.positives.every((m) => m < 10)).toBe(true);
    expect(sample.negatives.every((m) => m >= 20)).toBe(true);
    expect(new Set(sample.negatives).size).toBe(6);
  });

  it('gives the rest of the batch to the background where foreground is rare, and no more than there is', () => {
    const sample = sampleBalanced(matches, { batchSize: 64, positiveFraction: 0.5 }, seededRandom(1));
    expect([sample.positives.length, sample.negatives.length]).toEqual([10, 54]);
    const all = sampleBalanced(matches, { batchSize: 1000, positiveFraction: 0.5 }, seededRandom(1));
    expect([sorted(all.positives).length, sorted(all.negatives)[99]]).toEqual([10, 119]);
  });

  it('draws all alike, and the same for the same seed', () => {
    const options = { batchSize: 30, positiveFraction: 0.1 };
    const random = seededRandom(4);
    const hits = new Int32Array(120);
    for (let n = 0; n < 2000; n++)
      for (const m of sampleBalanced(matches, options, random).negatives) hits[m]!++;
    // 27 of 100 each time: 540 expected, five deviations are 99.
    expect([...hits.slice(20)].every((h) => Math.abs(h - 540) < 99)).toBe(true);
    expect(sampleBalanced(matches, options, seededRandom(7))).toEqual(
      sampleBalanced(matches, options, seededRandom(7)),
    );
  });
});

describe('hard-negative sampling', () => {
  const scores = matches.map((_, m) => m);
  const options = { batchSize: 8, positiveFraction: 0.25, poolSize: 2 };

  it('draws negatives, in proportion to the positives taken, from the highest scores', () => {
    // 2 positives; 2 x |1 - 4| = 6 negatives out of the 12 that score most.
    const sample = sampleHardNegatives(matches, scores, options, seededRandom(1));
    expect([sample.positives.length, sample.negatives.length]).toEqual([2, 6]);
    expect(sample.negatives.every((m) => m >= 108)).toBe(true);
    const exact = sampleHardNegatives(matches, scores, { ...options, poolSize: 1 }, seededRandom(1));
    expect(sorted(exact.negatives)).toEqual([114, 115, 116, 117, 118, 119]);
  });

  it('takes negatives without a positive, at least as many as asked', () => {
    const none = matches.map((m) => (m >= 0 ? ignored : m));
    expect(sampleHardNegatives(none, scores, options, seededRandom(1)).negatives.length).toBe(3);
    const more = sampleHardNegatives(none, scores, { ...options, minNegatives: 5 }, seededRandom(1));
    expect([more.positives.length, more.negatives.length]).toEqual([0, 5]);
  });

  it('refuses scores of other anchors', () => {
    expect(() => sampleHardNegatives(matches, [1], options, seededRandom(1))).toThrow(RangeError);
  });
});
