import { AppError } from '../../core/app-error';
import { decodeBoxesFlat } from '../../core/detection/box-coder';
import type { ProposalSource } from '../../core/detection/select-proposals';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeAnchorSpec, VolumeProposalSpec } from '../bundle/schema';
import type { Tensor, Tensorflow } from '../tensorflow';
import { anchorAt } from './anchor-at';
import { nearestAnchors } from './region-anchors';
import type { VolumeNetwork } from './volume-network';

/**
 * One window through a network: the best anchors are picked in the graph, so that kilobytes are downloaded and not the
 * maps, and decoded here, where an anchor follows from its index and no table of all anchors is needed.
 *
 * Shape shorthand: D, H, W: window along z, y, x; A: anchors a location; C: classes; K: boxes kept
 */
export interface WindowProposals {
  /** [K, 6] x0, y0, z0, x1, y1, z1 in voxels of the window, half-open, not clipped. */
  readonly boxes: Float32Array;
  /** [K] 0..1. */
  readonly scores: Float32Array;
  /** [K] index of the class. */
  readonly classes: Int32Array;
  /** [K] index of the level, finest 0. */
  readonly levels: Uint8Array;
  /** [K] index of the anchor in its level, or of the network's own box. */
  readonly anchors: Int32Array;
  /** [K] who pointed at it. */
  readonly sources: readonly ProposalSource[];
}

/**
 * @param window [D, H, W] 0..1 of size x, y, z
 * @param regions [R, 6] voxels of the window: places that selective search points at; the anchor nearest to each is
 *   scored and regressed as the network's own choices are. A network that decodes its own boxes cannot look at them.
 */
export async function proposeInWindow(
  tf: Tensorflow,
  network: VolumeNetwork,
  anchors: VolumeAnchorSpec,
  spec: VolumeProposalSpec,
  window: Float32Array,
  size: Vec3,
  minScore: number,
  regions: ArrayLike<number> = [],
): Promise<WindowProposals> {
  // Locations along x, y, z of each level; null where the network gives boxes.
  const maps: (Vec3 | null)[] = [];
  const picked = tf.tidy(() => {
    const output = network.forward(tf.tensor(window, [1, size[2], size[1], size[0], 1]));
    const limit = spec.preNmsTopN;
    if (output.kind === 'boxes') {
      if (regions.length > 0) throw cannotJudgeRegions();
      maps.push(null);
      return [pick(tf, output.scores, output.boxes, network.classes, limit)];
    }
    const byNetwork = output.levels.map(({ scores, deltas }) => {
      const [depth, height, width] = scores.shape as [number, number, number];
      maps.push([width, height, depth]);
      const best = pick(tf, scores, deltas.reshape([-1, 6]), network.classes, limit);
      return { ...best, scores: best.scores.sigmoid() };
    });
    if (regions.length === 0) return byNetwork;
    const nearest = nearestAnchors(regions, anchors, maps as Vec3[]);
    const bySearch = output.levels.map((level, l) => {
      const wanted = nearest.flatMap((n) => (n?.level === l ? [n.anchor] : []));
      return pointed(tf, level.scores, level.deltas.reshape([-1, 6]), network.classes, wanted);
    });
    return [...byNetwork, ...bySearch];
  });
  try {
    const found: Found = { boxes: [], scores: [], classes: [], levels: [], anchors: [] };
    const sources: ProposalSource[] = [];
    const least = Math.max(minScore, spec.scoreThreshold);
    for (const [p, level] of picked.entries()) {
      const l = p % maps.length;
      const rows: PickedRows = {
        scores: (await level.scores.data()) as Float32Array,
        rows: (await level.rows.data()) as Float32Array,
        indices: (await level.indices.data()) as Int32Array,
      };
      const count = countFrom(rows.scores, least);
      for (let n = 0; n < count; n++) {
        found.scores.push(rows.scores[n]!);
        found.classes.push(rows.indices[n]! % network.classes);
        found.levels.push(l);
        found.anchors.push(Math.floor(rows.indices[n]! / network.classes));
        sources.push(p < maps.length ? 'network' : 'selective-search');
      }
      const map = maps[l]!;
      const boxes = map
        ? decodeLevel(rows, count, map, anchors, l, network.classes)
        : rows.rows.subarray(0, count * 6);
      for (const v of boxes) found.boxes.push(v);
    }
    return {
      boxes: Float32Array.from(found.boxes),
      scores: Float32Array.from(found.scores),
      classes: Int32Array.from(found.classes),
      levels: Uint8Array.from(found.levels),
      anchors: Int32Array.from(found.anchors),
      sources,
    };
  } finally {
    for (const level of picked) tf.dispose([level.scores, level.rows, level.indices]);
  }
}

/** Of networks whose scores are not asked for anchor by anchor. */
export const cannotJudgeRegions = (): AppError =>
  new AppError(
    'request.invalid',
    'This model cannot look at the regions of selective search.',
    'Detect without selective search, or with another model.',
    { field: 'selectiveSearch' },
  );

type Found = { readonly [K in Exclude<keyof WindowProposals, 'sources'>]: number[] };

/** Best first. A type and not an interface: tf.tidy takes it as a container of tensors. */
type Picked = {
  /** [K]. */
  scores: Tensor;
  /** [K, 6] deltas, or boxes. */
  rows: Tensor;
  /** [K] int32, into [D, H, W, A, C] of the level, or into [N, C]. */
  indices: Tensor;
};

interface PickedRows {
  readonly scores: Float32Array;
  readonly rows: Float32Array;
  readonly indices: Int32Array;
}

function pick(tf: Tensorflow, scores: Tensor, rows: Tensor, classes: number, limit: number): Picked {
  const top = tf.topk(scores.reshape([-1]), Math.min(limit, scores.size));
  const rowOf = classes === 1 ? top.indices : top.indices.floorDiv(tf.scalar(classes, 'int32'));
  return { scores: top.values, rows: tf.gather(rows, rowOf as never), indices: top.indices };
}

/** The anchors asked for, of every class, best first as {@link pick} gives them. */
function pointed(
  tf: Tensorflow,
  scores: Tensor,
  rows: Tensor,
  classes: number,
  anchors: readonly number[],
): Picked {
  const all = [...new Set(anchors)].flatMap((a) =>
    Array.from({ length: classes }, (_, c) => a * classes + c),
  );
  // TensorFlow gathers nothing from an empty list of indices without complaint, but topk wants one.
  if (all.length === 0) {
    return { scores: tf.zeros([0]), rows: tf.zeros([0, 6]), indices: tf.zeros([0], 'int32') };
  }
  const indices = tf.tensor1d(all, 'int32');
  const order = tf.topk(tf.gather(scores.reshape([-1]), indices).sigmoid(), all.length);
  const sorted = tf.gather(indices, order.indices as never) as Tensor;
  const rowOf = sorted.floorDiv(tf.scalar(classes, 'int32'));
  return { scores: order.values, rows: tf.gather(rows, rowOf as never), indices: sorted };
}

/** Of scores, best first: how many reach the least. */
function countFrom(scores: Float32Array, least: number): number {
  const below = scores.findIndex((s) => !(s >= least));
  return below < 0 ? scores.length : below;
}

function decodeLevel(
  { rows, indices }: PickedRows,
  count: number,
  [width, height]: Vec3,
  anchors: VolumeAnchorSpec,
  level: number,
  classes: number,
): Float32Array {
  const perLocation = anchors.levels[level]!.shapes.length;
  const flat = new Float64Array(count * 6);
  for (let n = 0; n < count; n++) {
    const anchor = Math.floor(indices[n]! / classes);
    const location = Math.floor(anchor / perLocation);
    const at: Vec3 = [
      location % width,
      Math.floor(location / width) % height,
      Math.floor(location / width / height),
    ];
    flat.set(anchorAt(anchors, level, at, anchor % perLocation), n * 6);
  }
  return decodeBoxesFlat(flat, rows.subarray(0, count * 6), { dimensions: 3 });
}
