import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { cocoMarks } from './coco-marks';
import { matchDetections } from './coco-matching';
import { cpmRates, froc } from './froc';
import { markTable, type MatchedMarks } from './mark-table';

const truth: CocoTruth = {
  images: [1, 2, 3, 4].map((id) => ({ id, file_name: `${id}.png` })),
  categories: [{ id: 1, name: 'lesion' }],
  annotations: [
    { image_id: 1, category_id: 1, bbox: [0, 0, 10, 10] },
    { image_id: 2, category_id: 1, bbox: [0, 0, 10, 10] },
    { image_id: 2, category_id: 1, bbox: [50, 50, 10, 10] },
    { image_id: 3, category_id: 1, bbox: [0, 0, 10, 10] },
    { image_id: 3, category_id: 1, bbox: [80, 80, 40, 40], iscrowd: 1 },
  ],
};
const mark = (image_id: number, score: number, x = 0): CocoDetection => ({
  image_id,
  category_id: 1,
  bbox: [x, x, 10, 10],
  score,
});
// By score: hit, false, hit, second mark on a found lesion (false), on a crowd (nothing), hit; one lesion stays unfound.
const detections = [
  mark(1, 0.9),
  mark(4, 0.8, 20),
  mark(2, 0.7),
  mark(2, 0.6),
  mark(3, 0.55, 85),
  mark(3, 0.5),
];

describe('FROC', () => {
  const curve = froc(cocoMarks(matchDetections(truth, detections)));

  it('has one point a distinct score', () => {
    expect(curve.curve()).toEqual([
      { threshold: 0.9, fpPerImage: 0, sensitivity: 0.25 },
      { threshold: 0.8, fpPerImage: 0.25, sensitivity: 0.25 },
      { threshold: 0.7, fpPerImage: 0.25, sensitivity: 0.5 },
      { threshold: 0.6, fpPerImage: 0.5, sensitivity: 0.5 },
      { threshold: 0.5, fpPerImage: 0.5, sensitivity: 0.75 },
    ]);
    const tied = froc(cocoMarks(matchDetections(truth, [mark(1, 0.9), mark(4, 0.9, 20)])));
    expect(tied.curve()).toEqual([{ threshold: 0.9, fpPerImage: 0.25, sensitivity: 0.25 }]);
    expect(tied.sensitivityAt([0.125])).toEqual([0.125]);
  });

  it('is interpolated between points and level beyond the last', () => {
    expect(curve.sensitivityAt([0, 0.125, 0.25, 0.375, 0.5, 8])).toEqual([0.25, 0.25, 0.5, 0.5, 0.75, 0.75]);
  });

  it('weighs images', () => {
    expect(curve.sensitivityAt([8], [4, 0, 0, 0])).toEqual([1]);
    expect(curve.sensitivityAt([8], [0, 0, 0, 4])).toEqual([-1]);
  });
});

describe('FROC of any marks', () => {
  // Few scores on purpose: ties are where a curve goes wrong.
  const anyMarks = fc
    .record({
      lesions: fc.array(fc.nat(3), { minLength: 1, maxLength: 8 }),
      falseMarks: fc.array(fc.record({ image: fc.nat(3), score: fc.nat(6) }), { maxLength: 20 }),
      found: fc.array(fc.nat(6), { maxLength: 8 }),
    })
    .map(({ lesions, falseMarks, found }): MatchedMarks => ({
      images: 4,
      lesions: lesions.map((image) => ({ image, size: 5 })),
      marks: [
        ...found
          .slice(0, lesions.length)
          .map((score, lesion) => ({ image: lesions[lesion]!, score, lesion })),
        ...falseMarks.map((m) => ({ ...m, lesion: -1 })),
      ],
    }));
  const at = (matched: MatchedMarks): number[] => froc(markTable(matched)).sensitivityAt(cpmRates);

  it('does not change with the order of the marks', () => {
    fc.assert(
      fc.property(
        anyMarks.chain((m) =>
          fc.tuple(fc.constant(m), fc.shuffledSubarray([...m.marks], { minLength: m.marks.length })),
        ),
        ([matched, marks]) => {
          expect(at({ ...matched, marks })).toEqual(at(matched));
        },
      ),
    );
  });

  it('never rises with more false marks', () => {
    fc.assert(
      fc.property(anyMarks, fc.nat(3), fc.integer({ min: -1, max: 7 }), (matched, image, score) => {
        const after = at({ ...matched, marks: [...matched.marks, { image, score, lesion: -1 }] });
        at(matched).forEach((before, r) => expect(after[r]!).toBeLessThanOrEqual(before + 1e-12));
      }),
    );
  });

  it('rises with the rate, and agrees with its own curve where a point lies', () => {
    fc.assert(
      fc.property(anyMarks, (matched) => {
        const curve = froc(markTable(matched));
        const values = curve.sensitivityAt(cpmRates);
        expect([...values].sort((a, b) => a - b)).toEqual(values);
        const highest = new Map(curve.curve().map((p) => [p.fpPerImage, p.sensitivity]));
        for (const [rate, sensitivity] of highest) expect(curve.sensitivityAt([rate])).toEqual([sensitivity]);
      }),
    );
  });

  it('answers in the order asked', () => {
    fc.assert(
      fc.property(anyMarks, (matched) => {
        const reversed = froc(markTable(matched)).sensitivityAt([...cpmRates].reverse());
        expect(reversed.reverse()).toEqual(at(matched));
      }),
    );
  });
});
