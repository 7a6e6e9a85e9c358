import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeCocoDataset } from '../../../test-support/coco-dataset';
import { itWithShared } from '../../../test-support/shared-data';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { matchDetections } from './coco-matching';
import { cocoKeys, summarizeCoco, type CocoMetrics } from './coco-metrics';

const numbers = (m: CocoMetrics): number[] => cocoKeys.map((key) => m[key]);
const evaluate = (truth: CocoTruth, detections: CocoDetection[], classAgnostic = false): CocoMetrics =>
  summarizeCoco(matchDetections(truth, detections, { classAgnostic })).metrics();

function expectAll(actual: CocoMetrics, expected: readonly number[]): void {
  numbers(actual).forEach((value, n) =>
    expect(Math.abs(value - expected[n]!), cocoKeys[n]!).toBeLessThan(1e-9),
  );
}

describe('COCO metrics', () => {
  // pycocotools 2.0 COCOeval.stats on the made data set, ids 1.. given to its annotations.
  it('equals pycocotools on made data with crowds, ties and empty images', () => {
    const { truth, detections } = madeCocoDataset();
    expect(truth.annotations.filter((a) => a.iscrowd)).toHaveLength(4);
    expectAll(
      evaluate(truth, detections),
      [
        0.3532477401783962, 0.6268208256870027, 0.2757455930106544, 0.42005961310416756, 0.3970972675104489,
        0.36873644507307873, 0.3326666666666667, 0.5487222222222223, 0.5487222222222223, 0.592929292929293,
        0.571875, 0.4958333333333334,
      ],
    );
  });

  it('equals pycocotools when all categories are one', () => {
    const { truth, detections } = madeCocoDataset();
    expectAll(
      evaluate(truth, detections, true),
      [
        0.3437613713154733, 0.6257567147206955, 0.259449362590607, 0.3969158684210373, 0.377043712067299,
        0.36373057548669846, 0.23278688524590163, 0.5524590163934426, 0.5524590163934426, 0.59,
        0.5541666666666667, 0.5058823529411764,
      ],
    );
  });

  const golden = [
    'golden/metrics/coco-ground-truth.json',
    'golden/metrics/coco-detections.json',
    'golden/metrics/coco-expected.json',
  ];
  itWithShared('equals the golden pycocotools figures', golden, (...files) => {
    const [truth, detections, expected] = files.map(
      (f) => JSON.parse(readFileSync(f, 'utf8')) as unknown,
    ) as unknown as [CocoTruth, CocoDetection[], { stats: CocoMetrics }];
    expectAll(evaluate(truth, detections), numbers(expected.stats));
  });

  it('is -1 where there is nothing to find, as COCOeval says it', () => {
    const truth = {
      images: [{ id: 1, file_name: 'a' }],
      annotations: [],
      categories: [{ id: 1, name: 'x' }],
    };
    expect(numbers(evaluate(truth, []))).toEqual(cocoKeys.map(() => -1));
  });

  it('refuses detections of another data set', () => {
    const { truth } = madeCocoDataset();
    const stranger: CocoDetection = { image_id: 9999, category_id: 1, bbox: [0, 0, 1, 1], score: 1 };
    expect(() => matchDetections(truth, [stranger])).toThrow(/9999/);
  });

  it('weighs an image like that many copies of it', () => {
    const made = madeCocoDataset();
    const { truth } = made;
    // No ties between images: among equals the copies' order would matter.
    const detections = made.detections.map((d, n) => ({ ...d, score: d.score + n * 1e-6 }));
    const summary = summarizeCoco(matchDetections(truth, detections));
    const ids = truth.images.map((i) => i.id).sort((a, b) => a - b);
    const anyWeights = fc.array(fc.nat(3), { minLength: ids.length, maxLength: ids.length });
    fc.assert(
      fc.property(anyWeights, (weights) => {
        const copies = weights.flatMap((w, n) =>
          Array.from({ length: w }, (_, c) => ({ of: ids[n]!, id: n * 10 + c })),
        );
        const spread = <T extends { image_id: number }>(items: readonly T[]): T[] =>
          copies.flatMap(({ of, id }) =>
            items.filter((i) => i.image_id === of).map((i) => ({ ...i, image_id: id })),
          );
        const images = copies.map(({ id }) => ({ id, file_name: '' }));
        const drawn = evaluate(
          { ...truth, images, annotations: spread(truth.annotations) },
          spread(detections),
        );
        expectAll(summary.metrics(weights), numbers(drawn));
      }),
      { numRuns: 30 },
    );
  });
});
