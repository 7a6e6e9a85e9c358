import { MergeQueue } from './merge-queue';
import type { RegionFeatures } from './region-features';
import type { Watch } from './watch';

/**
 * Shape shorthand: R initial regions, 2R - 1 nodes; boxes Int32Array [2R - 1, 6], half-open, initial regions first, then each
 * merge in the order it was made, the whole grid last.
 */
export interface Hierarchy {
  readonly count: number;
  readonly boxes: Int32Array;
  readonly sizes: Float64Array;
  /** The two nodes each merge joined, [R - 1, 2]. */
  readonly children: Int32Array;
}

/** Weights of the four similarities of Uijlings et al. 2013, equations 2 to 6; the paper uses 0 and 1. */
export interface SimilarityWeights {
  readonly color: number;
  readonly texture: number;
  readonly size: number;
  readonly fill: number;
}

/**
 * Hierarchical grouping (Uijlings et al. 2013, algorithm 1): the two most similar neighbours are merged, their similarity to the
 * remaining neighbours is computed anew, until one region is left. Histograms of a merged region are size-weighted means,
 * written over its first child's. Entries of the queue that name a merged region are skipped when they come up.
 * @throws AppError `job.cancelled` where `watch` says so.
 */
export function groupRegions(features: RegionFeatures, weights: SimilarityWeights, watch?: Watch): Hierarchy {
  const { count, cells, pairs, colorBins, textureBins } = features;
  const nodes = 2 * count - 1;
  const color = weights.color > 0 ? features.color.slice() : null;
  const texture = weights.texture > 0 ? features.texture.slice() : null;
  const sizes = new Float64Array(nodes);
  sizes.set(features.sizes);
  const boxes = new Int32Array(nodes * 6);
  boxes.set(features.boxes);
  const children = new Int32Array(2 * (count - 1));
  /** Row of the histograms that a node uses. */
  const slot = Int32Array.from({ length: nodes }, (_, n) => n);
  /** The node a merged node went into, or itself. */
  const into = Int32Array.from({ length: nodes }, (_, n) => n);
  const current = (node: number): number => {
    while (into[node] !== node) {
      into[node] = into[into[node]!]!;
      node = into[node]!;
    }
    return node;
  };

  const similarity = (a: number, b: number): number => {
    let sum = 0;
    if (color)
      sum += weights.color * intersection(color, slot[a]! * colorBins, slot[b]! * colorBins, colorBins);
    if (texture)
      sum +=
        weights.texture * intersection(texture, slot[a]! * textureBins, slot[b]! * textureBins, textureBins);
    const together = sizes[a]! + sizes[b]!;
    sum += weights.size * (1 - together / cells);
    if (weights.fill > 0) sum += weights.fill * (1 - (jointVolume(boxes, a * 6, b * 6) - together) / cells);
    return sum;
  };

  const neighbours: number[][] = Array.from({ length: count }, () => []);
  const queue = new MergeQueue(pairs.length * 4);
  for (let n = 0; n < pairs.length; n += 2) {
    const [a, b] = [pairs[n]!, pairs[n + 1]!];
    neighbours[a]!.push(b);
    neighbours[b]!.push(a);
    queue.push(a, b, similarity(a, b));
  }

  const stamped = new Int32Array(nodes).fill(-1);
  let made = count;
  while (made < nodes && queue.pop()) {
    const { a, b } = queue;
    if (into[a] !== a || into[b] !== b) continue;
    if ((made & 63) === 0) watch?.check();
    const node = made++;
    children[(node - count) * 2] = a;
    children[(node - count) * 2 + 1] = b;
    const together = sizes[a]! + sizes[b]!;
    const share = sizes[a]! / together;
    if (color) blend(color, slot[a]! * colorBins, slot[b]! * colorBins, colorBins, share);
    if (texture) blend(texture, slot[a]! * textureBins, slot[b]! * textureBins, textureBins, share);
    slot[node] = slot[a]!;
    sizes[node] = together;
    for (let n = 0; n < 3; n++) {
      boxes[node * 6 + n] = Math.min(boxes[a * 6 + n]!, boxes[b * 6 + n]!);
      boxes[node * 6 + 3 + n] = Math.max(boxes[a * 6 + 3 + n]!, boxes[b * 6 + 3 + n]!);
    }
    into[a] = node;
    into[b] = node;
    const around: number[] = [];
    for (const list of [neighbours[a]!, neighbours[b]!]) {
      for (const stale of list) {
        const other = current(stale);
        if (other === node || stamped[other] === node) continue;
        stamped[other] = node;
        around.push(other);
        queue.push(other, node, similarity(other, node));
      }
    }
    neighbours.push(around);
    neighbours[a] = neighbours[b] = [];
  }
  return { count: made, boxes: boxes.subarray(0, made * 6), sizes: sizes.subarray(0, made), children };
}

/** Sum of the smaller of two histograms' bins: 1 for equal ones, 0 for disjoint ones. */
function intersection(rows: Float32Array, a: number, b: number, bins: number): number {
  let sum = 0;
  for (let n = 0; n < bins; n++) {
    const x = rows[a + n]!;
    const y = rows[b + n]!;
    sum += x < y ? x : y;
  }
  return sum;
}

function blend(rows: Float32Array, a: number, b: number, bins: number, share: number): void {
  for (let n = 0; n < bins; n++) rows[a + n] = rows[a + n]! * share + rows[b + n]! * (1 - share);
}

function jointVolume(boxes: Int32Array, a: number, b: number): number {
  let volume = 1;
  for (let n = 0; n < 3; n++)
    volume *= Math.max(boxes[a + 3 + n]!, boxes[b + 3 + n]!) - Math.min(boxes[a + n]!, boxes[b + n]!);
  return volume;
}
