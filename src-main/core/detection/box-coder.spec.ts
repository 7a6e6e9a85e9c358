import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Box2 } from '../geometry/box';
import { decodeBox, encodeBox } from './box-coder';

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
  });
});
