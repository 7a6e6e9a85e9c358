import { describe, expect, it } from 'vitest';
import { madeLung, madeThorax, type ThoraxOptions } from '../../../test-support/made-thorax';
import { lpsToIjk } from '../geometry/affine';
import type { Vec3 } from '../geometry/vec3';
import { seededRandom } from '../seeded-random';
import { squaredDistances } from './distance-map';
import { findLungs, lungDistances, type LungMask } from './lung-mask';

const found = (options: ThoraxOptions): LungMask => {
  const search = findLungs(madeThorax(options));
  if (!search.mask) throw new Error(search.reason);
  return search.mask;
};
const at = ({ grid }: LungMask, point: Vec3): number => {
  const [x, y, z] = lpsToIjk(grid, point).map(Math.round) as unknown as Vec3;
  return (z * grid.dims[1] + y) * grid.dims[0] + x;
};
const holds = (mask: LungMask, point: Vec3): boolean => mask.inside[at(mask, point)] === 1;
const millilitres = ({ inside }: LungMask): number => inside.reduce((sum, v) => sum + v, 0) * 0.008;
const [rx, ry, rz] = madeLung.halfAxes;
const wholeMl = (4 / 3) * Math.PI * rx * ry * rz * 2e-3;

describe('the lung mask', () => {
  it('finds both lungs, at any spacing, and not what lies around them', () => {
    for (const spacing of [
      [2, 2, 2.5],
      [2, 2, 5],
      [3, 3, 1.5],
    ] as Vec3[]) {
      const dims = spacing.map((s, a) => Math.round([260, 200, 200][a]! / s)) as unknown as Vec3;
      const mask = found({ dims, spacing, table: true });
      expect(millilitres(mask) / wholeMl).toBeGreaterThan(0.9);
      expect(millilitres(mask) / wholeMl).toBeLessThan(1.1);
      for (const side of ['left', 'right'] as const) expect(holds(mask, madeLung[side])).toBe(true);
      expect(holds(mask, [0, 60, 0])).toBe(false);
      expect(holds(mask, [0, 0, 0])).toBe(false);
    }
  });

  it('holds vessels, nodules, and what grows into the lung from the pleura', () => {
    const balls = [
      { center: [45, 0, 20] as Vec3, radius: 15, value: 30 },
      { center: [45, -20, -20] as Vec3, radius: 3, value: 60 },
      { center: [72, 0, 0] as Vec3, radius: 8, value: 30 },
    ];
    const mask = found({ balls });
    for (const { center } of balls.slice(0, 2)) expect(holds(mask, center)).toBe(true);
    expect(holds(mask, [67, 0, 0])).toBe(true);
  });

  it('takes one lung where there is one, and a dense one beside a light one', () => {
    const mask = found({ lungs: ['left'] });
    expect(holds(mask, madeLung.left)).toBe(true);
    expect((millilitres(mask) / wholeMl) * 2).toBeGreaterThan(0.9);
    expect(millilitres(found({ lung: -600 })) / wholeMl).toBeGreaterThan(0.9);
  });

  it('leaves gas in the bowel and the windpipe out', () => {
    const bowel = { center: [0, 50, -60] as Vec3, radius: 28, value: -1000 };
    const mask = found({ windpipe: true, balls: [bowel] });
    expect(holds(mask, madeLung.left)).toBe(true);
    expect(holds(mask, [0, 50, -60])).toBe(false);
    expect(holds(mask, [0, 0, 90])).toBe(false);
  });

  it('says why there is none', () => {
    const none = (options: ThoraxOptions, modality: 'CT' | 'MR' = 'CT') => {
      const search = findLungs({ ...madeThorax(options), modality });
      return search.mask ? '' : search.reason;
    };
    expect(none({ lungs: [], table: true })).toMatch(/no space of air/);
    const bowel = { center: [0, 0, 0] as Vec3, radius: 40, value: -1000 };
    expect(none({ lungs: [], balls: [bowel] })).toMatch(/bowel/);
    expect(none({}, 'MR')).toMatch(/CT only/);
  });

  it('measures distances from its border, negative inside', () => {
    const mask = found({});
    const distances = lungDistances(mask);
    expect(distances[at(mask, madeLung.left)]).toBeGreaterThan(-rx - 2);
    expect(distances[at(mask, madeLung.left)]).toBeLessThan(-rx + 4);
    expect(Math.abs(distances[at(mask, [0, 0, 0])]! - (45 - rx))).toBeLessThan(3);
  });
});

describe('distances in a mask', () => {
  it('are those of trying every pair', () => {
    const random = seededRandom(9);
    const dims: Vec3 = [7, 6, 5];
    for (const share of [0.02, 0.2, 0.7]) {
      const set = Uint8Array.from({ length: 210 }, () => (random() < share ? 1 : 0));
      const points = [...set.keys()].map((n) => [n % 7, Math.floor(n / 7) % 6, Math.floor(n / 42)]);
      squaredDistances(set, dims).forEach((d, n) => {
        const all = points
          .filter((_, m) => set[m])
          .map((p) => p.reduce((s, v, a) => s + (v - points[n]![a]!) ** 2, 0));
        expect(d).toBe(Math.min(Infinity, ...all));
      });
    }
    expect(squaredDistances(new Uint8Array(8), [2, 2, 2])).toEqual(new Float32Array(8).fill(Infinity));
  });
});
