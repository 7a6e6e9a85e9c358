import { ellipsoidRadius, type Block } from './block';
import { fillEnclosed, keepPart } from './keep-part';

/**
 * A lesion by a random walker with priors (Grady 2005, "Multilabel random walker image segmentation using prior models"):
 * how likely a walk from each voxel ends inside, where steps over edges are rare and each voxel pulls inward or outward by
 * its value and by where it lies in the box. For MR, ultrasound, photographs, and CT outside the lungs.
 *
 * Shape shorthand: nodes [K, J, I] flat, i fastest, of the block or of a coarser grid of it
 */

/** More nodes than this are put together: about 0.2 s of work. */
const mostNodes = 60_000;
/** How much a voxel's own likelihood counts beside its neighbours' (of weight 1 where there is no edge). */
const pull = 0.25;
/** Turns of value models and walk. */
const turns = 3;
const sweeps = 60;
const overRelaxation = 1.7;
const bins = 24;
/** No value alone is worth more than this log-odds. */
const mostEvidence = 2.5;

interface Nodes {
  readonly dims: readonly [number, number, number];
  readonly radius: Float32Array;
  /** One value a node: what tells inside from outside best. */
  values: Float32Array;
}

/** @returns 1 inside, on the block's own voxels; all 0 where there is nothing */
export function outlineByWalk(block: Block, flat: boolean): Uint8Array {
  const factor = coarsening(block, flat);
  const { nodes, channels } = gather(block, factor, flat);
  const { dims, radius } = nodes;
  let chance: Float32Array = Float32Array.from(radius, (d) => (d < 0.8 ? 1 : d > 1.15 ? 0 : 0.5));
  for (let turn = 0; turn < turns; turn++) {
    nodes.values = telling(channels, chance, radius.length);
    chance = walk(nodes, evidence(nodes.values, chance), chance, flat);
  }
  const mask = keepPart(
    Uint8Array.from(chance, (p) => Number(p > 0.5)),
    [...dims],
    (n) => radius[n]! < 0.7,
  );
  fillEnclosed(mask, [...dims], flat);
  return spread(mask, chance, nodes, block, factor);
}

function coarsening({ dims, spacing }: Block, flat: boolean): [number, number, number] {
  const factor: [number, number, number] = [1, 1, 1];
  const nodes = (): number => dims.reduce((product, n, a) => product * Math.ceil(n / factor[a]!), 1);
  while (nodes() > mostNodes) {
    // The finest direction gives most.
    const axes = flat ? [0, 1] : [0, 1, 2];
    const axis = axes.reduce((best, a) =>
      spacing[a]! * factor[a]! < spacing[best]! * factor[best]! ? a : best,
    );
    factor[axis]!++;
  }
  return factor;
}

function gather(
  block: Block,
  factor: readonly [number, number, number],
  flat: boolean,
): { nodes: Nodes; channels: Float32Array[] } {
  const dims = block.dims.map((n, a) => Math.ceil(n / factor[a]!)) as [number, number, number];
  const size = dims[0] * dims[1] * dims[2];
  const channels = Array.from({ length: block.channels }, () => new Float32Array(size));
  const counts = new Float32Array(size);
  const [ni, nj, nk] = block.dims;
  let at = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++) {
        const n =
          Math.floor(i / factor[0]) +
          dims[0] * (Math.floor(j / factor[1]) + dims[1] * Math.floor(k / factor[2]));
        counts[n]!++;
        for (const channel of channels) channel[n]! += block.values[at++]!;
      }
  for (const channel of channels) channel.forEach((v, n) => (channel[n] = v / counts[n]!));
  const out = ellipsoidRadius(block.box, flat);
  const radius = new Float32Array(size);
  let n = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++)
        radius[n++] = out(middle(i, factor[0]), middle(j, factor[1]), middle(k, factor[2]));
  return { nodes: { dims, radius, values: channels[0]! }, channels };
}

/** Of the voxels that a node holds, in voxels. */
const middle = (n: number, factor: number): number => n * factor + (factor - 1) / 2;

/** The sum of channels by which inside and outside differ most (Fisher's, without their correlation), in units of its spread. */
function telling(channels: readonly Float32Array[], chance: Float32Array, size: number): Float32Array {
  const out = new Float32Array(size);
  for (const channel of channels) {
    const [inside, outside] = [moments(channel, (n) => chance[n]!), moments(channel, (n) => 1 - chance[n]!)];
    const spread = (inside.variance + outside.variance) / 2 || 1;
    const weight = (inside.mean - outside.mean) / spread;
    channel.forEach((v, n) => (out[n]! += weight * v));
  }
  const { variance } = moments(out, () => 1);
  const scale = 1 / (Math.sqrt(variance) || 1);
  return out.map((v) => v * scale);
}

function moments(values: Float32Array, weight: (n: number) => number): { mean: number; variance: number } {
  let [sum, squares, total] = [0, 0, 0];
  values.forEach((v, n) => {
    const w = weight(n);
    total += w;
    sum += w * v;
    squares += w * v * v;
  });
  const mean = total > 0 ? sum / total : 0;
  return { mean, variance: total > 0 ? Math.max(0, squares / total - mean * mean) : 0 };
}

/** Log-odds of inside by value alone, from histograms of what is inside and outside now. */
function evidence(values: Float32Array, chance: Float32Array): Float32Array {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const width = (high - low) / bins || 1;
  const bin = (v: number): number => Math.min(bins - 1, Math.floor((v - low) / width));
  const [inside, outside] = [new Float64Array(bins), new Float64Array(bins)];
  values.forEach((v, n) => {
    inside[bin(v)]! += chance[n]!;
    outside[bin(v)]! += 1 - chance[n]!;
  });
  const [p, q] = [density(inside), density(outside)];
  const odds = p.map((v, b) => Math.max(-mostEvidence, Math.min(mostEvidence, Math.log(v / q[b]!))));
  return values.map((v) => odds[bin(v)]!);
}

/** Smoothed over neighbouring bins, never 0. */
function density(counts: Float64Array): Float64Array {
  const smooth = counts.map((v, b) => (counts[b - 1] ?? v) + 2 * v + (counts[b + 1] ?? v));
  const total = smooth.reduce((sum, v) => sum + v, 0) || 1;
  return smooth.map((v) => v / total + 1e-3);
}

/** Log-odds of inside by place alone: the ellipsoid in the box, softly. */
const placeOdds = (d: number): number => Math.max(-8, Math.min(2, 5 * (1.08 - d)));

/** Gauss-Seidel with over-relaxation. @returns chance of inside, 0 to 1 */
function walk(
  { dims, radius, values }: Nodes,
  odds: Float32Array,
  start: Float32Array,
  flat: boolean,
): Float32Array {
  const [ni, nj, nk] = dims;
  const size = values.length;
  const strides = [1, ni, ni * nj];
  const axes = flat ? [0, 1] : [0, 1, 2];
  const typical =
    axes.map((a) => meanStep(values, strides[a]!, dims, a)).reduce((s, v) => s + v, 0) / axes.length;
  const sharp = 1 / (2 * (1.5 * typical || 1) ** 2);
  const weights = axes.map((a) => {
    const weight = new Float32Array(size);
    const stride = strides[a]!;
    for (let n = 0; n + stride < size; n++) {
      if (Math.floor(n / stride) % dims[a]! === dims[a]! - 1) continue;
      weight[n] = Math.exp(-sharp * (values[n]! - values[n + stride]!) ** 2) + 1e-3;
    }
    return weight;
  });
  const prior = Float32Array.from(radius, (d, n) => 1 / (1 + Math.exp(-(odds[n]! + placeOdds(d)))));
  const chance = Float32Array.from(start);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let k = 0, n = 0; k < nk; k++)
      for (let j = 0; j < nj; j++)
        for (let i = 0; i < ni; i++, n++) {
          let sum = pull * prior[n]!;
          let total = pull;
          for (let x = 0; x < axes.length; x++) {
            const stride = strides[axes[x]!]!;
            const weight = weights[x]!;
            const forth = weight[n]!;
            if (forth > 0) {
              sum += forth * chance[n + stride]!;
              total += forth;
            }
            const back = n >= stride ? weight[n - stride]! : 0;
            if (back > 0) {
              sum += back * chance[n - stride]!;
              total += back;
            }
          }
          const next = chance[n]! + overRelaxation * (sum / total - chance[n]!);
          chance[n] = next < 0 ? 0 : next > 1 ? 1 : next;
        }
  }
  return chance;
}

function meanStep(values: Float32Array, stride: number, dims: readonly number[], axis: number): number {
  let [sum, count] = [0, 0];
  for (let n = 0; n + stride < values.length; n++) {
    if (Math.floor(n / stride) % dims[axis]! === dims[axis]! - 1) continue;
    sum += Math.abs(values[n]! - values[n + stride]!);
    count++;
  }
  return count > 0 ? sum / count : 0;
}

/** From nodes to the block's voxels: the chance between nodes, where more than one voxel makes a node. */
function spread(
  mask: Uint8Array,
  chance: Float32Array,
  { dims }: Nodes,
  block: Block,
  factor: readonly [number, number, number],
): Uint8Array {
  const kept = Float32Array.from(chance, (p, n) => (mask[n] ? Math.max(p, 0.5001) : Math.min(p, 0.5)));
  const [ni, nj, nk] = block.dims;
  const out = new Uint8Array(ni * nj * nk);
  const at = (v: number, a: number): [number, number, number] => {
    const place = Math.min(Math.max((v + 0.5) / factor[a]! - 0.5, 0), dims[a]! - 1);
    const low = Math.floor(place);
    return [low, Math.min(dims[a]! - 1, low + 1), place - low];
  };
  let n = 0;
  for (let k = 0; k < nk; k++) {
    const [k0, k1, fk] = at(k, 2);
    for (let j = 0; j < nj; j++) {
      const [j0, j1, fj] = at(j, 1);
      for (let i = 0; i < ni; i++) {
        const [i0, i1, fi] = at(i, 0);
        const row = (jj: number, kk: number): number =>
          (1 - fi) * kept[i0 + dims[0] * (jj + dims[1] * kk)]! +
          fi * kept[i1 + dims[0] * (jj + dims[1] * kk)]!;
        const plane = (kk: number): number => (1 - fj) * row(j0, kk) + fj * row(j1, kk);
        out[n++] = Number((1 - fk) * plane(k0) + fk * plane(k1) > 0.5);
      }
    }
  }
  return out;
}
