import type { Random } from '../../random';
import type { Augmentation } from '../recipe';
import { toUnit, type Raster } from './raster';

/** Levels of a grey-level table. */
const levels = 1024;

/**
 * Gamma, contrast, brightness, colour gain, tone curve and inverted tissue as one table a channel, then a smooth gain
 * over the picture: one pass over the pixels.
 */
export function drawTone(raster: Raster, a: Augmentation, random: Random): void {
  const { channels } = raster;
  const gamma = a.gamma > 1 ? Math.exp(random.between(-1, 1) * Math.log(a.gamma)) : 1;
  const contrast = 1 + random.between(-a.contrast, a.contrast);
  const brightness = random.between(-a.brightness, a.brightness);
  const gains = [0, 1, 2].map(() => (channels === 3 ? 1 + random.between(-a.colour, a.colour) : 1));
  // Gain 1 + bx x + by y + br (x² + y²), x and y in -1..1.
  const bias = [0, 0, 0].map(() => (a.biasField > 0 ? random.between(-a.biasField, a.biasField) : 0));
  const curve =
    a.toneCurve && random.uniform() < a.toneCurve.probability
      ? drawCurve(a.toneCurve.strength, random)
      : (v: number): number => v;
  const inverted = a.invertTissue !== undefined && random.uniform() < a.invertTissue.probability;
  const tables = gains.slice(0, channels).map((gain) =>
    Float32Array.from({ length: levels + 1 }, (_, n) => {
      const value = curve(inverted ? invertTissue(n / levels) : n / levels) ** gamma;
      return (value - 0.5) * contrast * gain + 0.5 * gain + brightness;
    }),
  );
  applyTone(raster, tables, bias);
}

function applyTone(raster: Raster, tables: readonly Float32Array[], bias: readonly number[]): void {
  const { data, width, height, channels } = raster;
  let n = 0;
  for (let row = 0; row < height; row++) {
    const y = (2 * row) / height - 1;
    for (let column = 0; column < width; column++) {
      const x = (2 * column) / width - 1;
      const gain = 1 + bias[0]! * x + bias[1]! * y + bias[2]! * (x * x + y * y - 0.5);
      for (let c = 0; c < channels; c++, n++) {
        data[n] = toUnit(tables[c]![(data[n]! * levels + 0.5) | 0]! * gain);
      }
    }
  }
}

/** Straight pieces between rising knots, 0 to 0 and 1 to 1; the steps are log-normal. */
function drawCurve(strength: number, random: Random): (v: number) => number {
  const pieces = 4;
  const steps = Array.from({ length: pieces }, () => Math.exp(0.6 * strength * random.normal()));
  const sum = steps.reduce((total, s) => total + s, 0);
  const knots = [0];
  for (const s of steps) knots.push(knots[knots.length - 1]! + s / sum);
  return (v) => {
    const at = Math.min(pieces - 1, Math.floor(v * pieces));
    return knots[at]! + (knots[at + 1]! - knots[at]!) * (v * pieces - at);
  };
}

/** 1 - v above the grey of air, v below, blended between. */
function invertTissue(v: number): number {
  const t = toUnit((v - 0.03) / 0.09);
  const tissue = t * t * (3 - 2 * t);
  return tissue * (1 - v) + (1 - tissue) * v;
}

/** Gaussian noise, the same in all channels (MR has one), of a standard deviation up to `deviation`. */
export function drawNoise(raster: Raster, deviation: number, random: Random): void {
  if (deviation <= 0 || random.uniform() >= 0.5) return;
  const sigma = random.between(0, deviation);
  const { data, width, height, channels } = raster;
  let n = 0;
  for (let row = 0; row < height; row++) {
    // One table for all pictures, begun anywhere in each row: a normal number a pixel would cost more than the rest.
    let at = random.below(noiseTable.length);
    for (let column = 0; column < width; column++) {
      const grain = sigma * noiseTable[at]!;
      at = at + 1 === noiseTable.length ? 0 : at + 1;
      for (let c = 0; c < channels; c++, n++) data[n] = toUnit(data[n]! + grain);
    }
  }
}

/** Quantiles of the standard normal in a fixed shuffled order; a prime length, so that rows do not fall in step. */
const noiseTable = makeNoiseTable(8191);

function makeNoiseTable(count: number): Float32Array {
  const table = new Float32Array(count);
  let state = 12345;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  for (let n = 0; n < count; n++) {
    table[n] = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  return table;
}
