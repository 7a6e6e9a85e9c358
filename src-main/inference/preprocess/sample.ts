import { identity2, invert, type Affine2 } from './affine2';

/** Pixels of any type, row-major, channels interleaved. */
export interface Pixels {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/**
 * Resamples a picture onto a square canvas. Training and inference share this, so that a network sees at work what it
 * saw at school. Outside the picture the canvas is `outside`.
 *
 * Shape shorthand: S: canvas side, C: channels; result [S, S, C] float32
 * @param toCanvas picture px -> canvas px
 */
export function sampleToCanvas(source: Pixels, toCanvas: Affine2, size: number, outside = 0): Float32Array {
  const shrunk = shrink(source, toCanvas);
  return bilinear(shrunk.pixels, shrunk.toCanvas, size, outside);
}

/** Averages whole blocks first where the canvas is under half as fine: bilinear alone would skip pixels. */
function shrink(source: Pixels, toCanvas: Affine2): { pixels: Pixels; toCanvas: Affine2 } {
  const fx = Math.floor(1 / Math.max(1e-6, Math.hypot(toCanvas[0], toCanvas[3])));
  const fy = Math.floor(1 / Math.max(1e-6, Math.hypot(toCanvas[1], toCanvas[4])));
  const bx = Math.max(1, Math.min(fx, source.width));
  const by = Math.max(1, Math.min(fy, source.height));
  if (bx === 1 && by === 1) return { pixels: source, toCanvas };
  const { channels, data } = source;
  const width = Math.ceil(source.width / bx);
  const height = Math.ceil(source.height / by);
  const sums = new Float32Array(width * height * channels);
  const counts = new Float32Array(width * height);
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      const to = Math.floor(y / by) * width + Math.floor(x / bx);
      const from = (y * source.width + x) * channels;
      counts[to]!++;
      for (let c = 0; c < channels; c++) sums[to * channels + c]! += data[from + c]!;
    }
  }
  for (let n = 0; n < sums.length; n++) sums[n]! /= counts[Math.floor(n / channels)]!;
  const [a, b, c, d, e, f] = toCanvas;
  return {
    pixels: { data: sums, width, height, channels },
    toCanvas: [a * bx, b * by, c, d * bx, e * by, f],
  };
}

function bilinear(source: Pixels, toCanvas: Affine2, size: number, outside: number): Float32Array {
  const { data, width, height, channels } = source;
  const m = toCanvas === identity2 ? identity2 : invert(toCanvas);
  const out = new Float32Array(size * size * channels);
  let at = 0;
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      // Pixel centres: canvas (u + 0.5, v + 0.5) -> picture, in units of pixel index.
      const x = m[0] * (u + 0.5) + m[1] * (v + 0.5) + m[2];
      const y = m[3] * (u + 0.5) + m[4] * (v + 0.5) + m[5];
      if (x < 0 || y < 0 || x >= width || y >= height) {
        for (let c = 0; c < channels; c++) out[at++] = outside;
        continue;
      }
      const px = Math.min(Math.max(x - 0.5, 0), width - 1);
      const py = Math.min(Math.max(y - 0.5, 0), height - 1);
      const x0 = px | 0;
      const y0 = py | 0;
      const wx = px - x0;
      const wy = py - y0;
      const right = x0 + 1 < width ? channels : 0;
      const below = y0 + 1 < height ? width * channels : 0;
      let from = (y0 * width + x0) * channels;
      for (let c = 0; c < channels; c++, from++) {
        const top = data[from]! + wx * (data[from + right]! - data[from]!);
        const bottom = data[from + below]! + wx * (data[from + below + right]! - data[from + below]!);
        out[at++] = top + wy * (bottom - top);
      }
    }
  }
  return out;
}
