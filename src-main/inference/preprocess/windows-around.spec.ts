import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../core/geometry/vec3';
import { answersFor, planWindows } from './volume-windows';
import { planAround, type CellMask } from './windows-around';

const input = {
  spacing: [1, 1, 1] as [number, number, number],
  orientation: 'LPS',
  intensity: { low: -1000, high: 400 },
  window: [32, 32, 32] as [number, number, number],
  overlap: 0.25,
};
const side: Vec3 = [8, 8, 8];
const context: Vec3 = [1, 1, 1];

/** A mask of balls, each a centre and a radius in cells. */
function balls(dims: Vec3, of: readonly { readonly at: Vec3; readonly radius: number }[]): CellMask {
  const set = new Uint8Array(dims[0] * dims[1] * dims[2]);
  for (let n = 0; n < set.length; n++) {
    const cell = [n % dims[0], Math.floor(n / dims[0]) % dims[1], Math.floor(n / dims[0] / dims[1])];
    set[n] = Number(of.some(({ at, radius }) => Math.hypot(...cell.map((v, a) => v - at[a]!)) <= radius));
  }
  return { dims, set, side, context };
}

/** Places a third into each set cell, in voxels. */
const places = ({ dims, set }: CellMask): Vec3[] =>
  [...set.keys()]
    .filter((n) => set[n])
    .map((n) => [
      (n % dims[0]) * 8 + 3,
      (Math.floor(n / dims[0]) % dims[1]) * 8 + 3,
      Math.floor(n / dims[0] / dims[1]) * 8 + 3,
    ]);

const cell = fc.integer({ min: 0, max: 15 });
const mask = fc
  .array(fc.record({ at: fc.tuple(cell, cell, cell), radius: fc.double({ min: 0, max: 5, noNaN: true }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((of) =>
    fc
      .tuple(
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 3, max: 16 }),
        fc.integer({ min: 5, max: 16 }),
      )
      .map((dims) => balls(dims, of)),
  )
  .filter(({ set }) => set.includes(1));

describe('windows around what a model looks at', () => {
  it('answer once for every place of it, start at whole cells, and see what lies around it', () => {
    fc.assert(
      fc.property(mask, (made) => {
        const plan = planAround(made, input, () => true);
        const voxels = made.dims.map((n) => n * 8);
        plan.windows.forEach(({ start }) =>
          start.forEach((v, a) => {
            expect(v % 8).toBe(0);
            expect(v).toBeGreaterThanOrEqual(0);
            expect(v + plan.size[a]!).toBeLessThanOrEqual(Math.max(voxels[a]!, plan.size[a]!));
          }),
        );
        for (const place of places(made)) {
          const own = plan.windows.filter((w) => answersFor(w, place));
          expect(own).toHaveLength(1);
          place.forEach((v, a) => {
            // Windows share 8 voxels, and each answers up to the middle of them.
            const begin = own[0]!.start[a]!;
            expect(begin).toBeLessThanOrEqual(Math.max(0, v - 4));
            expect(begin + plan.size[a]!).toBeGreaterThanOrEqual(Math.min(voxels[a]!, v + 4));
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('hold fewer voxels than windows over the whole grid, in sizes that the network can be run on', () => {
    const made = balls(
      [16, 12, 16],
      [
        { at: [4, 6, 8], radius: 4 },
        { at: [12, 6, 8], radius: 4 },
      ],
    );
    const cost = (plan: ReturnType<typeof planAround>): number =>
      plan.windows.length * plan.size[0] * plan.size[1] * plan.size[2];
    const whole = planWindows([128, 96, 128], input, side);
    const around = planAround(made, input, () => true);
    expect(cost(around)).toBeLessThan(0.6 * cost(whole));
    const small = planAround(made, input, ([x, y, z]) => x * y * z <= 40 ** 3);
    expect(small.size[0] * small.size[1] * small.size[2]).toBeLessThanOrEqual(40 ** 3);
    expect(cost(small)).toBeGreaterThanOrEqual(cost(around));
  });

  it('are none over what the model does not look at', () => {
    const made = balls(
      [16, 8, 8],
      [
        { at: [1, 4, 4], radius: 1 },
        { at: [14, 4, 4], radius: 1 },
      ],
    );
    const plan = planAround(made, input, () => true);
    expect(plan.windows.some((w) => answersFor(w, [64, 36, 36]))).toBe(false);
  });
});
