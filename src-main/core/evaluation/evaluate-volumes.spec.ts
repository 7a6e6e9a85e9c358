import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeCocoDataset } from '../../../test-support/coco-dataset';
import type { Box3 } from '../geometry/box';
import { matchDetections } from './coco-matching';
import { summarizeCoco } from './coco-metrics';
import { evaluateVolumes, type VolumeEvaluation } from './evaluate-volumes';
import type { VolumeMark, VolumeTruth } from './volume-dataset';
import { prepareVolumes, type HitRule, type VolumeMatchOptions } from './volume-matching';

const quick = { resamples: 20 };
/** A cube of 10 mm beginning at x. */
const cube = (x: number, side = 10): Box3 => [x, 0, 0, x + side, side, side];
const truth: VolumeTruth = {
  series: [{ id: 'a' }, { id: 'b' }],
  lesions: [
    { series: 'a', box: cube(0) },
    { series: 'a', box: cube(100, 4) },
    { series: 'b', box: cube(0, 25), ignore: true },
    { series: 'b', box: cube(200), size: 8 },
  ],
};
const mark = (series: string, x: number, score: number, side = 10): VolumeMark => ({
  series,
  box: cube(x, side),
  score,
});
const iou = (threshold: number): HitRule => ({ kind: 'iou', threshold });

const outcomes = (marks: VolumeMark[], rule: HitRule, options: VolumeMatchOptions = {}) => {
  const { marks: matched, lesions, ignored } = prepareVolumes(truth, marks).match(rule, options);
  const hits = matched.filter((m) => m.lesion >= 0);
  return {
    hits: hits.map((m) => m.score),
    misses: matched.length - hits.length,
    ignored,
    lesions: lesions.length,
  };
};

describe('matching in volumes', () => {
  it('hits at the IoU, the overlap divided by the union', () => {
    // Shifted by 5 of 10 mm: 500 / 1500.
    const marks = [mark('a', 5, 0.9)];
    expect(outcomes(marks, iou(1 / 3))).toEqual({ hits: [0.9], misses: 0, ignored: 0, lesions: 3 });
    expect(outcomes(marks, iou(0.34))).toEqual({ hits: [], misses: 1, ignored: 0, lesions: 3 });
  });

  it('gives a lesion to its best-scoring mark; a second is false, or nothing', () => {
    const marks = [mark('a', 0, 0.5), mark('a', 2, 0.9)];
    expect(outcomes(marks, iou(0.5))).toMatchObject({ hits: [0.9], misses: 1, ignored: 0 });
    expect(outcomes(marks, iou(0.5), { doubleHits: 'ignore' })).toMatchObject({
      hits: [0.9],
      misses: 0,
      ignored: 1,
    });
  });

  it('lets a mark take the lesion it fits best', () => {
    const near: VolumeTruth = {
      series: [{ id: 'a' }],
      lesions: [
        { series: 'a', box: cube(0) },
        { series: 'a', box: cube(4) },
      ],
    };
    const { marks, lesions } = prepareVolumes(near, [mark('a', 3, 1)]).match(iou(0.1));
    expect(lesions).toHaveLength(2);
    expect(marks).toEqual([{ image: 0, score: 1, lesion: 1 }]);
  });

  it('counts nothing on a lesion to ignore, however often it is marked', () => {
    const marks = [mark('b', 0, 0.9, 25), mark('b', 1, 0.8, 25), mark('b', 50, 0.7)];
    expect(outcomes(marks, iou(0.5))).toMatchObject({ hits: [], misses: 1, ignored: 2 });
  });

  it('hits by centre within half the size, strictly', () => {
    // The lesion at 200 has its centre at 205 and says it is 8 mm: hits end 4 mm away.
    const at = (offset: number) => outcomes([mark('b', 200 + offset, 1)], { kind: 'centre' }).hits.length;
    expect([0, 3.9, 4].map(at)).toEqual([1, 1, 0]);
  });

  it('sees only one range of sizes when asked', () => {
    const sizes = { name: '3-6', low: 3, high: 6 };
    // On the 10 mm lesion, on the 4 mm one, and two false ones, of which the 10 mm one is another size.
    const marks = [mark('a', 0, 0.9), mark('a', 100, 0.8, 4), mark('a', 300, 0.7), mark('a', 400, 0.6, 5)];
    expect(outcomes(marks, iou(0.5), { sizes })).toEqual({ hits: [0.8], misses: 1, ignored: 2, lesions: 1 });
  });

  it('keeps the best hundred marks of a series', () => {
    const marks = Array.from({ length: 130 }, (_, i) => mark('a', 1000 + i, i / 130));
    expect(outcomes(marks, iou(0.5)).misses).toBe(100);
  });

  it('refuses another data set', () => {
    expect(() => prepareVolumes(truth, [mark('q', 0, 1)])).toThrow(/prediction is on a series/);
    expect(() => prepareVolumes({ ...truth, series: [{ id: 'a' }] }, [])).toThrow(/lesion is on a series/);
    expect(() => prepareVolumes({ series: [{ id: 'a' }, { id: 'a' }], lesions: [] }, [])).toThrow(/twice/);
  });
});

describe('evaluateVolumes', () => {
  it('gives the average precision that one computes by hand', () => {
    // By score: hit (IoU 1), false, hit of IoU 3/7 (found up to 0.4), and one lesion of three never found.
    const marks = [mark('a', 0, 0.9), mark('a', 300, 0.8), mark('b', 204, 0.7)];
    const { averagePrecision: ap, counts } = evaluateVolumes(truth, marks, { bootstrap: quick });
    // Precision 1 up to recall 1/3 (34 of 101 recalls), 2/3 up to 2/3 (33 more).
    const loose = (34 + 33 * (2 / 3)) / 101;
    expect(ap['AP10']).toBeCloseTo(loose, 12);
    expect(ap['AP40']).toBeCloseTo(loose, 12);
    expect(ap['AP50']).toBeCloseTo(34 / 101, 12);
    expect(ap['AP']).toBeCloseTo((4 * loose + 34 / 101) / 5, 12);
    expect(counts).toEqual({
      series: 2,
      patients: 2,
      lesions: 3,
      predictions: 3,
      truePositives: 2,
      falsePositives: 1,
      falseNegatives: 1,
      ignored: 0,
    });
  });

  it('agrees with COCO on flat volumes', () => {
    const made = madeCocoDataset();
    const flat = ([x, y, w, h]: readonly [number, number, number, number]): Box3 => [
      x,
      y,
      0,
      x + w,
      y + h,
      1,
    ];
    const annotations = made.truth.annotations.filter((a) => a.iscrowd !== 1);
    const coco = summarizeCoco(
      matchDetections({ ...made.truth, annotations }, made.detections, { classAgnostic: true }),
    ).metrics();
    const result = evaluateVolumes(
      {
        // COCOeval goes through images by id, which settles ties.
        series: [...made.truth.images].sort((a, b) => a.id - b.id).map((i) => ({ id: String(i.id) })),
        lesions: annotations.map((a) => ({ series: String(a.image_id), box: flat(a.bbox) })),
      },
      made.detections.map((d) => ({ series: String(d.image_id), box: flat(d.bbox), score: d.score })),
      { bootstrap: quick },
    );
    expect(result.averagePrecision['AP50']).toBeCloseTo(coco.AP50, 12);
    // pycocotools 2.0 COCOeval on the same boxes, iouThrs = [0.1, 0.2, 0.3, 0.4, 0.5], area 'all', 100 detections.
    const pycocotools = {
      AP: 0.5852985101459612,
      AP10: 0.60609618848857,
      AP20: 0.5924689491548133,
      AP30: 0.5879684991098088,
      AP40: 0.5699794569883071,
      AP50: 0.5699794569883071,
    };
    for (const [key, value] of Object.entries(pycocotools))
      expect(Math.abs(result.averagePrecision[key]! - value), key).toBeLessThan(1e-9);
  });

  const tables = (result: VolumeEvaluation) => result.perSize.map((r) => [r.size, r.lesions, r.found]);

  it('has tables by size and by any field', () => {
    const sited: VolumeTruth = {
      ...truth,
      series: [
        { id: 'a', patient: 1, site: 'north', scanner: 'X' },
        { id: 'b', patient: 1, site: 'south', scanner: 'X' },
      ],
    };
    const marks = [mark('a', 0, 0.9), mark('a', 300, 0.8)];
    const result = evaluateVolumes(sited, marks, { by: ['site', 'scanner', 'age'], bootstrap: quick });
    expect(tables(result)).toEqual([
      ['3-6', 1, 0],
      ['6-10', 1, 0],
      ['10-20', 1, 1],
    ]);
    // The 10 mm bin alone: its one lesion is found first.
    expect(result.perSize[2]!.averagePrecision['AP10']).toBeCloseTo(1, 12);
    expect(result.subgroups['site']!.map((r) => [r.value, r.images, r.figures['cpm']])).toEqual([
      ['north', 1, 0.5],
      ['south', 1, 0],
    ]);
    expect(result.subgroups['scanner']!.map((r) => [r.value, r.images])).toEqual([['X', 2]]);
    expect(result.subgroups['age']).toEqual([]);
    expect(result.counts.patients).toBe(1);
    // One patient: every draw is the same.
    expect(result.intervals95['cpm']).toEqual([result.cpm, result.cpm]);
  });

  it('says -1 where nothing is to be found', () => {
    const result = evaluateVolumes({ series: [{ id: 'a' }], lesions: [] }, [mark('a', 0, 1)], {
      bootstrap: quick,
    });
    expect(new Set(Object.values(result.averagePrecision))).toEqual(new Set([-1]));
    expect([result.cpm, result.perSize, result.intervals95['cpm']]).toEqual([-1, [], undefined]);
  });

  const anyMarks = fc.uniqueArray(
    fc.record({
      series: fc.constantFrom('a', 'b'),
      x: fc.integer({ min: -10, max: 210 }),
      score: fc.integer({ min: 0, max: 1000 }),
    }),
    { maxLength: 20, selector: (m) => m.score },
  );
  const figures = (marks: { series: string; x: number; score: number }[], hit: HitRule) => {
    const result = evaluateVolumes(
      truth,
      marks.map((m) => mark(m.series, m.x, m.score / 1000)),
      { hit, bootstrap: { resamples: 1 } },
    );
    return [...Object.values(result.averagePrecision), ...Object.values(result.sensitivityAtFpPerScan)];
  };
  const anyRule = fc.constantFrom<HitRule>(iou(0.1), iou(0.5), { kind: 'centre' });

  it('does not change with the order of the marks', () => {
    const anyOrders = anyMarks.chain((m) =>
      fc.tuple(fc.constant(m), fc.shuffledSubarray(m, { minLength: m.length })),
    );
    fc.assert(
      fc.property(anyOrders, anyRule, ([marks, shuffled], rule) => {
        expect(figures(shuffled, rule)).toEqual(figures(marks, rule));
      }),
      { numRuns: 50 },
    );
  });

  it('is no better with a false mark more', () => {
    fc.assert(
      fc.property(anyMarks, anyRule, fc.integer({ min: 0, max: 1000 }), (marks, rule, score) => {
        const after = figures([...marks, { series: 'a', x: 1000, score }], rule);
        figures(marks, rule).forEach((before, n) => expect(after[n]!).toBeLessThanOrEqual(before + 1e-12));
      }),
      { numRuns: 50 },
    );
  });
});
