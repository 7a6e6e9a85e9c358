import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { centreMarks } from './centre-marks';
import { cocoMarks } from './coco-marks';
import { matchDetections } from './coco-matching';
import { countOutcome, pictureOutcomes } from './picture-outcomes';

const side = fc.integer({ min: 3, max: 12 });
const box = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), side, side);
const image_id = fc.constantFrom(1, 2);
const category_id = fc.constantFrom(1, 2);

describe('picture outcomes', () => {
  it.each(['iou', 'centre'] as const)('count what the evaluation counts by %s, at any threshold', (hit) => {
    const annotations = fc.array(
      fc.record({ image_id, category_id, bbox: box, iscrowd: fc.constantFrom(0, 0, 0, 1) }),
      {
        maxLength: 6,
      },
    );
    const detections = fc.uniqueArray(
      fc.record({ image_id, category_id, bbox: box, score: fc.integer({ min: 1, max: 99 }) }),
      {
        maxLength: 12,
        selector: (d) => d.score,
      },
    );
    fc.assert(
      fc.property(annotations, detections, fc.integer({ min: 0, max: 50 }), (wanted, found, threshold) => {
        const truth: CocoTruth = {
          images: [1, 2].map((id) => ({ id, file_name: `${id}.png` })),
          categories: [1, 2].map((id) => ({ id, name: String(id) })),
          annotations: wanted,
        };
        const shown: CocoDetection[] = found.filter((d) => d.score >= threshold);
        const table = matchDetections(truth, shown);
        const marks = hit === 'iou' ? cocoMarks(table) : centreMarks(truth, shown, table.imageIds);
        const outcomes = pictureOutcomes(truth, found, threshold, hit);
        outcomes.forEach((o, i) => {
          const own = [...marks.hit.keys()].filter((m) => marks.image[m] === i);
          const hits = own.filter((m) => marks.hit[m] === 1).length;
          expect(countOutcome(o)).toEqual({
            hits,
            misses: marks.positives[i]! - hits,
            falseAlarms: own.length - hits,
          });
          expect(o.marks.map((m) => m.score)).toEqual(own.map((m) => marks.scores[m]));
        });
      }),
      { numRuns: 400 },
    );
  });
});
