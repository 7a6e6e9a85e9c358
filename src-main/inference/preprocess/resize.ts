import type { Box2 } from '../../core/geometry/box';
import type { Pixels } from './sample';

/**
 * Resamples a part of a picture to another size: exact area averages where it shrinks (no pixel is skipped, so a small
 * lesion keeps its weight), linear where it grows. Separable: rows, then columns.
 *
 * Shape shorthand: part [h, w, C] -> [H, W, C]; bytes stay bytes, all else becomes float32
 */
export interface ResizeOptions {
  /** Whole px of the source; the result shows this part. */
  readonly part: Box2;
  readonly width: number;
  readonly height: number;
  /** Values become `flip - value`, to turn a negative into a positive. */
  readonly flip?: number | undefined;
}

export function resizePart(source: Pixels, { part, width, height, flip }: ResizeOptions): Pixels {
  const { data, channels } = source;
  const [x0, y0, x1, y1] = part;
  const across = taps(x1 - x0, width);
  const down = taps(y1 - y0, height);
  const rowLength = width * channels;
  const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  const out = bytes ? new Uint8ClampedArray(height * rowLength) : new Float32Array(height * rowLength);
  // Only the rows that the next output row needs are held.
  const rows = new Map<number, Float32Array>();
  const sums = new Float64Array(rowLength);
  for (let y = 0; y < height; y++) {
    const { first, weights } = down[y]!;
    for (const held of rows.keys()) if (held < first) rows.delete(held);
    sums.fill(0);
    weights.forEach((weight, n) => {
      let row = rows.get(first + n);
      if (!row) {
        row = resizeRow(data, ((y0 + first + n) * source.width + x0) * channels, channels, across);
        rows.set(first + n, row);
      }
      for (let i = 0; i < rowLength; i++) sums[i]! += weight * row[i]!;
    });
    for (let i = 0, at = y * rowLength; i < rowLength; i++, at++)
      out[at] = flip === undefined ? sums[i]! : flip - sums[i]!;
  }
  return { data: out, width, height, channels };
}

function resizeRow(
  data: ArrayLike<number>,
  from: number,
  channels: number,
  across: readonly Taps[],
): Float32Array {
  const row = new Float32Array(across.length * channels);
  let to = 0;
  for (const { first, weights } of across) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let at = from + first * channels + c;
      for (let n = 0; n < weights.length; n++, at += channels) sum += weights[n]! * data[at]!;
      row[to++] = sum;
    }
  }
  return row;
}

/** Which source pixels make one output pixel. */
interface Taps {
  readonly first: number;
  /** Sum 1. */
  readonly weights: Float64Array;
}

function taps(from: number, to: number): Taps[] {
  const step = from / to;
  return Array.from({ length: to }, (_, n) => {
    if (step <= 1) {
      const center = Math.min(from - 1, Math.max(0, (n + 0.5) * step - 0.5));
      const first = Math.min(Math.floor(center), Math.max(0, from - 2));
      const part = center - first;
      return { first, weights: from === 1 ? Float64Array.of(1) : Float64Array.of(1 - part, part) };
    }
    const low = n * step;
    const high = Math.min(from, low + step);
    const first = Math.floor(low);
    const last = Math.min(from - 1, Math.ceil(high) - 1);
    const weights = Float64Array.from(
      { length: last - first + 1 },
      (_w, k) => Math.min(high, first + k + 1) - Math.max(low, first + k),
    );
    const total = weights.reduce((sum, w) => sum + w, 0);
    return { first, weights: weights.map((w) => w / total) };
  });
}
