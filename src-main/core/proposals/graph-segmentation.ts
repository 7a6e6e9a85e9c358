import { cellCount, type Grid } from './grid';
import type { Watch } from './watch';

/**
 * Shape shorthand: planes C x Float32Array [cells]; an edge's name is `cell * 4 + direction`; labels Int32Array [cells]
 * in 0..count-1, numbered in order of first appearance.
 *
 * Felzenszwalb & Huttenlocher, "Efficient Graph-Based Image Segmentation", IJCV 59(2), 2004: Kruskal's algorithm over
 * the grid graph, joining two components where the edge between them is no heavier than the internal difference of
 * either plus k / |component|. The same graph with 6-neighbours cuts a volume into supervoxels (Xu & Corso, "Evaluation of
 * super-voxel methods for early video processing", CVPR 2012, section 3: graph-based).
 */
export interface GridGraph {
  readonly cells: number;
  /** Index distance to the neighbour in each direction. */
  readonly steps: readonly number[];
  /** Edge names from the lightest edge on; ties by name. */
  readonly names: Uint32Array;
  /** Euclidean distance between the two cells' values, in the order of `names`. */
  readonly weights: Float32Array;
}

export interface Segmentation {
  readonly labels: Int32Array;
  readonly count: number;
}

export type Connectivity = 4 | 6 | 8;

/**
 * The weighted, sorted grid graph of smoothed planes: 4- or 8-neighbours in a picture, 6-neighbours in a volume.
 * Sorting is a radix sort on the bits of the float32 weights (for non-negative floats these order as the numbers do),
 * hence exact. One graph serves every k. Memory: 8 bytes an edge (2, 3 or 4 edges a cell), twice that while sorting.
 */
export function buildGraph(
  planes: readonly Float32Array[],
  grid: Grid,
  connectivity: Connectivity,
): GridGraph {
  const cells = cellCount(grid);
  const [w, h, d] = grid.dims;
  const steps = connectivity === 6 ? [1, w, w * h] : connectivity === 8 ? [1, w, w + 1, w - 1] : [1, w];
  const room = new Uint32Array(cells * steps.length);
  let edges = 0;
  for (let z = 0, cell = 0; z < d; z++) {
    for (let y = 0; y < h; y++) {
      const down = y + 1 < h;
      for (let x = 0; x < w; x++, cell++) {
        const right = x + 1 < w;
        if (right) room[edges++] = cell * 4;
        if (down) room[edges++] = cell * 4 + 1;
        if (connectivity === 8) {
          if (down && right) room[edges++] = cell * 4 + 2;
          if (down && x > 0) room[edges++] = cell * 4 + 3;
        } else if (connectivity === 6 && z + 1 < d) room[edges++] = cell * 4 + 2;
      }
    }
  }
  const names = room.subarray(0, edges);
  return { cells, steps, ...sortByWeight(names, weigh(planes, steps, names)) };
}

function weigh(planes: readonly Float32Array[], steps: readonly number[], names: Uint32Array): Float32Array {
  const step = Int32Array.from(steps);
  const weights = new Float32Array(names.length);
  for (const plane of planes) {
    for (let n = 0; n < names.length; n++) {
      const name = names[n]!;
      const cell = name >>> 2;
      const difference = plane[cell]! - plane[cell + step[name & 3]!]!;
      weights[n]! += difference * difference;
    }
  }
  for (let n = 0; n < weights.length; n++) weights[n] = Math.sqrt(weights[n]!);
  return weights;
}

/** Stable least-significant-digit radix sort: 11 + 11 + 10 bits of the weights' float32 pattern, names carried along. */
function sortByWeight(
  names: Uint32Array,
  weights: Float32Array,
): { names: Uint32Array; weights: Float32Array } {
  let keys: Uint32Array = new Uint32Array(weights.buffer);
  const digits = [new Uint32Array(2048), new Uint32Array(2048), new Uint32Array(1024)] as const;
  const [low, mid, high] = digits;
  for (let n = 0; n < keys.length; n++) {
    const key = keys[n]!;
    low[key & 2047]!++;
    mid[(key >>> 11) & 2047]!++;
    high[key >>> 22]!++;
  }
  let nextKeys: Uint32Array = new Uint32Array(keys.length);
  let nextNames: Uint32Array = new Uint32Array(keys.length);
  digits.forEach((starts, digit) => {
    for (let n = 0, at = 0; n < starts.length; n++) {
      const here = starts[n]!;
      starts[n] = at;
      at += here;
    }
    scatter(keys, names, nextKeys, nextNames, starts, digit * 11);
    [keys, nextKeys, names, nextNames] = [nextKeys, keys, nextNames, names];
  });
  return { names, weights: new Float32Array(keys.buffer, keys.byteOffset, keys.length) };
}

function scatter(
  keys: Uint32Array,
  names: Uint32Array,
  nextKeys: Uint32Array,
  nextNames: Uint32Array,
  starts: Uint32Array,
  shift: number,
): void {
  const mask = starts.length - 1;
  for (let n = 0; n < keys.length; n++) {
    const key = keys[n]!;
    const to = starts[(key >>> shift) & mask]!++;
    nextKeys[to] = key;
    nextNames[to] = names[n]!;
  }
}

/**
 * Components of the graph at scale `k` (unit: weight times cells), after which components under `minSize` cells are
 * joined to the neighbour across their lightest edge, as in the paper's section 5. Where more than `maxRegions` are left, the
 * joining goes on with `minSize` doubled until they are few enough. 12 bytes a cell, and up to 4 an edge.
 * @throws AppError `job.cancelled` where `watch` says so.
 */
export function segmentGraph(
  graph: GridGraph,
  k: number,
  minSize: number,
  watch?: Watch,
  maxRegions = Infinity,
): Segmentation {
  const { cells, names, weights } = graph;
  const step = Int32Array.from(graph.steps);
  // A root holds minus its size, any other cell its parent: one array for both.
  const parent = new Int32Array(cells).fill(-1);
  const limit = new Float32Array(cells).fill(k);
  /** Edges between components that stayed apart: all that the second pass needs to see. */
  const joinsSmall = minSize > 1 || maxRegions < cells;
  const apart = new Uint32Array(joinsSmall ? names.length : 0);
  let apartCount = 0;
  let regions = cells;
  for (let n = 0; n < names.length; n++) {
    if ((n & 0x3ffff) === 0) watch?.check();
    const name = names[n]!;
    const cell = name >>> 2;
    const a = rootOf(parent, cell);
    const b = rootOf(parent, cell + step[name & 3]!);
    if (a === b) continue;
    const weight = weights[n]!;
    if (weight <= limit[a]! && weight <= limit[b]!) {
      const root = join(parent, a, b);
      limit[root] = weight - k / parent[root]!;
      regions--;
    } else if (joinsSmall) apart[apartCount++] = name;
  }
  for (let least = minSize; ; least = Math.max(2, least * 2)) {
    for (let n = 0; n < apartCount; n++) {
      const name = apart[n]!;
      const cell = name >>> 2;
      const a = rootOf(parent, cell);
      const b = rootOf(parent, cell + step[name & 3]!);
      if (a === b || (parent[a]! <= -least && parent[b]! <= -least)) continue;
      join(parent, a, b);
      regions--;
    }
    watch?.check();
    if (regions <= maxRegions) break;
  }
  const labels = new Int32Array(cells);
  const labelOf = new Int32Array(cells).fill(-1);
  let count = 0;
  for (let cell = 0; cell < cells; cell++) {
    const root = rootOf(parent, cell);
    if (labelOf[root]! < 0) labelOf[root] = count++;
    labels[cell] = labelOf[root]!;
  }
  return { labels, count };
}

/** Root of a cell's component; every second cell on the way is hung two steps higher (path halving). */
function rootOf(parent: Int32Array, cell: number): number {
  for (;;) {
    const up = parent[cell]!;
    if (up < 0) return cell;
    const upper = parent[up]!;
    if (upper < 0) return up;
    parent[cell] = upper;
    cell = upper;
  }
}

/** Joins two roots under the one of the larger component; returns it. */
function join(parent: Int32Array, a: number, b: number): number {
  const into = parent[a]! <= parent[b]! ? a : b;
  const from = into === a ? b : a;
  parent[into]! += parent[from]!;
  parent[from] = into;
  return into;
}
