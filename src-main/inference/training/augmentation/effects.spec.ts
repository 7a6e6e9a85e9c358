import { decode, encode } from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { madeRecipe } from '../../../../test-support/made-training-set';
import { createRandom } from '../../random';
import { augmentation, type Augmentation } from '../recipe';
import { drawAppearance } from './appearance';
import { drawErased } from './erase';
import { compressAsJpeg } from './jpeg';
import { drawLighting } from './lighting';
import type { Raster } from './raster';
import { blurred } from './sharpness';
import { drawTone } from './tone';

/** Waves and an edge: something for each effect to change. */
function pattern(channels: 1 | 3, size = 48): Raster {
  const data = Float32Array.from({ length: size * size * channels }, (_, n) => {
    const x = Math.floor(n / channels) % size;
    const y = Math.floor(n / channels / size);
    const wave = 0.5 + 0.25 * Math.sin(x / 5 + (n % channels)) + 0.15 * Math.cos(y / 7);
    return x > 30 ? 0.3 * wave : wave;
  });
  return { data, width: size, height: size, channels };
}

const flat = (value: number): Raster => ({
  data: new Float32Array(32 * 32).fill(value),
  width: 32,
  height: 32,
  channels: 1,
});

/** Every grey-level effect off. */
const plain: Augmentation = augmentation.parse({
  ...madeRecipe().augmentation,
  gamma: 1,
  brightness: 0,
  contrast: 0,
  colour: 0,
  biasField: 0,
  noise: 0,
});

const options: Record<string, Partial<Augmentation>> = {
  jpeg: { jpeg: { probability: 1, quality: [10, 30] } },
  blur: { blur: { probability: 1, sigma: 2 } },
  sharpen: { sharpen: { probability: 1, amount: 2 } },
  resample: { resample: { probability: 1, factor: [0.3, 0.6] } },
  toneCurve: { toneCurve: { probability: 1, strength: 1 } },
  invertTissue: { invertTissue: { probability: 1 } },
  speckle: { speckle: { probability: 1, strength: 0.5, grain: 3 } },
  timeGain: { timeGain: { probability: 1, strength: 0.4 } },
  highlights: { highlights: { probability: 1, count: 6 } },
  vignette: { vignette: { probability: 1, strength: 0.7 } },
  hue: { hue: { probability: 1, degrees: 40, saturation: 1.5 } },
  erase: { erase: { probability: 1, count: 3, share: [0.01, 0.05] } },
  noise: { noise: 0.2 },
  biasField: { biasField: 0.4 },
};

const draw = (raster: Raster, a: Augmentation, seed: number): Float32Array => {
  drawAppearance({ raster, boxes: [], classes: [], crowds: [] }, a, createRandom(seed));
  return raster.data;
};

describe('what a scanner does to a picture', () => {
  it.each(Object.keys(options))('%s changes it, within black and white, as its seed says', (name) => {
    const a = { ...plain, ...options[name] };
    const before = pattern(3).data;
    const [once, again, other] = [draw(pattern(3), a, 5), draw(pattern(3), a, 5), draw(pattern(3), a, 9)];
    expect(once).toEqual(again);
    const change = (x: Float32Array, y: Float32Array): number =>
      Math.max(...x.map((v, n) => Math.abs(v - y[n]!)));
    expect(change(once, before)).toBeGreaterThan(0.005);
    if (name !== 'invertTissue') expect(change(once, other)).toBeGreaterThan(0.001);
    expect(Math.min(...once)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...once)).toBeLessThanOrEqual(1);
  });

  it('leaves it alone where the recipe asks for nothing', () => {
    const before = pattern(1).data;
    // A table of 1024 levels.
    draw(pattern(1), plain, 1).forEach((v, n) => expect(Math.abs(v - before[n]!)).toBeLessThan(1 / 1500));
  });

  it('compresses as a JPEG encoder does', () => {
    for (const [quality, channels] of [
      [15, 1],
      [50, 1],
      [90, 1],
      [90, 3],
    ] as const) {
      const made = pattern(channels);
      const before = made.data.slice();
      const { width, height } = made;
      const rgba = Uint8Array.from({ length: width * height * 4 }, (_, n) => {
        const value = made.data[Math.floor(n / 4) * channels + (channels === 3 ? n % 4 : 0)]!;
        return n % 4 === 3 ? 255 : Math.round(255 * value);
      });
      const compressed = encode({ data: rgba, width, height }, quality).data;
      const peer = decode(compressed, { useTArray: true, formatAsRGBA: false }).data;
      compressAsJpeg(made, quality);
      const theirs = before.map((_, n) => peer[channels === 3 ? n : 3 * n]! / 255);
      const distance = (x: Float32Array): number =>
        Math.sqrt(x.reduce((sum, v, n) => sum + (v - theirs[n]!) ** 2, 0) / x.length);
      // Its encoder keeps all of the chroma, ours half.
      expect(distance(made.data)).toBeLessThan(channels === 1 ? 0.006 : 0.05);
      if (quality < 30) expect(distance(made.data)).toBeLessThan(0.5 * distance(before));
    }
  });

  it('blurs without changing the mean, by the deviation asked for', () => {
    blurred(flat(0.4), 2).forEach((v) => expect(v).toBeCloseTo(0.4, 5));
    const point = flat(0);
    point.data[16 * 32 + 16] = 1;
    const soft = blurred(point, 1.5);
    let sum = 0;
    let spread = 0;
    soft.forEach((v, n) => {
      sum += v;
      spread += v * ((n % 32) - 16) ** 2;
    });
    expect(sum).toBeCloseTo(1, 4);
    expect(Math.sqrt(spread)).toBeCloseTo(1.5, 1);
  });

  it('turns tissue over and leaves air black; a tone curve never falls', () => {
    const ramp = (): Raster => ({
      data: Float32Array.from({ length: 256 }, (_, n) => n / 255),
      width: 256,
      height: 1,
      channels: 1,
    });
    const turned = ramp();
    drawTone(turned, { ...plain, invertTissue: { probability: 1 } }, createRandom(1));
    expect(turned.data[0]).toBe(0);
    expect(turned.data[50]).toBeCloseTo(1 - 50 / 255, 2);
    expect(turned.data[255]).toBeCloseTo(0, 2);
    for (let seed = 0; seed < 20; seed++) {
      const bent = ramp();
      drawTone(bent, { ...plain, toneCurve: { probability: 1, strength: 2 } }, createRandom(seed));
      bent.data.forEach((v, n) => n > 0 && expect(v).toBeGreaterThanOrEqual(bent.data[n - 1]!));
      expect([bent.data[0], bent.data[255]]).toEqual([0, 1]);
    }
  });

  it('turns the hue and keeps the luma', () => {
    const made: Raster = { ...pattern(3), data: pattern(3).data.map((v) => 0.35 + 0.3 * v) };
    const luma = (d: Float32Array, n: number): number =>
      0.299 * d[n]! + 0.587 * d[n + 1]! + 0.114 * d[n + 2]!;
    const before = made.data.slice();
    drawLighting(made, { hue: { probability: 1, degrees: 30, saturation: 1.2 } }, createRandom(2));
    for (let n = 0; n < before.length; n += 3) expect(luma(made.data, n)).toBeCloseTo(luma(before, n), 3);
  });

  it('erases no lesion', () => {
    for (let seed = 0; seed < 40; seed++) {
      const raster = flat(0.5);
      const asked = { probability: 1, count: 1, share: [0.02, 0.25] as [number, number] };
      drawErased(raster, [[8, 8, 24, 24]], asked, createRandom(seed));
      const left = raster.data.filter((v, n) => {
        const [x, y] = [n % 32, n >> 5];
        return v === 0.5 && x >= 8 && x < 24 && y >= 8 && y < 24;
      });
      expect(left.length).toBeGreaterThanOrEqual(0.6 * 256);
    }
  });
});
