import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box2 } from '../geometry/box';
import { quotasByLesionSize } from './level-quotas';

const square = (side: number): Box2 => [10, 10, 10 + side, 10 + side];

describe('quotas by lesion size', () => {
  it('gives a level its share of the lesions above the least that every level has', () => {
    const boxes = [square(20), square(22), square(30), square(100)];
    expect(quotasByLesionSize([24, 48, 96], boxes, { total: 130, minimum: 10 })).toEqual([85, 10, 35]);
  });

  it('deals evenly where there is no lesion to go by', () => {
    expect(quotasByLesionSize([24, 48], [], { total: 100, minimum: 10 })).toEqual([50, 50]);
  });

  it('always sums to the total and keeps the minimum', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 600 }), { maxLength: 40 }),
        fc.integer({ min: 40, max: 900 }),
        (sides, total) => {
          const quotas = quotasByLesionSize([24, 48, 96, 192], sides.map(square), { total, minimum: 10 });
          expect(quotas.reduce((a, b) => a + b, 0)).toBe(total);
          expect(Math.min(...quotas)).toBeGreaterThanOrEqual(10);
        },
      ),
    );
  });
});
