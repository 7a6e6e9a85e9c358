import { toUnit, type Raster } from './raster';

/**
 * What JPEG compression (ITU-T T.81) does to a picture, without writing one: 8x8 blocks, discrete cosine transform,
 * coefficients rounded to the quality's steps, and back. Colour as YCbCr with half the chroma in both directions.
 */
export function compressAsJpeg(raster: Raster, quality: number): void {
  const { data, width, height, channels } = raster;
  if (channels === 1) {
    const plane = compressPlane(data, width, height, stepsOf(luminanceSteps, quality));
    for (let n = 0; n < data.length; n++) data[n] = toUnit(plane[n]!);
    return;
  }
  const count = width * height;
  const y = new Float32Array(count);
  const w2 = Math.ceil(width / 2);
  const h2 = Math.ceil(height / 2);
  const cb = new Float32Array(w2 * h2);
  const cr = new Float32Array(w2 * h2);
  const counts = new Float32Array(w2 * h2);
  for (let row = 0, n = 0; row < height; row++) {
    for (let column = 0; column < width; column++, n++) {
      const [r, g, b] = [data[3 * n]!, data[3 * n + 1]!, data[3 * n + 2]!];
      y[n] = 0.299 * r + 0.587 * g + 0.114 * b;
      const half = (row >> 1) * w2 + (column >> 1);
      cb[half]! += 0.5 - 0.168736 * r - 0.331264 * g + 0.5 * b;
      cr[half]! += 0.5 + 0.5 * r - 0.418688 * g - 0.081312 * b;
      counts[half]!++;
    }
  }
  for (let n = 0; n < counts.length; n++) {
    cb[n]! /= counts[n]!;
    cr[n]! /= counts[n]!;
  }
  const chroma = stepsOf(chrominanceSteps, quality);
  const y2 = compressPlane(y, width, height, stepsOf(luminanceSteps, quality));
  const cb2 = compressPlane(cb, w2, h2, chroma);
  const cr2 = compressPlane(cr, w2, h2, chroma);
  for (let row = 0, n = 0; row < height; row++) {
    for (let column = 0; column < width; column++, n++) {
      const half = (row >> 1) * w2 + (column >> 1);
      const u = cb2[half]! - 0.5;
      const v = cr2[half]! - 0.5;
      data[3 * n] = toUnit(y2[n]! + 1.402 * v);
      data[3 * n + 1] = toUnit(y2[n]! - 0.344136 * u - 0.714136 * v);
      data[3 * n + 2] = toUnit(y2[n]! + 1.772 * u);
    }
  }
}

/** ITU-T T.81, tables K.1 and K.2. */
// prettier-ignore
const luminanceSteps = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
// prettier-ignore
const chrominanceSteps = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, ...Array.from({ length: 32 }, () => 99),
];

/** Steps of a quality from 1 to 100 as libjpeg scales them, for samples of 0..1. */
function stepsOf(base: readonly number[], quality: number): Float32Array {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return Float32Array.from(
    base,
    (step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))) / 255,
  );
}

/** [u][x]: orthonormal discrete cosine transform of 8 samples. */
const cosines = Float32Array.from({ length: 64 }, (_, n) => {
  const [u, x] = [n >> 3, n & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

function compressPlane(
  plane: Float32Array,
  width: number,
  height: number,
  steps: Float32Array,
): Float32Array {
  const out = new Float32Array(plane.length);
  const block = new Float32Array(64);
  const other = new Float32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let y = 0; y < 8; y++) {
        const row = Math.min(top + y, height - 1) * width;
        for (let x = 0; x < 8; x++) block[y * 8 + x] = plane[row + Math.min(left + x, width - 1)]! - 0.5;
      }
      transform(block, other, false);
      transform(other, block, false);
      for (let n = 0; n < 64; n++) block[n] = Math.round(block[n]! / steps[n]!) * steps[n]!;
      transform(block, other, true);
      transform(other, block, true);
      for (let y = 0; y < 8 && top + y < height; y++) {
        for (let x = 0; x < 8 && left + x < width; x++) {
          out[(top + y) * width + left + x] = block[y * 8 + x]! + 0.5;
        }
      }
    }
  }
  return out;
}

/** Transforms the rows of an 8x8 block and turns it over its diagonal; twice is the whole transform. */
function transform(from: Float32Array, to: Float32Array, inverse: boolean): void {
  const [stepOfOutput, stepOfInput] = inverse ? [1, 8] : [8, 1];
  for (let row = 0; row < 8; row++) {
    const at = row * 8;
    for (let u = 0; u < 8; u++) {
      const k = u * stepOfOutput;
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += cosines[k + x * stepOfInput]! * from[at + x]!;
      to[u * 8 + row] = sum;
    }
  }
}
