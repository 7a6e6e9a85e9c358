import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateLuna16 } from './evaluate-luna16';
import { matchLuna16, type Luna16Data, type Luna16Mark, type Luna16Nodule } from './luna16';

const nodule = (series: string, x: number, diameter: number): Luna16Nodule => ({
  series,
  center: [x, 0, 0],
  diameter,
});
const mark = (series: string, x: number, score: number): Luna16Mark => ({ series, center: [x, 0, 0], score });

const truth = {
  series: ['a', 'b', 'c'],
  annotations: [nodule('a', 0, 10), nodule('a', 50, 4), nodule('b', 0, 6), nodule('z', 0, 6)],
  excluded: [nodule('a', 100, -1), nodule('a', 3, 4)],
};

describe('matchLuna16', () => {
  it('decides each case of the rule', () => {
    const { counts, matched } = matchLuna16({
      ...truth,
      predictions: [
        mark('a', 1, 0.5), // hits the first nodule
        mark('a', 4, 0.9), // the same one, better: the first is ignored; also on an excluded finding, but a hit goes first
        mark('a', 52, 0.8), // at exactly the radius of the second: not closer, so false
        mark('a', 104, 0.7), // on a finding without diameter: ignored within 5 mm
        mark('a', 105, 0.6), // at 5 mm: false
        mark('c', 0, 0.4), // a scan without nodules
        mark('z', 0, 1), // no listed scan
      ],
    });
    expect(counts).toEqual({
      scans: 3,
      nodules: 3,
      truePositives: 1,
      falsePositives: 3,
      falseNegatives: 2,
      ignoredOnExcluded: 1,
      ignoredDoubleDetections: 1,
      candidates: 6,
      predictionsOnOtherSeries: 1,
    });
    expect(matched.marks.filter((m) => m.lesion >= 0)).toEqual([{ image: 0, score: 0.9, lesion: 0 }]);
  });

  it('lets one mark hit two nodules', () => {
    const annotations = [nodule('a', 0, 10), nodule('a', 2, 10)];
    const { counts } = matchLuna16({ ...truth, annotations, predictions: [mark('a', 1, 1)] });
    expect([counts.truePositives, counts.falsePositives, counts.ignoredDoubleDetections]).toEqual([2, 0, 0]);
  });

  it('keeps at most 100 marks a scan, and none tied with the 101st', () => {
    const far = (n: number, score: number): Luna16Mark[] =>
      Array.from({ length: n }, (_, i) => mark('c', 1000 + i, score));
    const kept = (predictions: Luna16Mark[]): number =>
      matchLuna16({ ...truth, predictions }).counts.candidates;
    expect(kept(far(100, 0.5))).toBe(100);
    expect(kept([...far(60, 0.5), ...far(90, 0.4)])).toBe(60);
    expect(kept(Array.from({ length: 150 }, (_, i) => mark('c', 1000, i)))).toBe(100);
  });

  it('refuses what cannot be scored', () => {
    const run = (data: Partial<Luna16Data>) => () => matchLuna16({ ...truth, predictions: [], ...data });
    expect(run({ series: [] })).toThrow(/No series/);
    expect(run({ series: ['a', 'a'] })).toThrow(/twice/);
    expect(run({ predictions: [mark('q', 0, 1)] })).toThrow(/No prediction is on a listed series/);
  });

  const anyPredictions = fc.array(
    fc.record({
      series: fc.constantFrom('a', 'b', 'c'),
      center: fc.tuple(fc.integer({ min: -8, max: 110 }), fc.constant(0), fc.constant(0)),
      score: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 40 },
  );

  it('accounts for every mark, whatever their order', () => {
    const anyOrders = anyPredictions.chain((p) =>
      fc.tuple(fc.constant(p), fc.shuffledSubarray(p, { minLength: p.length })),
    );
    fc.assert(
      fc.property(anyOrders, ([predictions, shuffled]) => {
        const { counts } = matchLuna16({ ...truth, predictions });
        // These nodules do not overlap, so no mark hits two.
        expect(
          counts.truePositives +
            counts.falsePositives +
            counts.ignoredOnExcluded +
            counts.ignoredDoubleDetections,
        ).toBe(counts.candidates);
        expect(counts.truePositives + counts.falseNegatives).toBe(counts.nodules);
        expect(matchLuna16({ ...truth, predictions: shuffled }).counts).toEqual(counts);
      }),
    );
  });

  it('scores no better with a false mark more', () => {
    const bootstrap = { resamples: 1 };
    fc.assert(
      fc.property(anyPredictions, fc.integer({ min: 0, max: 10 }), (predictions, score) => {
        const cpm = (marks: Luna16Mark[]): number =>
          evaluateLuna16({ ...truth, predictions: marks }, { bootstrap }).cpm;
        expect(cpm([...predictions, mark('c', 500, score)])).toBeLessThanOrEqual(cpm(predictions) + 1e-12);
      }),
    );
  });
});

describe('evaluateLuna16', () => {
  // 8 scans with a nodule each, 6 found; false marks at 0.95 (one) and 0.35 (eight: one a scan).
  const series = Array.from({ length: 8 }, (_, i) => `s${i}`);
  const data: Luna16Data = {
    series,
    annotations: series.map((s, i) => nodule(s, 0, i < 4 ? 5 : 12)),
    excluded: [],
    predictions: [
      ...series.slice(0, 6).map((s, i) => mark(s, 1, 0.9 - i * 0.1)),
      mark('s0', 90, 0.95),
      ...series.map((s) => mark(s, 80, 0.35)),
    ],
  };
  const result = evaluateLuna16(data);

  it('gives the sensitivities that one counts by hand', () => {
    // The false mark comes first: at 1/8 a scan the curve is at its hits above 0.35 (all six).
    expect(result.sensitivityAtFpPerScan).toEqual({
      '0.125': 0.75,
      '0.25': 0.75,
      '0.5': 0.75,
      '1': 0.75,
      '2': 0.75,
      '4': 0.75,
      '8': 0.75,
    });
    expect(result.cpm).toBe(0.75);
  });

  it('gives each size its own row, with all false marks', () => {
    expect(result.perSize.map((r) => [r.size, r.lesions, r.found, r.cpm])).toEqual([
      ['3-6', 4, 4, 1],
      ['10-20', 4, 2, 0.5],
    ]);
    const coarse = evaluateLuna16(data, { sizeEdges: [8], bootstrap: { resamples: 2 } });
    expect(coarse.perSize.map((r) => r.size)).toEqual(['<8', '>=8']);
    expect(() => evaluateLuna16(data, { sizeEdges: [5, 5] })).toThrow(/rising/);
  });

  it('has an interval by scan for each figure', () => {
    expect(Object.keys(result.intervals95)).toEqual([
      'cpm',
      ...['0.125', '0.25', '0.5', '1', '2', '4', '8'].map((r) => `sensitivity@${r}`),
      'brier',
      'expectedCalibrationError',
    ]);
    const [low, high] = result.intervals95['sensitivity@8']!;
    // Six of eight, drawn eight at a time: 3 of 8 is the binomial's 2.7 % point, so the sample's is there or one above.
    expect([0.375, 0.5]).toContain(low);
    expect(high).toBe(1);
  });
});
