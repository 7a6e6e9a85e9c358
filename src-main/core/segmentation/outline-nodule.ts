import type { Box3 } from '../geometry/box';
import { box3Iou } from '../geometry/box';
import { squaredDistances } from '../volume/distance-map';
import { ellipsoidRadius, quantileOf } from './block';
import type { EvenBlock } from './even-block';
import { fillEnclosed, keepPart } from './keep-part';

/**
 * A nodule in the lung, CT: what is denser than a threshold between nodule and lung, less what is thinner than the nodule
 * (vessels, by opening) and less the chest wall, as in Kostis et al. 2003 ("Three-dimensional segmentation and growth-rate
 * estimation of small pulmonary nodules in helical CT images") and Kuhnigk et al. 2006. The threshold lies half-way for a
 * solid nodule and lower where the lesion fills its box only with its ground glass: a reader's box says what counts.
 */

/** Darker is lung, HU. */
const lungBelow = -500;
const emptyLung = -850;
/** Thresholds, as shares of the way from lung to the nodule's core: half-way, and those that take ground glass in. */
const shares = [0.5, 0.4, 0.3, 0.22, 0.16, 0.12] as const;
/** No threshold is nearer to lung than this, HU. */
const leastAboveLung = 80;
/** How much better a box must fit for each tenth below half-way (intersection over union). */
const fitForTenth = 0.002;
/** Opening: share of the nodule's inner radius, and mm. */
const openingShare = 0.3;
const openingMm = [0.6, 2] as const;
const glassOpeningMm = 1;
/** Beyond the box by this share of the inscribed ellipsoid is no part of the lesion. */
const reach = 1.35;
/** Chest wall, heart and large vessels: denser than this (HU), and a ball of this radius fits in beside the lesion. */
const wallAbove = -350;
const wallBallMm = 4.5;

/** Whether so much lung lies round the box that a nodule in it can be told by its density. */
export function liesInLung({ values, dims, box }: EvenBlock): boolean {
  const out = ellipsoidRadius(box, false);
  let lung = 0;
  let count = 0;
  eachVoxel(dims, (n, i, j, k) => {
    const d = out(i, j, k);
    if (d < 1.1 || d > 1.6) return;
    count++;
    if (values[n]! < lungBelow) lung++;
  });
  return lung > 0.2 * count;
}

/**
 * The density at which what stands out fills the box best.
 *
 * @returns share of the way from lung to the core, of {@link shares}
 */
export function fittingShare(block: EvenBlock): number {
  const scene = look(block);
  let best = { share: shares[0] as number, fit: -Infinity };
  for (const share of shares) {
    const box = boundsOf(cutOut(scene, share), block.dims);
    const fit = (box ? box3Iou(box, block.box) : 0) - fitForTenth * 10 * (0.5 - share);
    if (fit > best.fit) best = { share, fit };
  }
  return best.share;
}

/** @returns 1 inside; all 0 where nothing in the box stands out */
export const outlineNodule = (block: EvenBlock, share: number): Uint8Array => cutOut(look(block), share);

interface Scene {
  readonly block: EvenBlock;
  /** Of the ellipsoid in the box. */
  readonly radius: Float32Array;
  readonly smooth: Float32Array;
  readonly wall: Uint8Array;
  readonly lung: number;
  readonly dense: number;
}

function look(block: EvenBlock): Scene {
  const { values, dims } = block;
  const out = ellipsoidRadius(block.box, false);
  const radius = new Float32Array(values.length);
  eachVoxel(dims, (n, i, j, k) => (radius[n] = out(i, j, k)));
  const smooth = meanOf27(values, dims);
  const wall = findWall(block, radius);
  const core: number[] = [];
  radius.forEach((d, n) => {
    if (d < 0.7 && !wall[n]) core.push(smooth[n]!);
  });
  return { block, radius, smooth, wall, lung: lungValue(values, radius), dense: quantileOf(core, 0.8) };
}

function cutOut({ block, radius, smooth, wall, lung, dense }: Scene, share: number): Uint8Array {
  const { values, dims } = block;
  const threshold = Math.max(lung + share * (dense - lung), lung + leastAboveLung);
  // Ground glass is not far above the noise of lung.
  const of = threshold < lungBelow ? smooth : values;
  const mask = Uint8Array.from(of, (v, n) => Number(v > threshold && radius[n]! < reach && !wall[n]));
  // Ground glass is ragged: a wide opening would eat it.
  const opened = open(mask, block, radius, share < 0.35 ? glassOpeningMm : openingMm[1]);
  fillEnclosed(opened, dims, false);
  return opened;
}

/** What a ball fits in that has its middle beside the lesion, with the blurred rim of it. */
function findWall({ values, dims, step }: EvenBlock, radius: Float32Array): Uint8Array {
  const by = wallBallMm / step;
  const thin = Uint8Array.from(values, (v) => Number(v <= wallAbove));
  const depth = squaredDistances(thin, dims);
  const middles = Uint8Array.from(depth, (d, n) => Number(d > by * by && radius[n]! > 1.05));
  if (!middles.includes(1)) return middles;
  const outward = squaredDistances(middles, dims);
  const rim = (by + 1.5) ** 2;
  return Uint8Array.from(outward, (d, n) => Number(d <= by * by || (d <= rim && values[n]! <= wallAbove)));
}

function lungValue(values: Float32Array, radius: Float32Array): number {
  const around: number[] = [];
  radius.forEach((d, n) => {
    if (d > 1.1 && values[n]! < lungBelow) around.push(values[n]!);
  });
  return around.length < 20 ? emptyLung : quantileOf(around, 0.5);
}

/** Cuts off what is thin beside the lesion: vessels, and necks to what it touches. */
function open(mask: Uint8Array, { dims, step }: EvenBlock, radius: Float32Array, mostMm: number): Uint8Array {
  const inward = squaredDistances(
    Uint8Array.from(mask, (v) => 1 - v),
    dims,
  );
  let thickest = 0;
  inward.forEach((d, n) => {
    if (radius[n]! < 0.7 && mask[n] && d !== Infinity) thickest = Math.max(thickest, d);
  });
  const inner = Math.sqrt(thickest) * step;
  const mm = Math.min(Math.max(openingShare * inner, openingMm[0]), mostMm);
  const by = mm / step;
  const middle = (n: number): boolean => radius[n]! < 0.7;
  const eroded = keepPart(
    Uint8Array.from(mask, (v, n) => Number(v === 1 && inward[n]! > by * by)),
    dims,
    middle,
  );
  if (!eroded.includes(1)) return keepPart(mask, dims, middle);
  const outward = squaredDistances(eroded, dims);
  return Uint8Array.from(mask, (v, n) => Number(v === 1 && outward[n]! <= (by + 1) ** 2));
}

function meanOf27(values: Float32Array, dims: EvenBlock['dims']): Float32Array {
  let from = values;
  const strides = [1, dims[0], dims[0] * dims[1]];
  for (let a = 0; a < 3; a++) {
    const to = new Float32Array(values.length);
    const stride = strides[a]!;
    const size = dims[a]!;
    for (let n = 0; n < to.length; n++) {
      const at = Math.floor(n / stride) % size;
      const [low, high] = [at > 0 ? n - stride : n, at < size - 1 ? n + stride : n];
      to[n] = (from[low]! + from[n]! + from[high]!) / 3;
    }
    from = to;
  }
  return from;
}

function boundsOf(mask: Uint8Array, dims: EvenBlock['dims']): Box3 | null {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  eachVoxel(dims, (n, i, j, k) => {
    if (!mask[n]) return;
    [i, j, k].forEach((v, a) => {
      low[a] = Math.min(low[a]!, v);
      high[a] = Math.max(high[a]!, v + 1);
    });
  });
  return low[0] === Infinity ? null : ([...low, ...high] as unknown as Box3);
}

function eachVoxel(
  [ni, nj, nk]: EvenBlock['dims'],
  visit: (n: number, i: number, j: number, k: number) => void,
): void {
  let n = 0;
  for (let k = 0; k < nk; k++) for (let j = 0; j < nj; j++) for (let i = 0; i < ni; i++) visit(n++, i, j, k);
}
