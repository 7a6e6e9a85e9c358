import type { Grid } from './grid';
import { cellCount } from './grid';
import type { Segmentation } from './graph-segmentation';

/**
 * Shape shorthand: planes C x Float32Array [cells] in 0..255; codes Uint8Array [cells, stride];
 * histograms Float32Array [regions, bins], each row summing to 1; boxes Int32Array [regions, 6], half-open
 * x0, y0, z0, x1, y1, z1; pairs Int32Array [P, 2], each pair of touching regions once.
 *
 * Uijlings et al., "Selective Search for Object Recognition", IJCV 104(2), 2013, section 3.2: 25 colour bins a channel; Gaussian
 * derivatives in eight orientations, 10 bins each, a channel. The derivative along any direction is the projected gradient
 * (steerability: Freeman & Adelson, PAMI 13(9), 1991), and two opposite orientations are the positive and the negative part of one.
 */
const colorBinsPerChannel = 25;
const textureBins = 10;
/** Signed steps of one derivative: -9..9. */
const signedBins = 2 * textureBins - 1;

export interface CellCodes {
  readonly cells: number;
  readonly channels: number;
  /** [cells, channels], 0..24. */
  readonly color: Uint8Array;
  readonly directions: number;
  /** [cells, channels * directions], 0..18; 9 is no slope. */
  readonly texture: Uint8Array;
}

export interface RegionFeatures {
  readonly count: number;
  readonly cells: number;
  readonly sizes: Float64Array;
  readonly boxes: Int32Array;
  readonly pairs: Int32Array;
  readonly colorBins: number;
  readonly color: Float32Array;
  readonly textureBins: number;
  readonly texture: Float32Array;
}

const s2 = Math.SQRT1_2;
const s3 = 1 / Math.sqrt(3);
const directions2 = [1, 0, 0, 0, 1, 0, s2, s2, 0, s2, -s2, 0];
/** Three axes and four body diagonals: 14 half-directions spread over the sphere. */
const directions3 = [1, 0, 0, 0, 1, 0, 0, 0, 1, s3, s3, s3, s3, s3, -s3, s3, -s3, s3, -s3, s3, s3];

/** Histogram bins of every cell; computed once and counted again for each segmentation. 15 bytes a cell for 3 channels. */
export function codeCells(planes: readonly Float32Array[], grid: Grid): CellCodes {
  const cells = cellCount(grid);
  const channels = planes.length;
  const axes = grid.dims[2] > 1 ? 3 : 2;
  const vectors = axes === 3 ? directions3 : directions2;
  const directions = vectors.length / 3;
  const color = new Uint8Array(cells * channels);
  const texture = new Uint8Array(cells * channels * directions);
  planes.forEach((plane, c) => {
    for (let cell = 0; cell < cells; cell++) {
      const bin = (plane[cell]! * (colorBinsPerChannel / 256)) | 0;
      color[cell * channels + c] = bin < 0 ? 0 : bin >= colorBinsPerChannel ? colorBinsPerChannel - 1 : bin;
    }
    const slopes = Array.from({ length: axes }, (_, axis) => derivative(plane, grid, axis));
    const [gx, gy, gz] = slopes;
    let squares = 0;
    for (const slope of slopes) for (let n = 0; n < cells; n++) squares += slope[n]! * slope[n]!;
    // Ten bins over 0..3 RMS: scaling by the maximum, as OpenCV does, lets one glare spot empty the other bins.
    const scale = squares > 0 ? textureBins / (3 * Math.sqrt(squares / (cells * axes))) : 0;
    for (let v = 0; v < directions; v++) {
      const ux = vectors[v * 3]! * scale;
      const uy = vectors[v * 3 + 1]! * scale;
      const uz = vectors[v * 3 + 2]! * scale;
      const stride = channels * directions;
      for (let cell = 0, at = c * directions + v; cell < cells; cell++, at += stride) {
        let code = (ux * gx![cell]! + uy * gy![cell]! + (gz ? uz * gz[cell]! : 0)) | 0;
        if (code >= textureBins) code = textureBins - 1;
        else if (code <= -textureBins) code = 1 - textureBins;
        texture[at] = code + textureBins - 1;
      }
    }
  });
  return { cells, channels, color, directions, texture };
}

/** Central difference along an axis (one-sided at the ends), per unit of spacing. */
export function derivative(plane: Float32Array, { dims, spacing }: Grid, axis: number): Float32Array {
  const out = new Float32Array(plane.length);
  const extent = dims[axis]!;
  if (extent < 2) return out;
  let step = 1;
  for (let a = 0; a < axis; a++) step *= dims[a]!;
  const block = step * extent;
  const perUnit = 1 / spacing[axis]!;
  for (let start = 0; start < plane.length; start += block) {
    for (let n = 0; n < extent; n++) {
      const row = start + n * step;
      const low = n > 0 ? -step : 0;
      const high = n + 1 < extent ? step : 0;
      const scale = low && high ? perUnit / 2 : perUnit;
      for (let i = row; i < row + step; i++) out[i] = (plane[i + high]! - plane[i + low]!) * scale;
    }
  }
  return out;
}

/** Size, box, histograms and neighbours of every region of a segmentation. */
export function regionFeatures(
  { labels, count }: Segmentation,
  codes: CellCodes,
  grid: Grid,
): RegionFeatures {
  const { cells, channels, directions, color: colorCodes, texture: textureCodes } = codes;
  const sizes = new Float64Array(count);
  for (let cell = 0; cell < cells; cell++) sizes[labels[cell]!]!++;
  const colorBins = channels * colorBinsPerChannel;
  const textures = channels * directions;
  const colorCounts = new Uint32Array(count * colorBins);
  const textureCounts = new Uint32Array(count * textures * signedBins);
  for (let cell = 0, c = 0, t = 0; cell < cells; cell++) {
    const label = labels[cell]!;
    let at = label * colorBins;
    for (let n = 0; n < channels; n++, at += colorBinsPerChannel) colorCounts[at + colorCodes[c++]!]!++;
    at = label * textures * signedBins;
    for (let n = 0; n < textures; n++, at += signedBins) textureCounts[at + textureCodes[t++]!]!++;
  }
  const color = new Float32Array(colorCounts.length);
  for (let r = 0, at = 0; r < count; r++) {
    const scale = 1 / (sizes[r]! * channels);
    for (let n = 0; n < colorBins; n++, at++) color[at] = colorCounts[at]! * scale;
  }
  const texture = splitSigns(textureCounts, sizes, textures);
  return {
    count,
    cells,
    sizes,
    boxes: boundingBoxes(labels, count, grid),
    pairs: touchingPairs(labels, count, grid),
    colorBins,
    color,
    textureBins: textures * 2 * textureBins,
    texture,
  };
}

/** From signed counts [regions, textures, 19] to two rows of ten, one a half-direction; a flat or opposite slope is bin 0. */
function splitSigns(counts: Uint32Array, sizes: Float64Array, textures: number): Float32Array {
  const out = new Float32Array(sizes.length * textures * 2 * textureBins);
  for (let r = 0, from = 0, to = 0; r < sizes.length; r++) {
    const scale = 1 / (sizes[r]! * textures * 2);
    for (let t = 0; t < textures; t++, from += signedBins, to += 2 * textureBins) {
      let rising = 0;
      let falling = 0;
      for (let bin = 1; bin < textureBins; bin++) {
        const up = counts[from + textureBins - 1 + bin]!;
        const down = counts[from + textureBins - 1 - bin]!;
        rising += up;
        falling += down;
        out[to + bin] = up * scale;
        out[to + textureBins + bin] = down * scale;
      }
      out[to] = (sizes[r]! - rising) * scale;
      out[to + textureBins] = (sizes[r]! - falling) * scale;
    }
  }
  return out;
}

function boundingBoxes(labels: Int32Array, count: number, { dims: [w, h, d] }: Grid): Int32Array {
  const boxes = new Int32Array(count * 6);
  for (let r = 0; r < count; r++) boxes.set([w, h, d, 0, 0, 0], r * 6);
  for (let z = 0, cell = 0; z < d; z++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++, cell++) {
        const at = labels[cell]! * 6;
        if (x < boxes[at]!) boxes[at] = x;
        if (y < boxes[at + 1]!) boxes[at + 1] = y;
        if (z < boxes[at + 2]!) boxes[at + 2] = z;
        if (x >= boxes[at + 3]!) boxes[at + 3] = x + 1;
        if (y >= boxes[at + 4]!) boxes[at + 4] = y + 1;
        if (z >= boxes[at + 5]!) boxes[at + 5] = z + 1;
      }
    }
  }
  return boxes;
}

/** Regions that share a face (edge in a picture), lower label first. */
function touchingPairs(labels: Int32Array, count: number, { dims: [w, h, d] }: Grid): Int32Array {
  const seen = new PairSet(count);
  for (let z = 0, cell = 0; z < d; z++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++, cell++) {
        const here = labels[cell]!;
        if (x + 1 < w && labels[cell + 1] !== here) seen.add(here, labels[cell + 1]!);
        if (y + 1 < h && labels[cell + w] !== here) seen.add(here, labels[cell + w]!);
        if (z + 1 < d && labels[cell + w * h] !== here) seen.add(here, labels[cell + w * h]!);
      }
    }
  }
  return seen.pairs();
}

/** Open addressing in typed arrays: a hundred thousand border cells name a few thousand pairs. */
class PairSet {
  private table = new Int32Array(1 << 12).fill(-1);
  private list = new Int32Array(1 << 11);
  private size = 0;
  private last = -1;
  constructor(private readonly count: number) {}

  add(a: number, b: number): void {
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    const key = low * this.count + high;
    if (key === this.last) return;
    this.last = key;
    let slot = this.slotOf(low, high);
    if (this.table[slot]! >= 0) return;
    if ((this.size + 1) * 4 > this.table.length) {
      this.grow();
      slot = this.slotOf(low, high);
    }
    this.table[slot] = this.size;
    this.list[this.size * 2] = low;
    this.list[this.size * 2 + 1] = high;
    this.size++;
  }

  pairs(): Int32Array {
    return this.list.slice(0, this.size * 2);
  }

  private slotOf(low: number, high: number): number {
    const mask = this.table.length - 1;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const at = this.table[slot]!;
      if (at < 0 || (this.list[at * 2] === low && this.list[at * 2 + 1] === high)) return slot;
    }
  }

  private grow(): void {
    const list = new Int32Array(this.list.length * 2);
    list.set(this.list);
    this.list = list;
    this.table = new Int32Array(this.table.length * 2).fill(-1);
    for (let n = 0; n < this.size; n++) this.table[this.slotOf(list[n * 2]!, list[n * 2 + 1]!)] = n;
  }
}
