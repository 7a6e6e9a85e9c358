import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { checkCtVolume } from './ct-volume';
import { featureDistance, fitFeatures } from './feature-model';
import { pictureStatistics, type QualityPicture } from './picture-statistics';
import { checkSize, checkStatistics, fitLimits } from './statistic-limits';
import { mainReason } from './verdict';
import { madeThorax } from '../../../test-support/made-thorax';

const side = 120;
type Paint = (x: number, y: number) => readonly number[];
const picture = (paint: Paint, channels: 1 | 3 = 3): QualityPicture => {
  const data = new Uint8ClampedArray(side * side * channels);
  for (let y = 0, n = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (const v of paint(x / side, y / side).slice(0, channels)) data[n++] = Math.round(v);
  return { data, width: side, height: side, channels };
};
/** Reddish folds in a dark frame, each a little different. */
const tissue = (seed: number): Paint => {
  const random = seededRandom(seed);
  const [fx, fy, phase] = [10 + 20 * random(), 8 + 20 * random(), 6 * random()];
  return (x, y) => {
    if (Math.hypot(x - 0.5, y - 0.5) > 0.48) return [2, 1, 1];
    const fold = 0.6 + 0.25 * Math.sin(fx * x + phase) * Math.cos(fy * y) + 0.06 * (random() - 0.5);
    return [255 * fold, 255 * (0.45 * fold + 0.05 * y), 255 * (0.3 * fold + 0.1 * fold ** 2)];
  };
};
const known = Array.from({ length: 40 }, (_, n) => picture(tissue(n + 1)));
const limits = fitLimits(
  known.map((p) => pictureStatistics(p, 255)),
  3,
);
const leftHalf = (): QualityPicture => {
  const paint = tissue(12);
  return picture((x, y) => (x < 0.55 ? paint(x, y) : [1, 1, 1]));
};
const verdict = (p: QualityPicture): string =>
  checkStatistics(pictureStatistics(p, 255), limits, 3)?.reason ?? 'fit';
const changed = (change: (v: number, c: number) => number): QualityPicture => {
  const { data, ...rest } = picture(tissue(99));
  return { ...rest, data: Uint8ClampedArray.from(data as Uint8ClampedArray, (v, n) => change(v, n % 3)) };
};

describe('plain statistics', () => {
  it('are those of the picture', () => {
    const half = pictureStatistics(
      picture((x) => (x < 0.5 ? [0, 0, 0] : [255, 255, 255])),
      255,
    );
    expect(half).toMatchObject({ dark: 0.5, bright: 0.5, brightness: 0.5, contrast: 0.5, colour: 0 });
    const red = pictureStatistics(
      picture(() => [255, 0, 0]),
      255,
    );
    expect(red.brightness).toBeCloseTo(0.299, 6);
    expect(red.colour).toBeCloseTo(1, 6);
    expect(red.red).toBeCloseTo(0.701, 6);
    expect(red.blue).toBeCloseTo(-0.299, 6);
    expect(red.scatter).toBeCloseTo(0, 6);
  });

  it('colour that follows brightness does not count as scatter, colours beside each other do', () => {
    const sepia = picture((x) => [200 * x + 30, 170 * x + 20, 120 * x + 10]);
    const patches = picture((x, y) => (x < 0.5 ? [200, 40, y * 90] : [30, 60, 200]));
    expect(pictureStatistics(sepia, 255).scatter).toBeLessThan(0.005);
    expect(pictureStatistics(patches, 255).scatter).toBeGreaterThan(0.1);
  });

  it('hardly change with the resolution of the picture', () => {
    const fine = picture((x, y) => [100 + 90 * Math.sin(20 * x), 60 + 50 * Math.cos(15 * y), 30]);
    const twice = { ...fine, width: 4 * side, height: 4 * side };
    const data = new Uint8ClampedArray(16 * side * side * 3);
    for (let y = 0, n = 0; y < 4 * side; y++)
      for (let x = 0; x < 4 * side; x++)
        for (let c = 0; c < 3; c++, n++) data[n] = fine.data[((y >> 2) * side + (x >> 2)) * 3 + c]!;
    const [a, b] = [pictureStatistics(fine, 255), pictureStatistics({ ...twice, data }, 255)];
    for (const name of ['contrast', 'brightness', 'colour', 'red', 'blue', 'scatter'] as const)
      expect(b[name]).toBeCloseTo(a[name], 2);
  });
});

describe('limits of plain statistics', () => {
  const random = seededRandom(5);
  const noise = picture(() => [255 * random(), 255 * random(), 255 * random()]);
  it.each<[string, () => QualityPicture, string]>([
    ['another picture of the kind', () => picture(tissue(77)), 'fit'],
    ['a somewhat brighter one', () => changed((v) => 1.2 * v), 'fit'],
    ['one of a camera with other colours', () => changed((v, c) => v * [1, 1.15, 0.85][c]!), 'fit'],
    ['black', () => picture(() => [0, 0, 0]), 'too-dark'],
    ['almost black', () => changed((v) => 0.03 * v), 'too-dark'],
    ['white', () => picture(() => [255, 255, 255]), 'blank'],
    ['one grey', () => picture(() => [128, 128, 128]), 'blank'],
    ['with one half empty', () => leftHalf(), 'one-sided'],
    ['over-exposed', () => changed((v) => 4 * v + 60), 'over-exposed'],
    ['without colour', () => picture((x, y) => Array<number>(3).fill(tissue(4)(x, y)[0]!)), 'no-colour'],
    [
      'a smooth gradient of its colours',
      () => picture((x) => [255, 110, 80].map((v) => v * (1 - Math.abs(2 * x - 1)))),
      'blurred',
    ],
    ['noise', () => noise, 'noisy'],
    ['blue in place of red', () => changed((v, c) => (c === 0 ? 0.4 * v : c === 2 ? 2.5 * v : v)), 'colours'],
  ])('%s', (_name, make, expected) => {
    expect(verdict(make())).toBe(expected);
  });

  it('a model of grey pictures takes tinted grey, and no photograph', () => {
    const grey = fitLimits(
      known.map((p) => pictureStatistics(p, 255)),
      1,
    );
    const check = (p: QualityPicture): string | undefined =>
      checkStatistics(pictureStatistics(p, 255), grey, 1)?.reason;
    const level = (x: number, y: number): number => tissue(4)(x, y)[0]!;
    expect(check(picture((x, y) => [level(x, y), 0.9 * level(x, y), 0.7 * level(x, y)]))).toBeUndefined();
    expect(check(picture((x, y) => [level(x, y), 200 * Math.sin(3 * y), 200 * Math.sin(3 * x)]))).toBe(
      'in-colour',
    );
  });

  it('refuses pictures of a few pixels', () => {
    expect(checkSize(640, 47)).toMatchObject({ reason: 'too-small' });
    expect(checkSize(640, 48)).toBeNull();
  });
});

describe('the distance of features', () => {
  const random = seededRandom(11);
  const normal = (): number => random() + random() + random() + random() - 2;
  /** Three hidden directions in twelve features, and a little of everything else. */
  const axes = Array.from({ length: 3 }, () => Array.from({ length: 12 }, normal));
  const draw = (): Float32Array => {
    const along = [3 * normal(), 2 * normal(), normal()];
    return Float32Array.from(
      { length: 12 },
      (_, i) => 5 + along.reduce((sum, a, j) => sum + a * axes[j]![i]!, 0) + 0.1 * normal(),
    );
  };
  const model = fitFeatures(Array.from({ length: 400 }, draw), 3);

  it('keeps orthonormal directions and the variance along them', () => {
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        let dot = 0;
        for (let i = 0; i < 12; i++) dot += model.directions[a * 12 + i]! * model.directions[b * 12 + i]!;
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    // Scaled features have variance 1 each: what is kept and what is left make twelve, but for the shrinkage's sum.
    const kept = [...model.variances].reduce((x, y) => x + y, 0);
    expect(kept + 9 * model.residual).toBeCloseTo(12, 3);
    expect(model.variances[0]!).toBeGreaterThan(model.variances[2]!);
  });

  it('is about two for what is usual, and grows within the directions and beyond them', () => {
    const usual = Array.from({ length: 200 }, () => featureDistance(model, draw()));
    const mean = usual.reduce((a, b) => a + b, 0) / usual.length;
    expect(mean).toBeGreaterThan(1.5);
    expect(mean).toBeLessThan(2.2);
    const worst = Math.max(...usual);
    const far = draw().map((v, i) => v + 12 * axes[0]![i]!);
    const odd = draw().map((v, i) => v + (i % 2 ? 4 : -4));
    expect(featureDistance(model, far)).toBeGreaterThan(worst);
    expect(featureDistance(model, odd)).toBeGreaterThan(worst);
  });

  it('is the same for the same pictures, and can be fitted to fewer than it would keep', () => {
    const rows = Array.from({ length: 6 }, draw);
    expect(fitFeatures(rows, 32)).toEqual(fitFeatures(rows, 32));
    expect(fitFeatures(rows, 32).variances).toHaveLength(5);
    expect(featureDistance(fitFeatures(rows, 32), rows[0]!)).toBeLessThan(4);
  });
});

describe('a chest CT', () => {
  const limitsOfCt = { leastSlices: 12, leastExtent: 60, mostSliceSpacing: 6, mostPixelSpacing: 3 };
  const thorax = madeThorax();
  it.each<[string, () => Partial<typeof thorax>, string | undefined]>([
    ['as it comes', () => ({}), undefined],
    [
      'of too few slices',
      () => ({ dims: [130, 100, 8], data: thorax.data.subarray(0, 104000) }),
      'too-few-slices',
    ],
    ['that is an MR', () => ({ modality: 'MR' as const }), 'values'],
    ['of thick slices', () => ({ spacing: [2, 2, 8] }), 'spacing'],
    ['without the rescale to Hounsfield units', () => ({ data: thorax.data.map((v) => v + 1024) }), 'values'],
    ['of water alone', () => ({ data: thorax.data.map(() => 0).map((_, n) => n % 2) }), 'values'],
    ['of one value', () => ({ data: thorax.data.map(() => 7) }), 'blank'],
  ])('%s', (_name, change, expected) => {
    expect(checkCtVolume({ ...thorax, ...change() }, limitsOfCt)?.reason).toBe(expected);
  });
});

it('the main reason is the one given most often', () => {
  const flag = (frame: number, reason: 'blurred' | 'too-dark') => ({ frame, reason, message: reason });
  expect(mainReason({ flagged: [flag(0, 'too-dark'), flag(1, 'blurred'), flag(2, 'blurred')] })?.reason).toBe(
    'blurred',
  );
  expect(mainReason({ flagged: [] })).toBeNull();
});
