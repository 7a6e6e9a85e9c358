import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterBoxes } from './box-clustering';

const options = { dimensions: 2, iouThreshold: 0.3 } as const;

describe('weighted box clustering', () => {
  // IoU of the two: 80 / 120; both of area 100.
  const boxes = [0, 0, 10, 10, 2, 0, 12, 10];
  const weight = 80 / 120;

  it('averages corners by score, overlap with the best, and area', () => {
    const { boxes: made, scores, clusterOf } = clusterBoxes(boxes, [0.8, 0.4], options);
    expect(scores[0]).toBeCloseTo((0.8 + 0.4 * weight) / (1 + weight), 12);
    expect(made[0]).toBeCloseTo((2 * 0.4 * weight) / (0.8 + 0.4 * weight), 12);
    expect([made[1], made[3]]).toEqual([0, 10]);
    expect([...clusterOf]).toEqual([0, 0]);
  });

  it('lowers the score where a view that covers the place saw nothing', () => {
    const seen = { ...options, views: [0, 1], expectedViews: [2, 2] };
    const all = clusterBoxes(boxes, [0.8, 0.4], seen).scores[0]!;
    const missing = clusterBoxes(boxes, [0.8, 0.4], { ...seen, expectedViews: [4, 4] }).scores[0]!;
    // Two of four views: the weights of the two, and twice their mean, below the same sum of scores.
    expect(missing).toBeCloseTo(all / 2, 12);
    const twice = clusterBoxes(boxes, [0.8, 0.4], { ...seen, views: [1, 1] }).scores[0]!;
    expect(twice).toBeCloseTo(all / 1.5, 12);
  });

  it('trusts boxes by the weights given, in 3D', () => {
    const cubes = [0, 0, 0, 10, 10, 10, 0, 0, 2, 10, 10, 12];
    const three = { dimensions: 3, iouThreshold: 0.3, weights: [0.5, 1.5] } as const;
    const { boxes: made, scores } = clusterBoxes(cubes, [0.8, 0.4], three);
    expect(scores[0]).toBeCloseTo((0.5 * 0.8 + 1.5 * weight * 0.4) / (0.5 + 1.5 * weight), 12);
    expect(made[2]).toBeCloseTo((2 * 1.5 * weight * 0.4) / (0.5 * 0.8 + 1.5 * weight * 0.4), 12);
  });

  it('orders clusters by their new score and drops those that hardly have one', () => {
    const apart = [...boxes, 50, 50, 60, 60, 90, 90, 99, 99];
    const { scores, clusterOf } = clusterBoxes(apart, [0.8, 0.1, 0.7, 0.005], options);
    expect(scores[0]).toBe(0.7);
    expect([...clusterOf]).toEqual([1, 1, 0, -1]);
  });

  it('stays within the boxes it averages, and leaves one box as it is', () => {
    const side = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 20 }));
    const box = fc.tuple(side, side).map(([x, y]) => [x[0], y[0], x[0] + x[1], y[0] + y[1]]);
    fc.assert(
      fc.property(fc.array(fc.tuple(box, fc.integer({ min: 1, max: 9 })), { maxLength: 20 }), (rows) => {
        const scores = rows.map(([, s]) => s / 10);
        const result = clusterBoxes(
          rows.flatMap(([b]) => b),
          scores,
          options,
        );
        for (let k = 0; k < result.scores.length; k++) {
          const members = rows.filter((_, n) => result.clusterOf[n] === k);
          for (let i = 0; i < 4; i++) {
            const corner = members.map(([b]) => b[i]!);
            expect(result.boxes[k * 4 + i]).toBeGreaterThan(Math.min(...corner) - 1e-9);
            expect(result.boxes[k * 4 + i]).toBeLessThan(Math.max(...corner) + 1e-9);
          }
          if (members.length === 1) expect(result.scores[k]).toBeCloseTo(members[0]![1] / 10, 12);
        }
      }),
    );
  });
});
