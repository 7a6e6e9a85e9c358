import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { box2Iou, box3Iou } from './box';
import { pairedOverlap, pairwiseOverlap, type Overlap } from './box-overlap';

const overlaps: readonly Overlap[] = ['iou', 'giou', 'diou'];

describe('overlap of boxes', () => {
  it('is what the papers define', () => {
    const a = [0, 0, 2, 2];
    // Shared 1, union 7, hull 9; centres 1 apart along both axes, diagonal of the hull 3 along both.
    const b = [1, 1, 3, 3];
    expect(overlaps.map((o) => pairedOverlap(a, b, 2, o)[0])).toEqual([
      1 / 7,
      expect.closeTo(1 / 7 - 2 / 9, 12),
      expect.closeTo(1 / 7 - 2 / 18, 12),
    ]);
    // Apart by 2 along x: hull 6 x 2, union 8.
    const c = [4, 0, 6, 2];
    expect(overlaps.map((o) => pairedOverlap(a, c, 2, o)[0])).toEqual([
      0,
      expect.closeTo(-4 / 12, 12),
      expect.closeTo(-16 / 40, 12),
    ]);
    // Shared 1, union 15, hull 27.
    expect(overlaps.map((o) => pairedOverlap([0, 0, 0, 2, 2, 2], [1, 1, 1, 3, 3, 3], 3, o)[0])).toEqual([
      1 / 15,
      expect.closeTo(1 / 15 - 12 / 27, 12),
      expect.closeTo(1 / 15 - 3 / 27, 12),
    ]);
  });

  it('is a number for empty boxes', () => {
    expect(overlaps.map((o) => pairedOverlap([1, 1, 1, 1], [1, 1, 1, 1], 2, o)[0])).toEqual([0, 0, 0]);
  });

  it('refuses part of a box', () => {
    expect(() => pairedOverlap([0, 0, 1, 1], [0, 0, 1, 1], 3)).toThrow(RangeError);
    expect(() => pairwiseOverlap([0, 0, 1], [0, 0, 1, 1], 2)).toThrow(RangeError);
  });

  const problem = fc.constantFrom(2 as const, 3 as const).chain((dimensions) => {
    const side = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 15 }));
    const box = fc
      .array(side, { minLength: dimensions, maxLength: dimensions })
      .map((sides) => [...sides.map(([low]) => low), ...sides.map(([low, size]) => low + size)]);
    return fc.record({ dimensions: fc.constant(dimensions), a: box, b: box });
  });

  it('is symmetric, within its bounds, and 1 for a box and itself', () => {
    fc.assert(
      fc.property(problem, ({ dimensions, a, b }) => {
        for (const overlap of overlaps) {
          const value = pairedOverlap(a, b, dimensions, overlap)[0]!;
          expect(pairedOverlap(b, a, dimensions, overlap)[0]).toBe(value);
          expect(value).toBeGreaterThanOrEqual(overlap === 'iou' ? 0 : -1);
          expect(value).toBeLessThanOrEqual(1);
          const solid = a.map((v, n) => (n < dimensions ? v : v + 1));
          expect(pairedOverlap(solid, solid, dimensions, overlap)[0]).toBe(1);
        }
        const one = pairedOverlap(a, b, dimensions)[0];
        const iou = dimensions === 2 ? box2Iou(a as never, b as never) : box3Iou(a as never, b as never);
        expect(iou).toBe(one);
      }),
    );
  });

  const close = (values: ArrayLike<number>, golden: number[][]): void =>
    golden.flat().forEach((v, n) => expect(Math.abs(values[n]! - v)).toBeLessThan(1e-5));

  itWithShared(
    "equals torchvision's in 2D and MONAI's in 3D",
    ['golden/rpn2d/nms.json', 'golden/retinanet3d/golden.json'],
    (plane, volume) => {
      const two = JSON.parse(readFileSync(plane!, 'utf8')) as Record<string, number[][]>;
      const boxes2 = two['boxes']!.slice(0, 10).flat();
      close(pairwiseOverlap(boxes2, boxes2, 2), two['iouFirst10']!);
      close(pairwiseOverlap(boxes2, boxes2, 2, 'giou'), two['giouFirst10']!);
      const { nms3d: three } = JSON.parse(readFileSync(volume!, 'utf8')) as {
        nms3d: Record<string, number[][]>;
      };
      const boxes3 = three['boxes']!.slice(0, 10).flat();
      close(pairwiseOverlap(boxes3, boxes3, 3), three['iou10']!);
      close(pairwiseOverlap(boxes3, boxes3, 3, 'giou'), three['giou10']!);
    },
  );
});
