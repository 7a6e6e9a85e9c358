import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Box2 } from '../geometry/box';
import { seededRandom } from '../seeded-random';
import { nonMaximumSuppression, nonMaximumSuppressionFlat, type NmsOptions } from './nms';

describe('non-maximum suppression', () => {
  const boxes: Box2[] = [
    [0, 0, 10, 10],
    [1, 0, 11, 10],
    [20, 20, 30, 30],
    [0, 0, 10, 5],
  ];

  it('keeps the best of those that overlap more than the threshold, best first', () => {
    expect(nonMaximumSuppression(boxes, [0.5, 0.9, 0.7, 0.6], 0.5)).toEqual([1, 2, 3]);
  });

  it('keeps a pair exactly at the threshold, as torchvision does', () => {
    expect(nonMaximumSuppression([boxes[0]!, boxes[3]!], [0.9, 0.8], 0.5)).toEqual([0, 1]);
    expect(nonMaximumSuppression([boxes[0]!, boxes[3]!], [0.9, 0.8], 0.49)).toEqual([0]);
  });

  it('keeps input order among equal scores and stops at the limit', () => {
    expect(nonMaximumSuppression(boxes, [0.5, 0.5, 0.5, 0.5], 0.9)).toEqual([0, 1, 2, 3]);
    expect(nonMaximumSuppression(boxes, [0.5, 0.5, 0.5, 0.5], 0.9, 2)).toEqual([0, 1]);
  });

  itWithShared("equals torchvision's", ['golden/rpn2d/nms.json'], (file) => {
    const golden = JSON.parse(readFileSync(file!, 'utf8')) as {
      boxes: Box2[];
      scores: number[];
      iou: number;
      keep: number[];
    };
    expect(nonMaximumSuppression(golden.boxes, golden.scores, golden.iou)).toEqual(golden.keep);
  });
});

describe('non-maximum suppression of flat boxes', () => {
  it('says which box removed which, in 3D', () => {
    const boxes = [
      ...[0, 0, 0, 10, 10, 10],
      ...[0, 0, 1, 10, 10, 11],
      ...[0, 0, 20, 10, 10, 30],
      ...[0, 0, 0, 10, 10, 9],
    ];
    const { kept, suppressedBy } = nonMaximumSuppressionFlat(boxes, [0.5, 0.9, 0.7, 0.6], {
      dimensions: 3,
      iouThreshold: 0.5,
    });
    expect([...kept]).toEqual([1, 2]);
    expect([...suppressedBy]).toEqual([1, -1, -1, 1]);
  });

  it('refuses boxes that are not as many as the scores', () => {
    expect(() => nonMaximumSuppressionFlat([0, 0, 1, 1], [1], { dimensions: 3, iouThreshold: 0.5 })).toThrow(
      RangeError,
    );
  });

  itWithShared("equals MONAI's", ['golden/retinanet3d/golden.json'], (file) => {
    const { nms3d } = JSON.parse(readFileSync(file!, 'utf8')) as {
      nms3d: { boxes: number[][]; scores: number[]; iou: number; keep: number[] };
    };
    const { kept } = nonMaximumSuppressionFlat(nms3d.boxes.flat(), nms3d.scores, {
      dimensions: 3,
      iouThreshold: nms3d.iou,
    });
    // The file's scores have five digits: among equal ones its order is that of digits it does not hold.
    const inOrder = nms3d.keep.sort((a, b) => nms3d.scores[b]! - nms3d.scores[a]! || a - b);
    expect([...kept]).toEqual(inOrder);
  });
});

describe('non-maximum suppression by the grid', () => {
  /** The rule as it is written: every box against every kept one. */
  function greedy(boxes: readonly number[], scores: readonly number[], o: NmsOptions): [number[], number[]] {
    const { dimensions: d, iouThreshold, limit = Infinity } = o;
    const order = scores.map((_, n) => n).sort((a, b) => scores[b]! - scores[a]! || a - b);
    const iou = (a: number, b: number): number => {
      let [shared, first, second] = [1, 1, 1];
      for (let axis = 0; axis < d; axis++) {
        const [low, high] = [axis, axis + d].map((i) => [boxes[a * 2 * d + i]!, boxes[b * 2 * d + i]!]) as [
          [number, number],
          [number, number],
        ];
        if (Math.min(...high) <= Math.max(...low)) return 0;
        shared *= Math.min(...high) - Math.max(...low);
        first *= high[0] - low[0];
        second *= high[1] - low[1];
      }
      return shared / (first + second - shared);
    };
    const kept: number[] = [];
    const by = scores.map(() => -1);
    for (const n of order) {
      const better = kept.find((k) => iou(n, k) > iouThreshold);
      if (better !== undefined) by[n] = better;
      else if (kept.length < limit) kept.push(n);
    }
    return [kept, by];
  }

  const options = fc.record({
    dimensions: fc.constantFrom(2 as const, 3 as const),
    iouThreshold: fc.oneof(
      fc.constantFrom(-0.1, 0, 0.22, 0.5, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    limit: fc.constantFrom(Infinity, Infinity, 0, 3),
  });
  /** Boxes of many sizes, some upside down or empty, on a coarse lattice so that ties and exact fits are common. */
  const problem = fc.tuple(options, fc.integer({ min: 1, max: 60 })).chain(([o, scale]) => {
    const side = fc.oneof(
      fc.tuple(fc.integer({ min: -20, max: 40 }), fc.integer({ min: -1, max: 12 })),
      fc.tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 200 })),
      fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })),
    );
    const box = fc.array(side, { minLength: o.dimensions, maxLength: o.dimensions });
    const scored = fc.tuple(box, fc.integer({ min: 0, max: scale }));
    return fc.array(scored, { maxLength: 80 }).map((rows) => ({
      o,
      boxes: rows.flatMap(([b]) => [...b.map(([low]) => low), ...b.map(([low, size]) => low + size)]),
      scores: rows.map(([, score]) => score / scale),
    }));
  });

  it('equals the greedy rule, box by box', () => {
    fc.assert(
      fc.property(problem, ({ o, boxes, scores }) => {
        const { kept, suppressedBy } = nonMaximumSuppressionFlat(boxes, scores, o);
        const [expected, by] = greedy(boxes, scores, o);
        expect([...kept]).toEqual(expected);
        expect([...suppressedBy]).toEqual(by);
      }),
      { numRuns: 500 },
    );
  });

  it('equals it for a thousand boxes around a few places', () => {
    const random = seededRandom(7);
    for (const iouThreshold of [0.1, 0.3, 0.7, 0.95]) {
      const boxes: number[] = [];
      for (let n = 0; n < 1000; n++) {
        const size = 4 * 2 ** (4 * random());
        const low = [0, 1, 2].map(() => 60 * (n % 5) + 20 * random());
        boxes.push(...low, ...low.map((v) => v + size * (0.6 + 0.8 * random())));
      }
      const scores = boxes.slice(0, 1000).map(() => random());
      const o = { dimensions: 3, iouThreshold } as const;
      const { kept, suppressedBy } = nonMaximumSuppressionFlat(boxes, scores, o);
      expect([[...kept], [...suppressedBy]]).toEqual(greedy(boxes, scores, o));
    }
  });

  it('keeps all it kept, and takes boxes in another order to the same result', () => {
    fc.assert(
      fc.property(problem, fc.infiniteStream(fc.nat()), ({ o, boxes, scores }, keys) => {
        const width = 2 * o.dimensions;
        const pick = (order: ArrayLike<number>): [number[], number[]] => [
          Array.from(order).flatMap((n) => boxes.slice(n * width, (n + 1) * width)),
          Array.from(order, (n) => scores[n]!),
        ];
        const { kept } = nonMaximumSuppressionFlat(boxes, scores, o);
        const again = nonMaximumSuppressionFlat(...pick(kept), o);
        expect([...again.kept]).toEqual(Array.from(kept, (_, n) => n));
        // Distinct scores, so that the order of the input decides nothing.
        const distinct = scores.map((s, n) => s + n * 1e-6);
        const first = nonMaximumSuppressionFlat(boxes, distinct, o).kept;
        const order = scores
          .map((_, n) => [keys.next().value!, n] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, n]) => n);
        const shuffled = order.flatMap((n) => boxes.slice(n * width, (n + 1) * width));
        const second = nonMaximumSuppressionFlat(
          shuffled,
          order.map((n) => distinct[n]!),
          o,
        ).kept;
        expect(Array.from(second, (n) => order[n]!)).toEqual([...first]);
      }),
    );
  });

  it('leaves boxes without end alone', () => {
    const boxes = [0, 0, Infinity, 10, 0, 0, 10, 10, NaN, 0, 10, 10, 0, 0, 10, 10, 1e308, 0, 1.7e308, 1e-300];
    const { kept } = nonMaximumSuppressionFlat(boxes, [5, 4, 3, 2, 1], { dimensions: 2, iouThreshold: 0.5 });
    expect([...kept]).toEqual([0, 1, 2, 4]);
  });
});
