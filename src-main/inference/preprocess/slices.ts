import type { Box2 } from '../../core/geometry/box';
import type { Volume, VolumeGeometry } from '../../core/volume/volume';
import { percentiles } from '../../core/volume/windowing';
import { chain, letterbox, mapBox, scaling, translation, type Affine2 } from './affine2';
import type { IntensityRange } from './intensity';
import type { Pixels } from './sample';

/**
 * Slices of a volume as the pictures a network was trained on: upright, square pixels, cropped to what is not air.
 *
 * Shape shorthand: slice k holds rows j of columns i; boxes [x0, y0, x1, y1] with x along i, y along j
 */
export interface SliceView {
  readonly index: number;
  readonly pixels: Pixels;
  readonly toCanvas: Affine2;
  readonly range: IntensityRange;
}

export interface SlicePlan {
  /** Slices worth looking at, in order. */
  readonly indices: readonly number[];
  view(index: number): SliceView;
}

/** Share of the 99th percentile above which a voxel is not air. */
const airFraction = 0.1;
/** A slice with a smaller share of the largest slice's tissue holds no more than an edge of the organ. */
const leastTissue = 0.06;

/**
 * @param size canvas side
 * @param percentilesOf black and white point; null: the volume's full range
 */
export function planSlices(
  volume: Volume,
  size: number,
  marginFraction: number,
  percentilesOf: readonly [number, number] | null,
): SlicePlan {
  const [width, height, depth] = volume.dims;
  const [low = 0, p99 = 1] = percentiles(volume.data, [0.01, 0.99]);
  const air = low + airFraction * (p99 - low);
  const { box, tissue } = findForeground(volume, air);
  const largest = Math.max(...tissue);
  const indices = Array.from({ length: depth }, (_, k) => k).filter(
    (k) => tissue[k]! > leastTissue * largest,
  );
  const toCanvas = sliceTransform(volume, box, marginFraction, size);
  const sliceOf = (k: number): Pixels => {
    const count = width * height;
    return { data: volume.data.subarray(k * count, (k + 1) * count), width, height, channels: 1 };
  };
  const highest = percentilesOf ? percentiles(volume.data, [percentilesOf[1]])[0]! : 0;

  return {
    indices,
    view(index) {
      const pixels = sliceOf(index);
      let range: IntensityRange = [low, p99];
      if (percentilesOf) {
        const inside = crop(pixels, box);
        const [black = 0, white = 0] = percentiles(inside, percentilesOf);
        // A slice with little tissue is not blown up to full brightness: its noise would look like lesions.
        range = [black, Math.max(white, black + 0.5 * (highest - low), black + 1e-6)];
      }
      return { index, pixels, toCanvas, range };
    },
  };
}

function crop(pixels: Pixels, box: Box2): Float32Array {
  const [x0, y0, x1, y1] = box;
  const out = new Float32Array((x1 - x0) * (y1 - y0));
  let n = 0;
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) out[n++] = pixels.data[y * pixels.width + x]!;
  return out;
}

/**
 * In-plane box around tissue in all slices, and voxels of tissue in each slice. A row or column counts when a hundredth
 * of it is tissue: single bright voxels in the air do not widen the box.
 */
export function findForeground(volume: Volume, air: number): { box: Box2; tissue: Float64Array } {
  const [width, height, depth] = volume.dims;
  const tissue = new Float64Array(depth);
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  let n = 0;
  for (let k = 0; k < depth; k++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, n++) {
        if (!(volume.data[n]! > air)) continue;
        tissue[k]!++;
        columns[x]!++;
        rows[y]!++;
      }
    }
  }
  const extent = (counts: Float64Array, across: number): [number, number] => {
    const enough = 0.01 * across * depth;
    const first = counts.findIndex((c) => c > enough);
    if (first < 0) return [0, counts.length];
    let last = counts.length - 1;
    while (counts[last]! <= enough) last--;
    return [first, last + 1];
  };
  const [x0, x1] = extent(columns, height);
  const [y0, y1] = extent(rows, width);
  return { box: [x0, y0, x1, y1], tissue };
}

/** Slice px -> canvas px: crop to the box with a margin, turn upright, make pixels square, letterbox. */
export function sliceTransform(g: VolumeGeometry, box: Box2, marginFraction: number, size: number): Affine2 {
  const [sx, sy] = g.spacing;
  const widthMm = (box[2] - box[0]) * sx;
  const heightMm = (box[3] - box[1]) * sy;
  const margin = marginFraction * Math.max(widthMm, heightMm);
  const toMm = chain(translation(-box[0], -box[1]), scaling(sx, sy), translation(margin, margin));
  const upright = uprightTransform(g, widthMm + 2 * margin, heightMm + 2 * margin);
  return chain(toMm, upright.transform, letterbox(upright.width, upright.height, size));
}

/**
 * Turns a picture as radiologists hang it: axial with anterior up and the patient's right on the left, coronal with head
 * up, sagittal with head up and the nose to the left (the DICOM orders of increasing L, P and decreasing S).
 */
export function uprightTransform(
  g: Pick<VolumeGeometry, 'direction'>,
  width: number,
  height: number,
): { transform: Affine2; width: number; height: number } {
  const [i, j] = g.direction;
  const dominant = (v: readonly [number, number, number]): number =>
    [0, 1, 2].reduce((best, a) => (Math.abs(v[a]!) > Math.abs(v[best]!) ? a : best), 0);
  const axisI = dominant(i);
  const axisJ = dominant(j);
  if (axisI === axisJ) return { transform: [1, 0, 0, 0, 1, 0], width, height };
  // Across runs the axis that comes first of L, P, S; down runs the later one.
  const swap = axisI > axisJ;
  const across = swap ? j : i;
  const down = swap ? i : j;
  const acrossFlip = across[Math.min(axisI, axisJ)]! < 0;
  const downAxis = Math.max(axisI, axisJ);
  // Down means towards P (axial), or away from S, the head (coronal, sagittal).
  const downFlip = downAxis === 2 ? down[2] > 0 : down[downAxis]! < 0;
  const [w, h] = swap ? [height, width] : [width, height];
  const steps: Affine2[] = [];
  if (swap) steps.push([0, 1, 0, 1, 0, 0]);
  if (acrossFlip) steps.push([-1, 0, w, 0, 1, 0]);
  if (downFlip) steps.push([1, 0, 0, 0, -1, h]);
  return { transform: chain([1, 0, 0, 0, 1, 0], ...steps), width: w, height: h };
}

/** A canvas box back in slice px, clipped to the slice; null where nothing is left. */
export function toSliceBox(box: Box2, fromCanvas: Affine2, width: number, height: number): Box2 | null {
  const back = mapBox(fromCanvas, box);
  const clipped: Box2 = [
    Math.max(0, back[0]),
    Math.max(0, back[1]),
    Math.min(width, back[2]),
    Math.min(height, back[3]),
  ];
  return clipped[2] > clipped[0] && clipped[3] > clipped[1] ? clipped : null;
}
