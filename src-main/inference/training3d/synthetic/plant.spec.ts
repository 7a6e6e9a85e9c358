import { describe, expect, it } from 'vitest';
import { madeThorax, madeLung } from '../../../../test-support/made-thorax';
import { boxLpsToIjk, ijkToLps } from '../../../core/geometry/affine';
import type { Box3 } from '../../../core/geometry/box';
import type { Vec3 } from '../../../core/geometry/vec3';
import { createRandom } from '../../random';
import { drawLookAlike } from './look-alikes';
import { drawLook, drawNodule } from './nodule';
import { plantVolume } from './plant-volume';
import { RadiusMap } from './radius-map';
import { ellipsoid } from './solid';
import { insertSolid } from './insert-solid';
import { thickenSlices, type Tile } from './tile';

/** 40 mm of lung. */
const tile = (slice: number, planeMm = 1, changes: Partial<Tile> = {}): Tile => {
  const dims: Vec3 = [40, 40, Math.round(40 / planeMm)];
  return {
    values: new Float32Array(dims[0] * dims[1] * dims[2]).fill(-850),
    dims,
    spacing: [1, 1, planeMm],
    slices: { spacingMm: slice, firstMm: slice / 2, thicknessMm: slice },
    blurMm: 0.6,
    noise: 0,
    ...changes,
  };
};
const ball = (center: Vec3, radius: number) => ({
  layers: [
    {
      parts: [
        ellipsoid(
          center,
          [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
          [radius, radius, radius],
          0.5,
        ),
      ],
      value: 50,
      mix: 'replace' as const,
    },
  ],
  box: [0, 1, 2, 3, 4, 5].map((d) => center[d % 3]! + (d < 3 ? -radius : radius)) as unknown as Box3,
});
/** Volume that has risen, in mm³ of a body of 900 HU above the lung. */
const risen = ({ values, spacing }: Tile): number =>
  (values.reduce((sum, v) => sum + (v + 850), 0) / 900) * spacing[0] * spacing[1] * spacing[2];
const always = (): boolean => true;

describe('a body in a scan', () => {
  it('keeps its volume, its middle and its brightness, whatever the slices', () => {
    for (const [slice, plane] of [
      [1, 1],
      [2.5, 1],
      [5, 1],
      [5, 5],
    ] as const) {
      const t = tile(slice, plane);
      const seen = insertSolid(t, ball([20, 18, 21], 6), createRandom(1), always)!;
      expect(risen(t) / ((4 / 3) * Math.PI * 6 ** 3)).toBeGreaterThan(0.93);
      expect(risen(t) / ((4 / 3) * Math.PI * 6 ** 3)).toBeLessThan(1.07);
      expect(seen.rise).toBeGreaterThan(800);
      expect(seen.share).toBe(1);
      const middle = [0, 1, 2].map((a) => (seen.box[a]! + seen.box[a + 3]!) / 2);
      [20, 18, 21].forEach((v, a) => expect(Math.abs(middle[a]! - v)).toBeLessThan(0.3));
    }
  });

  it('fades where a slice is thicker than it', () => {
    const rises = [1, 2.5, 5].map(
      (slice) => insertSolid(tile(slice), ball([20, 20, 20.4], 1.5), createRandom(1), always)!.rise,
    );
    expect(rises[0]).toBeGreaterThan(rises[1]!);
    expect(rises[1]).toBeGreaterThan(rises[2]!);
    expect(rises[2]).toBeLessThan(0.65 * 900);
  });

  it('is not put in unless it is accepted, nor outside', () => {
    const t = tile(1);
    expect(insertSolid(t, ball([20, 20, 20], 5), createRandom(1), () => false)).toBeNull();
    expect(insertSolid(t, ball([90, 20, 20], 5), createRandom(1), always)).toBeNull();
    expect(t.values.every((v) => v === -850)).toBe(true);
  });

  it('says how much of it hides in tissue, and where the rest is', () => {
    const t = tile(1);
    // Chest wall from x = 20.
    t.values.forEach((_, n) => {
      if (n % 40 >= 20) t.values[n] = 40;
    });
    const seen = insertSolid(t, ball([20, 20, 20], 6), createRandom(1), always)!;
    expect(seen.share).toBeGreaterThan(0.35);
    expect(seen.share).toBeLessThan(0.65);
    expect(seen.box[3]).toBeLessThan(21.5);
    expect(seen.box[0]).toBeLessThan(15.5);
  });

  it("has the scan's noise", () => {
    const t = tile(1, 1, { noise: 40 });
    insertSolid(t, ball([20, 20, 20], 14), createRandom(2), always);
    const inner = [...t.values.keys()].filter((n) => {
      const [x, y, z] = [n % 40, Math.floor(n / 40) % 40, Math.floor(n / 1600)];
      return Math.hypot(x - 19.5, y - 19.5, z - 19.5) < 9;
    });
    const mean = inner.reduce((s, n) => s + t.values[n]!, 0) / inner.length;
    const deviation = Math.sqrt(inner.reduce((s, n) => s + (t.values[n]! - mean) ** 2, 0) / inner.length);
    expect(Math.abs(mean - 50)).toBeLessThan(5);
    expect(deviation).toBeGreaterThan(30);
    expect(deviation).toBeLessThan(50);
  });

  it('has its slices thickened with the tile', () => {
    const t = tile(5);
    insertSolid(t, ball([20, 20, 20], 4), createRandom(1), always);
    const thin = tile(1);
    insertSolid(thin, ball([20, 20, 20], 4), createRandom(1), always);
    const thick: Tile = { ...thin, slices: { spacingMm: 5, firstMm: 2.5, thicknessMm: 5 } };
    thickenSlices(thick);
    const largest = t.values.reduce((most, v, n) => Math.max(most, Math.abs(v - thick.values[n]!)), 0);
    expect(largest).toBeLessThan(90);
  });
});

describe('made nodules', () => {
  it('have the diameters and kinds that were asked for', () => {
    const random = createRandom(3);
    const bands = [
      { fromMm: 3, toMm: 8, weight: 3 },
      { fromMm: 8, toMm: 30, weight: 1 },
    ];
    const looks = Array.from({ length: 600 }, () => drawLook(bands, random));
    const small = looks.filter((l) => l.diameter < 8).length / looks.length;
    expect(small).toBeGreaterThan(0.68);
    expect(small).toBeLessThan(0.82);
    expect(looks.every((l) => l.diameter >= 3 && l.diameter <= 30)).toBe(true);
    expect(new Set(looks.map((l) => l.kind)).size).toBe(3);
    expect(looks.filter((l) => l.diameter < 5).every((l) => l.kind === 'solid')).toBe(true);
    for (const look of looks.slice(0, 40)) {
      const { box } = drawNodule(look, [0, 0, 0], -850, random);
      const sides = [0, 1, 2].map((a) => box[a + 3]! - box[a]!);
      const mean = Math.cbrt(sides[0]! * sides[1]! * sides[2]!);
      expect(mean / look.diameter).toBeGreaterThan(0.75);
      expect(mean / look.diameter).toBeLessThan(1.5);
    }
  });

  it('are the same for the same seed', () => {
    const volume = madeThorax();
    const plant = (seed: number) =>
      plantVolume(volume, { sizes: [{ fromMm: 8, toMm: 16, weight: 1 }], count: 6, seed }, []);
    const [one, again, other] = [plant(5), plant(5), plant(6)];
    expect(one.nodules).toEqual(again.nodules);
    expect(one.volume.data.every((v, n) => v === again.volume.data[n])).toBe(true);
    expect(one.nodules).not.toEqual(other.nodules);
  });

  it('lie in the lungs, apart, brighter than what was there, and not where something is kept', () => {
    const volume = madeThorax();
    const kept: Box3 = [20, -50, -70, 75, 50, 70];
    const { volume: planted, nodules } = plantVolume(
      volume,
      { sizes: [{ fromMm: 7, toMm: 16, weight: 1 }], count: 8, seed: 2 },
      [kept],
    );
    expect(nodules.length).toBeGreaterThan(5);
    const before = madeThorax().data;
    expect(volume.data.every((v, n) => v === before[n])).toBe(true);
    for (const { box } of nodules) {
      const center = [0, 1, 2].map((a) => (box[a]! + box[a + 3]!) / 2) as unknown as Vec3;
      const share = Math.hypot(...center.map((v, a) => (v - madeLung.right[a]!) / madeLung.halfAxes[a]!));
      expect(share).toBeLessThan(1.1);
      const ijk = boxLpsToIjk(volume, box).map(Math.round);
      const at =
        (Math.floor((ijk[2]! + ijk[5]!) / 2) * volume.dims[1] + Math.floor((ijk[1]! + ijk[4]!) / 2)) *
          volume.dims[0] +
        Math.floor((ijk[0]! + ijk[3]!) / 2);
      expect(planted.data[at]! - volume.data[at]!).toBeGreaterThan(60);
    }
    expect(ijkToLps(planted, [0, 0, 0])).toEqual(volume.origin);
  });

  it('are none where there is no lung', () => {
    const volume = madeThorax({ lungs: [] });
    const wanted = { sizes: [{ fromMm: 8, toMm: 9, weight: 1 }], count: 2, seed: 1 };
    expect(plantVolume(volume, wanted, []).nodules).toEqual([]);
  });
});

describe('what looks like a nodule and is none', () => {
  it('is long, or flat', () => {
    const random = createRandom(8);
    for (let n = 0; n < 20; n++) {
      const t = tile(1);
      const solid = drawLookAlike([20, 20, 20], random);
      insertSolid(t, solid, random, always);
      const filled = [...t.values.keys()].filter((at) => Math.abs(t.values[at]! + 850) > 300).length;
      const box = solid.layers.flatMap((l) => l.parts.map((p) => p.box));
      const longest = Math.max(
        ...[0, 1, 2].map((a) => Math.max(...box.map((b) => b[a + 3]!)) - Math.min(...box.map((b) => b[a]!))),
      );
      // A ball as long as it is would fill half of its cube.
      expect(filled).toBeLessThan(0.2 * longest ** 3);
    }
  });
});

describe('a radius for every direction', () => {
  it('gives back the radii it was made of', () => {
    const random = createRandom(4);
    const radius = (u: Vec3): number => 5 + u[0] - 2 * u[2];
    const map = new RadiusMap(radius);
    for (let n = 0; n < 200; n++) {
      const v: Vec3 = [random.normal(), random.normal(), random.normal()];
      const length = Math.hypot(...v);
      const u: Vec3 = [v[0] / length, v[1] / length, v[2] / length];
      expect(Math.abs(map.towards(...v) - radius(u))).toBeLessThan(0.15);
    }
    expect(map.longest).toBeGreaterThan(7);
    expect(map.reach[2]).toBeGreaterThan(6.8);
  });
});
