import { toGrey } from './intensity';
import type { Pixels } from './sample';
import { findCrosses, lineContrast, type Cross } from './find-crosses';

/**
 * Paints over the measuring marks that a picture came with: crosses, the dotted lines between them, digits beside them.
 * A picture without a cross is given back as it is.
 *
 * Shape shorthand: W, H: columns and rows; grey [H, W] 0..1; mask [H, W]
 */
export function paintOverMarks(pixels: Pixels): Pixels {
  const { width, height } = pixels;
  const grey = unitGrey(pixels);
  const crosses = findCrosses(grey, width, height);
  if (crosses.length === 0) return pixels;
  return fill(pixels, markMask(grey, width, height, crosses));
}

/** The same, remembered for as long as the picture is held: training asks for it in every epoch. */
export function paintedOver(pixels: Pixels): Pixels {
  let found = remembered.get(pixels);
  if (!found) remembered.set(pixels, (found = paintOverMarks(pixels)));
  return found;
}
const remembered = new WeakMap<Pixels, Pixels>();

/** 1 is the brightest value there is: marks are drawn in white. */
function unitGrey(pixels: Pixels): Float32Array {
  const { data } = toGrey(pixels);
  let white = 1e-6;
  for (let n = 0; n < data.length; n++) white = Math.max(white, data[n]!);
  return Float32Array.from(data, (v) => v / white);
}

/** How much brighter than what surrounds it a pixel beside a cross is to be part of a mark. */
const leastStroke = 0.15;
/** Brighter than both sides by this, on average, is a line between two crosses. */
const leastLine = 0.06;

function markMask(grey: Float32Array, width: number, height: number, crosses: readonly Cross[]): Uint8Array {
  const mask = new Uint8Array(grey.length);
  const set = (x: number, y: number): void => {
    if (x >= 0 && y >= 0 && x < width && y < height) mask[y * width + x] = 1;
  };
  // 1. Strokes of each cross and of the digit beside it: what a small opening takes away.
  for (const cross of crosses) {
    const reach = 11 * cross.scale;
    for (let y = cross.y - reach; y <= cross.y + reach; y++) {
      for (let x = cross.x - reach; x <= cross.x + reach; x++) {
        const near = Math.max(Math.abs(x - cross.x), Math.abs(y - cross.y)) <= 5 * cross.scale;
        const onArm = Math.min(Math.abs(x - cross.x), Math.abs(y - cross.y)) <= cross.scale;
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const height1 = strokeHeight(grey, width, height, x, y, 2 * cross.scale + 1);
        if (height1 > leastStroke && ((near && onArm) || grey[y * width + x]! > 0.6)) set(x, y);
      }
    }
  }
  // 2. Lines between crosses.
  crosses.forEach((a, n) => {
    for (const b of crosses.slice(n + 1)) {
      if (lineContrast(grey, width, height, a, b) < leastLine) continue;
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      for (let at = 0; at <= length; at += 0.5) {
        set(Math.round(a.x + (at / length) * (b.x - a.x)), Math.round(a.y + (at / length) * (b.y - a.y)));
      }
    }
  });
  return widened(mask, width, height);
}

/** Height of a pixel above the darkest of what lies around it at a distance: thin strokes stand high. */
function strokeHeight(
  grey: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  reach: number,
): number {
  const value = (dx: number, dy: number): number =>
    grey[Math.min(height - 1, Math.max(0, y + dy)) * width + Math.min(width - 1, Math.max(0, x + dx))]!;
  // A stroke has darker pixels on both sides in some direction.
  let best = 0;
  for (const [dx, dy] of [
    [reach, 0],
    [0, reach],
    [reach, reach],
    [reach, -reach],
  ] as const) {
    best = Math.max(best, value(0, 0) - Math.max(value(dx, dy), value(-dx, -dy)));
  }
  return best;
}

/** One pixel all round: compression smears strokes. */
function widened(mask: Uint8Array, width: number, height: number): Uint8Array {
  const out = mask.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!mask[y * width + x]) continue;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) out[v * width + u] = 1;
      }
    }
  }
  return out;
}

/** Fills the mask from its rim inwards, each pixel with the mean of its known neighbours. */
function fill(pixels: Pixels, mask: Uint8Array): Pixels {
  const { width, height, channels } = pixels;
  const data = Float32Array.from(pixels.data);
  const known = Uint8Array.from(mask, (m) => 1 - m);
  let left = [...mask.keys()].filter((n) => mask[n]);
  while (left.length > 0) {
    const done: number[] = [];
    for (const n of left) {
      const [x, y] = [n % width, Math.floor(n / width)];
      const sum = [0, 0, 0];
      let count = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const at = v * width + u;
          if (!known[at]) continue;
          count++;
          for (let c = 0; c < channels; c++) sum[c]! += data[at * channels + c]!;
        }
      }
      if (count < 2) continue;
      for (let c = 0; c < channels; c++) data[n * channels + c] = sum[c]! / count;
      done.push(n);
    }
    if (done.length === 0) break;
    for (const n of done) known[n] = 1;
    left = left.filter((n) => !known[n]);
  }
  // Bytes stay bytes, as in training/dataset.ts.
  const bytes = pixels.data instanceof Uint8Array || pixels.data instanceof Uint8ClampedArray;
  return { ...pixels, data: bytes ? Uint8ClampedArray.from(data) : data };
}
