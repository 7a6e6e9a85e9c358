import type { Box2 } from '../geometry/box';
import { labelComponents } from './components';
import { percentiles } from './windowing';

/**
 * Where a picture shows anything: the breast in a mammogram, the retina in a fundus photograph. Found on a small copy, so
 * that a full-field mammogram costs milliseconds, and by its size: burnt-in letters and markers are bright, but small.
 *
 * Shape shorthand: w, h: sides of the small copy; box px of the picture, half-open
 */
export interface Foreground {
  /** Around the largest bright region, with a cell of the small copy to spare; the whole picture where there is none. */
  readonly box: Box2;
  /** The picture is dark on bright, as film on a light box or a raw detector's air. */
  readonly inverted: boolean;
  /** [h, w] 1 in the region, holes included by row. */
  readonly mask: Uint8Array;
  readonly maskWidth: number;
  readonly maskHeight: number;
  /** Of the picture, px. */
  readonly width: number;
  readonly height: number;
}

interface Grey {
  /** Interleaved; the channels are averaged. */
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface ForegroundOptions {
  /** Dark lesions on a bright background may be meant: look at the border to tell. */
  readonly mayBeInverted: boolean;
}

/** Longest side of the small copy. */
const smallSide = 256;
/** Share of the way from the background to white at which the region begins: a dim rim of retina or skin is in. */
const level = 0.07;
/** A region that covers less of the picture is an object on it, not what it is a picture of. */
const leastShare = 0.03;
/** An inverted picture has this share of its border near one bright value. */
const leastBorder = 0.4;

export function findForeground2(picture: Grey, { mayBeInverted }: ForegroundOptions): Foreground {
  const small = shrinkGrey(picture);
  const { width, height } = small;
  const [low = 0, high = 0] = percentiles(small.data, [0.002, 0.995]);
  const inverted = mayBeInverted && high > low && borderIsBright(small, low, high);
  const values = inverted ? small.data.map((v) => low + high - v) : small.data;
  const background = high > low ? borderMode({ ...small, data: values }, low, high).value : low;
  const threshold = background + level * (Math.max(high, background) - background);
  const bright = Uint8Array.from(values, (v) => Number(v > threshold));
  const region = largestRegion(open(bright, width, height), width, height);
  if (!region || region.count < leastShare * width * height) {
    return {
      box: [0, 0, picture.width, picture.height],
      inverted,
      mask: new Uint8Array(width * height).fill(1),
      maskWidth: width,
      maskHeight: height,
      width: picture.width,
      height: picture.height,
    };
  }
  fillRows(region.mask, width, height);
  const [x0, y0, x1, y1] = region.box;
  const fx = picture.width / width;
  const fy = picture.height / height;
  const box: Box2 = [
    Math.max(0, Math.floor((x0 - 1) * fx)),
    Math.max(0, Math.floor((y0 - 1) * fy)),
    Math.min(picture.width, Math.ceil((x1 + 1) * fx)),
    Math.min(picture.height, Math.ceil((y1 + 1) * fy)),
  ];
  return {
    box,
    inverted,
    mask: region.mask,
    maskWidth: width,
    maskHeight: height,
    width: picture.width,
    height: picture.height,
  };
}

/** Whether a point (px of the picture) lies in the region. */
export function isForeground(f: Foreground, x: number, y: number): boolean {
  const column = Math.min(f.maskWidth - 1, Math.floor((x / f.width) * f.maskWidth));
  const row = Math.min(f.maskHeight - 1, Math.floor((y / f.height) * f.maskHeight));
  return f.mask[row * f.maskWidth + column] === 1;
}

/** Share of a box (px of the picture) that the region covers, 0..1. */
export function foregroundShare(
  { mask, maskWidth, maskHeight, width, height }: Foreground,
  [x0, y0, x1, y1]: Box2,
): number {
  const column = (x: number): number => Math.round((x / width) * maskWidth);
  const row = (y: number): number => Math.round((y / height) * maskHeight);
  const columns: [number, number] = [Math.max(0, column(x0)), Math.min(maskWidth, column(x1))];
  const rows: [number, number] = [Math.max(0, row(y0)), Math.min(maskHeight, row(y1))];
  let covered = 0;
  for (let y = rows[0]; y < rows[1]; y++)
    for (let x = columns[0]; x < columns[1]; x++) covered += mask[y * maskWidth + x]!;
  const whole = (column(x1) - column(x0)) * (row(y1) - row(y0));
  return whole > 0 ? covered / whole : 0;
}

/** Means of whole blocks of pixels and channels; the last blocks of a row or column may be narrower. */
function shrinkGrey({ data, width, height, channels }: Grey): {
  data: Float32Array;
  width: number;
  height: number;
} {
  const block = Math.max(1, Math.ceil(Math.max(width, height) / smallSide));
  const w = Math.ceil(width / block);
  const h = Math.ceil(height / block);
  const out = new Float32Array(w * h);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / block) * w;
    for (let column = 0, x = 0; column < w; column++) {
      let sum = 0;
      for (const end = Math.min(width, x + block); x < end; x++) {
        const at = (y * width + x) * channels;
        for (let c = 0; c < channels; c++) sum += data[at + c]!;
      }
      out[row + column]! += sum;
    }
  }
  for (let y = 0, n = 0; y < h; y++) {
    const rows = Math.min(height, (y + 1) * block) - y * block;
    for (let x = 0; x < w; x++, n++)
      out[n]! /= rows * (Math.min(width, (x + 1) * block) - x * block) * channels;
  }
  return { data: out, width: w, height: h };
}

interface Small {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

const bins = 32;

/** The commonest value along the picture's border, and the share of the border near it. */
function borderMode(
  { data, width, height }: Small,
  low: number,
  high: number,
): { value: number; share: number } {
  const counts = new Float64Array(bins);
  const sums = new Float64Array(bins);
  let total = 0;
  const count = (n: number): void => {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((data[n]! - low) / (high - low)) * bins)));
    counts[bin]!++;
    sums[bin]! += data[n]!;
    total++;
  };
  for (let x = 0; x < width; x++) [x, (height - 1) * width + x].forEach(count);
  for (let y = 0; y < height; y++) [y * width, y * width + width - 1].forEach(count);
  const best = counts.indexOf(Math.max(...counts));
  return { value: sums[best]! / counts[best]!, share: counts[best]! / total };
}

function borderIsBright(small: Small, low: number, high: number): boolean {
  const { value, share } = borderMode(small, low, high);
  return share > leastBorder && value > low + 0.66 * (high - low);
}

/** Drops what is thinner than three cells: lines along the border, and letters that touch the region. */
function open(bright: Uint8Array, width: number, height: number): Uint8Array {
  const around = boxSums(bright, width, height);
  const core = Uint8Array.from(around, (sum) => Number(sum >= 8));
  const near = boxSums(core, width, height);
  return bright.map((v, n) => Number(v === 1 && near[n]! > 0));
}

/** Of each cell and the eight around it; the border's cells reach outwards. */
function boxSums(map: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(map.length);
  for (let y = 0, n = 0; y < height; y++) {
    for (let x = 0; x < width; x++, n++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        const row = Math.min(height - 1, Math.max(0, y + dy)) * width;
        for (let dx = -1; dx <= 1; dx++) sum += map[row + Math.min(width - 1, Math.max(0, x + dx))]!;
      }
      out[n] = sum;
    }
  }
  return out;
}

/** The largest region of cells that share sides. */
function largestRegion(
  map: Uint8Array,
  width: number,
  height: number,
): { mask: Uint8Array; count: number; box: Box2 } | null {
  const { labels, sizes, boxes } = labelComponents(map, [width, height, 1]);
  if (sizes.length === 0) return null;
  const best = sizes.indexOf(Math.max(...sizes));
  const [x0, y0, , x1, y1] = boxes[best]!;
  const mask = Uint8Array.from(labels, (label) => Number(label === best + 1));
  return { mask, count: sizes[best]!, box: [x0, y0, x1, y1] };
}

/** Dark places between bright ones of a row are inside: a haemorrhage, fat. */
function fillRows(mask: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const row = mask.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first >= 0) row.fill(1, first, row.lastIndexOf(1) + 1);
  }
}
