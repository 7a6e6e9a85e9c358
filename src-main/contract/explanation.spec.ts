import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type * as core from '../core/detection/explanation';
import { explainedPoint, explanation } from './explanation';

/** Zod's types are mutable, core's are readonly: that is the one difference allowed. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

describe("contract's explanation", () => {
  it("is core's (checked by tsc)", () => {
    expectTypeOf<Mutable<z.output<typeof explanation>>>().toEqualTypeOf<Mutable<core.Explanation>>();
  });

  it('takes points in px with their frame, or in LPS, and nothing between', () => {
    const takes = (point: unknown): boolean => explainedPoint.safeParse(point).success;
    expect(takes({ space: 'px', frame: 0, point: [1.5, 2] })).toBe(true);
    expect(takes({ space: 'lps', point: [1, 2, -3.5] })).toBe(true);
    expect(takes({ space: 'px', point: [1, 2] })).toBe(false);
    expect(takes({ space: 'px', frame: -1, point: [1, 2] })).toBe(false);
    expect(takes({ space: 'lps', point: [1, NaN, 2] })).toBe(false);
  });

  it('refuses maps as plain numbers', () => {
    const { error } = explanation.safeParse({
      kind: 'volume',
      point: [0, 0, 0],
      window: { boxLps: [0, 0, 0, 1, 1, 1], spacing: [1, 1, 1] },
      skipped: false,
      scoreFloor: 0.1,
      levels: [
        {
          stride: [2, 2, 2],
          rows: 1,
          columns: 1,
          plane: { corner: [0, 0, 0], columnStep: [1, 0, 0], rowStep: [0, 1, 0] },
          cell: [0, 0, 0],
          anchors: [],
          objectness: [0.5],
        },
      ],
      boxes: [],
      boxCount: 0,
    });
    expect(error?.issues.map((i) => i.path.join('.'))).toEqual(['levels.0.objectness']);
  });
});
