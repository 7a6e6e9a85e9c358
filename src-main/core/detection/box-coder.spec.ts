import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Box2 } from '../geometry/box';
import { decodeBox, decodeBoxesFlat, encodeBox, encodeBoxesFlat, maxLogScale } from './box-coder';

const anyBox = fc
  .tuple(
    fc.integer({ min: -50, max: 300 }),
    fc.integer({ min: -50, max: 300 }),
    fc.integer({ min: 4, max: 200 }),
    fc.integer({ min: 4, max: 200 }),
  )
  .map(([x, y, w, h]): Box2 => [x, y, x + w, y + h]);

describe('box coder', () => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (anchor, target) => {
        const back = decodeBox(anchor, encodeBox(anchor, target));
        back.forEach((side, n) => expect(side).toBeCloseTo(target[n]!, 6));
      }),
    );
  });

  it('decodes what it encoded in 3D, whatever the weights', () => {
    const side = fc.tuple(fc.integer({ min: -50, max: 300 }), fc.integer({ min: 4, max: 200 }));
    const boxes = fc
      .array(fc.tuple(side, side, side), { minLength: 1, maxLength: 5 })
      .map((all) => all.flatMap(([x, y, z]) => [x[0], y[0], z[0], x[0] + x[1], y[0] + y[1], z[0] + z[1]]));
    const weights = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(boxes, boxes, weights, (a, b, w) => {
        const length = Math.min(a.length, b.length);
        const [anchors, targets] = [a.slice(0, length), b.slice(0, length)];
        const options = { dimensions: 3, weights: w } as const;
        const back = decodeBoxesFlat(anchors, encodeBoxesFlat(anchors, targets, options), options);
        // Float32 deltas: seven digits of the largest number in play.
        back.forEach((v, n) => expect(Math.abs(v - targets[n]!)).toBeLessThan(2e-3));
      }),
    );
  });

  it('multiplies deltas by the weights, and clamps after dividing by them', () => {
    const anchor = [0, 0, 0, 10, 10, 10];
    const options = { dimensions: 3, weights: [10, 10, 10, 5, 5, 5] } as const;
    const deltas = encodeBoxesFlat(anchor, [1, 2, 3, 21, 12, 13], options);
    const expected = [6, 2, 3, 5 * Math.log(2), 0, 0];
    deltas.forEach((v, n) => expect(v).toBeCloseTo(expected[n]!, 5));
    const huge = [0, 0, 0, 5 * (maxLogScale + 1), 0, 0];
    expect(decodeBoxesFlat(anchor, huge, options)[3]! - 5).toBeCloseTo(312.5, 3);
    expect(decodeBoxesFlat(anchor, huge, { ...options, clamp: 0 })[3]).toBe(10);
  });

  it('refuses anchors and boxes that do not pair up', () => {
    expect(() => encodeBoxesFlat([0, 0, 1, 1], [0, 0, 1, 1], { dimensions: 3 })).toThrow(RangeError);
    expect(() => decodeBoxesFlat([0, 0, 1, 1], [0, 0, 0, 0], { dimensions: 2, weights: [1] })).toThrow(
      RangeError,
    );
  });

  it('keeps absurd sizes finite', () => {
    const box = decodeBox([0, 0, 16, 16], [0, 0, 900, 900]);
    expect(box[2] - box[0]).toBeCloseTo(1000, 6);
  });

  itWithShared("agrees with torchvision's", ['golden/rpn2d/box-coder.json'], (file) => {
    const golden = JSON.parse(readFileSync(file!, 'utf8')) as Record<string, Box2[]>;
    golden['anchors']!.forEach((anchor, n) => {
      encodeBox(anchor, golden['targets']![n]!).forEach((v, i) =>
        expect(v).toBeCloseTo(golden['encoded']![n]![i]!, 4),
      );
      decodeBox(anchor, golden['deltas']![n]!).forEach((v, i) => {
        const expected = golden['decoded']![n]![i]!;
        expect(Math.abs(v - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
      });
    });
    const flat = (key: string): number[] => golden[key]!.flatMap((row) => [...row]);
    const options = { dimensions: 2 } as const;
    encodeBoxesFlat(flat('anchors'), flat('targets'), options).forEach((v, n) =>
      expect(v).toBeCloseTo(flat('encoded')[n]!, 4),
    );
    decodeBoxesFlat(flat('anchors'), flat('deltas'), options).forEach((v, n) => {
      const expected = flat('decoded')[n]!;
      expect(Math.abs(v - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
    });
  });
});
