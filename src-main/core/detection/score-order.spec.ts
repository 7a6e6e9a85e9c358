import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descendingOrder } from './score-order';

describe('order of scores', () => {
  it('is best first, then input order, NaN last, in short lists', () => {
    expect([...descendingOrder([0.1, NaN, 0.9, -0, 0.9, 0, -3, Infinity])]).toEqual([7, 2, 4, 0, 3, 5, 6, 1]);
  });

  it('is the same for long lists, whatever the numbers', () => {
    const few = fc.constantFrom(0, -0, 0.5, -0.5, 1e-310, Infinity, -Infinity, NaN);
    const score = fc.oneof(few, fc.double(), fc.float());
    fc.assert(
      fc.property(fc.array(score, { minLength: 256, maxLength: 600 }), (scores) => {
        const rank = (v: number): number => (Number.isNaN(v) ? -Infinity : Math.max(v, -Number.MAX_VALUE));
        const last = (v: number): number => (Number.isNaN(v) ? 1 : 0);
        const expected = scores
          .map((_, n) => n)
          .sort((a, b) => {
            const [x, y] = [rank(scores[a]!), rank(scores[b]!)];
            return last(scores[a]!) - last(scores[b]!) || (x === y ? 0 : y > x ? 1 : -1) || a - b;
          });
        // -Infinity sorts after every finite score, as rank() would not say of the most negative double.
        fc.pre(!scores.includes(-Number.MAX_VALUE));
        expect([...descendingOrder(scores)]).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
