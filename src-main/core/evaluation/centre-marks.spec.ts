import { describe, expect, it } from 'vitest';
import { madeCocoDataset } from '../../../test-support/coco-dataset';
import { centreMarks } from './centre-marks';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { evaluateCoco } from './evaluate-coco';
import { froc } from './froc';

const truth: CocoTruth = {
  images: [
    { id: 7, file_name: 'a' },
    { id: 3, file_name: 'b' },
  ],
  categories: [
    { id: 1, name: 'bright' },
    { id: 2, name: 'dark' },
  ],
  annotations: [
    { image_id: 7, category_id: 1, bbox: [100, 100, 6, 6] },
    { image_id: 7, category_id: 1, bbox: [200, 200, 80, 60] },
    { image_id: 7, category_id: 2, bbox: [300, 300, 10, 10] },
    { image_id: 7, category_id: 1, bbox: [400, 0, 50, 50], iscrowd: 1 },
  ],
};
const mark = (
  bbox: readonly [number, number, number, number],
  score: number,
  category_id = 1,
): CocoDetection => ({
  image_id: 7,
  category_id,
  bbox,
  score,
});
const hits = (detections: readonly CocoDetection[], classAgnostic = false): (readonly [number, number])[] => {
  const table = centreMarks(truth, detections, [3, 7], { classAgnostic });
  expect([...table.positives]).toEqual([0, 3]);
  expect(table.image.every((n) => n === 1)).toBe(true);
  return [...table.scores].map((score, n) => [score, table.hit[n]!] as const);
};

describe('marks that point', () => {
  it("hit by their own centre or the lesion's, however little they overlap", () => {
    // Twice as large as the point mark: IoU 0.25; and a small mark in a corner of the region.
    expect(hits([mark([97, 97, 12, 12], 0.9), mark([205, 205, 6, 6], 0.8)])).toEqual([
      [0.9, 1],
      [0.8, 1],
    ]);
    expect(hits([mark([107, 107, 4, 4], 0.9)])).toEqual([[0.9, 0]]);
  });

  it('find a lesion once; more of them, and those in a crowd, count for nothing', () => {
    const three = [
      mark([210, 210, 10, 10], 0.9),
      mark([240, 220, 10, 10], 0.7),
      mark([260, 230, 10, 10], 0.6),
    ];
    expect(hits(three)).toEqual([[0.9, 1]]);
    expect(hits([mark([410, 10, 20, 20], 0.9), mark([440, 40, 30, 30], 0.5)])).toEqual([[0.5, 0]]);
  });

  it('find one lesion each, the one that they fit best', () => {
    const around = mark([90, 90, 230, 230], 0.9);
    expect(hits([around, mark([99, 99, 8, 8], 0.8)])).toEqual([
      [0.9, 1],
      [0.8, 1],
    ]);
  });

  it('are matched within their category unless all count as one', () => {
    expect(hits([mark([300, 300, 10, 10], 0.9)])).toEqual([[0.9, 0]]);
    expect(hits([mark([300, 300, 10, 10], 0.9)], true)).toEqual([[0.9, 1]]);
  });

  it('find at least what they find by IoU, and leave average precision alone', () => {
    const made = madeCocoDataset();
    const byIou = evaluateCoco(made.truth, made.detections, { bootstrap: { resamples: 20 } });
    const byCentre = evaluateCoco(made.truth, made.detections, {
      hit: 'centre',
      bootstrap: { resamples: 20 },
    });
    expect(byCentre.metrics).toEqual(byIou.metrics);
    const last = (e: typeof byIou): number => froc(e.marks).curve().at(-1)!.sensitivity;
    expect(last(byCentre)).toBeGreaterThanOrEqual(last(byIou));
    expect(byCentre.marks.positives).toEqual(byIou.marks.positives);
  });
});
