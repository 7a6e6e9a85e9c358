import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nonMaximumSuppressionFlat } from './nms';
import { softNonMaximumSuppression } from './soft-nms';

// IoU of the first two: 2/3; the third stands apart; the last overlaps the second by 1/3.
const boxes = [...[0, 0, 10, 10], ...[2, 0, 12, 10], ...[50, 50, 60, 60], ...[7, 0, 17, 10]];

describe('soft non-maximum suppression', () => {
  it('multiplies by 1 - IoU above the threshold', () => {
    const result = softNonMaximumSuppression(boxes, [0.9, 0.8, 0.7, 0.6], {
      dimensions: 2,
      decay: 'linear',
      iouThreshold: 0.3,
    });
    // The last falls only when the second is taken: its IoU with the first is 3/17.
    expect([...result.kept]).toEqual([0, 2, 3, 1]);
    const last = 0.8 * (1 / 3) * (2 / 3);
    [0.9, 0.7, 0.6, last].forEach((v, n) => expect(result.scores[n]).toBeCloseTo(v, 12));
  });

  it('multiplies by a Gaussian of the IoU, in 3D', () => {
    const cubes = [0, 0, 0, 10, 10, 10, 0, 0, 2, 10, 10, 12];
    const result = softNonMaximumSuppression(cubes, [0.9, 0.8], {
      dimensions: 3,
      decay: 'gaussian',
      sigma: 0.5,
    });
    expect(result.scores[1]).toBeCloseTo(0.8 * Math.exp(-((2 / 3) ** 2) / 0.5), 12);
  });

  it('drops what falls below the least score, and stops at the limit', () => {
    const options = { dimensions: 2, decay: 'gaussian', sigma: 0.1 } as const;
    const scores = [0.9, 0.8, 0.7, 0.6];
    expect([...softNonMaximumSuppression(boxes, scores, { ...options, minScore: 0.05 }).kept]).toEqual([
      0, 2, 3,
    ]);
    expect([...softNonMaximumSuppression(boxes, scores, { ...options, limit: 1 }).kept]).toEqual([0]);
    expect(() => softNonMaximumSuppression(boxes, [1], options)).toThrow(RangeError);
  });

  it('is hard suppression where the decay is nearly total', () => {
    const side = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 20 }));
    const box = fc.tuple(side, side).map(([x, y]) => [x[0], y[0], x[0] + x[1], y[0] + y[1]]);
    fc.assert(
      fc.property(fc.array(fc.tuple(box, fc.integer({ min: 1, max: 9 })), { maxLength: 30 }), (rows) => {
        const flat = rows.flatMap(([b]) => b);
        const scores = rows.map(([, s]) => s / 10);
        const soft = softNonMaximumSuppression(flat, scores, {
          dimensions: 2,
          decay: 'gaussian',
          sigma: 1e-9,
        });
        const hard = nonMaximumSuppressionFlat(flat, scores, { dimensions: 2, iouThreshold: 0 });
        expect([...soft.kept]).toEqual([...hard.kept]);
      }),
    );
  });
});
