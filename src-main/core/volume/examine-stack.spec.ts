import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, scale, type Vec3 } from '../geometry/vec3';
import { examineStack, type SlicePlace } from './examine-stack';

const up: Vec3 = [0, 0, 1];
/** Slices at heights `z`, numbered as they come. */
const at = (...heights: number[]): SlicePlace[] =>
  heights.map((z, n) => ({ position: [0, 0, z], number: n + 1, frame: 0 }));
const codes = (places: readonly SlicePlace[]): string[] =>
  examineStack(places, up)!.issues.map((i) => `${i.code} ${i.severity}`);

describe('slices in order', () => {
  it('finds nothing in an even stack, whatever its direction and order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0.3, max: 12, noNaN: true }),
        fc.constantFrom<Vec3>([0, 0, 1], [0, 1, 0], [-1, 0, 0], [0, 0.6, 0.8]),
        fc.infiniteStream(fc.nat()),
        (count, spacing, normal, keys) => {
          const origin: Vec3 = [-120, 35, -900];
          const places = Array.from({ length: count }, (_, k) => ({
            key: keys.next().value ?? 0,
            place: { position: add(origin, scale(normal, spacing * k)), number: k + 1, frame: 0 },
          }))
            .sort((a, b) => a.key - b.key)
            .map((p) => p.place);
          const found = examineStack(places, normal)!;
          expect(found.issues).toEqual([]);
          expect(found.spacing).toBeCloseTo(spacing, 6);
          expect(found.kept.map((n) => places[n]!.number)).toEqual(places.map((_, k) => k + 1));
        },
      ),
      { seed: 6, numRuns: 100 },
    );
  });

  it.each([
    ['a missing slice', at(0, 2, 4, 8, 10), ['gap unsafe']],
    ['three missing slices in two gaps', at(0, 2, 6, 8, 10, 16, 18, 20, 22), ['gap unsafe']],
    ['a doubled slice', at(0, 2, 4, 4.001, 6), ['doubled-slices warning']],
    ['uneven slices', at(0, 2, 4.5, 6, 8), ['irregular-spacing warning']],
    [
      'slices that drift off the even stack',
      at(0, 2, 4, 6, 8, 10.8, 13.6, 16.4, 19.2),
      ['irregular-spacing warning', 'off-grid unsafe'],
    ],
    ['numbers that run backwards', at(8, 6, 4, 2, 0), ['numbering-reversed note']],
    ['numbers in no order', at(0, 4, 2, 8, 6), ['numbering-disordered warning']],
  ])('names %s', (_, places, expected) => {
    expect(codes(places)).toEqual(expected);
  });

  it('counts missing slices', () => {
    expect(examineStack(at(0, 2, 6, 8, 10, 16, 18, 20, 22), up)!.issues[0]!.text).toContain(
      '3 slices are missing',
    );
  });

  it('follows the line of a tilted gantry', () => {
    const places = Array.from({ length: 9 }, (_, k): SlicePlace => ({
      position: [0, k * 0.5, k * 2.5],
      number: k,
      frame: 0,
    }));
    const found = examineStack(places, up)!;
    expect(found.issues.map((i) => i.code)).toEqual(['gantry-tilt']);
    expect(found.issues[0]!.text).toContain('11.3 degrees');
    expect(found.spacing).toBeCloseTo(Math.hypot(0.5, 2.5), 9);
    expect(found.direction[1]).toBeCloseTo(0.5 / Math.hypot(0.5, 2.5), 9);
  });

  it('is no stack where all slices lie at one place', () => {
    expect(examineStack(at(3, 3, 3.005), up)).toBeNull();
  });
});
