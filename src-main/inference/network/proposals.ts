import { maxLogScale } from '../../core/detection/box-coder';
import type { ProposalSpec } from '../bundle/schema';
import type { Tensor, Tensorflow } from '../tensorflow';
import type { Architecture } from './architecture';
import { attendProposals } from './attention';
import type { Parameters } from './layers';
import type { RpnOutput } from './network';

/**
 * Network outputs -> the anchors worth a second look, decoded, in the graph: kilobytes are downloaded and not megabytes.
 *
 * Shape shorthand: N: batch, M: anchors of all levels, L: levels, K: anchors picked of one picture
 */

/** [M, 4] x0, y0, x1, y1 -> [M, 4] centre x, centre y, width, height, as decoding wants it. */
export function centerForm(anchors: Float32Array): Float32Array {
  const out = new Float32Array(anchors.length);
  for (let n = 0; n < anchors.length; n += 4) {
    out[n] = (anchors[n]! + anchors[n + 2]!) / 2;
    out[n + 1] = (anchors[n + 1]! + anchors[n + 3]!) / 2;
    out[n + 2] = anchors[n + 2]! - anchors[n]!;
    out[n + 3] = anchors[n + 3]! - anchors[n + 1]!;
  }
  return out;
}

/**
 * In-graph decoding (core/detection/box-coder.ts in tensors).
 * @param anchors [..., 4] centre form
 * @param deltas [..., 4]
 * @returns [..., 4] x0, y0, x1, y1
 */
export function decodeBoxes(tf: Tensorflow, anchors: Tensor, deltas: Tensor): Tensor {
  const [anchorCenter, anchorSize] = tf.split(anchors, 2, -1) as [Tensor, Tensor];
  const [shift, logScale] = tf.split(deltas, 2, -1) as [Tensor, Tensor];
  const center = shift.mul(anchorSize).add(anchorCenter);
  const half = logScale.minimum(maxLogScale).exp().mul(anchorSize).mul(0.5);
  return tf.concat([center.sub(half), center.add(half)], -1);
}

/** Proposals that each level may make, finest first. */
export function levelQuotas(spec: ProposalSpec, levelSizes: readonly number[]): number[] {
  return levelSizes.map((size, l) =>
    Math.min(size, typeof spec.preNmsTopN === 'number' ? spec.preNmsTopN : (spec.preNmsTopN[l] ?? 1)),
  );
}

/** What describes the grid that the network's outputs lie on. */
export interface ProposalGrid {
  /** [M, 4] centre form. */
  readonly anchors: Tensor;
  /** Anchors of each level, summing to M. */
  readonly levelSizes: readonly number[];
  /** Side of the canvas, px. */
  readonly size: number;
}

export type PickedAnchors = {
  /** [N, K] int32 into M. */
  indices: Tensor;
  /** [N, K] the RPN's logit, with proposal attention's added where the architecture has it. */
  logits: Tensor;
  /** [N, K] the RPN's logit alone. */
  rpnLogits: Tensor;
  /** [N, K, 4] x0, y0, x1, y1 px of the canvas. */
  boxes: Tensor;
};

/**
 * Which anchors are the best of each level, and some more where these are given.
 * @param objectness [N, M]
 * @param more [R] into M, e.g. those nearest to the regions of selective search; the same for each picture
 * @returns [N, K] into M
 */
export function bestIndices(
  tf: Tensorflow,
  objectness: Tensor,
  levelSizes: readonly number[],
  spec: ProposalSpec,
  more: Int32Array,
): Int32Array {
  const n = objectness.shape[0]!;
  const quotas = levelQuotas(spec, levelSizes);
  const k = quotas.reduce((x, y) => x + y, 0) + more.length;
  const picked = new Int32Array(n * k);
  let from = 0;
  let column = 0;
  levelSizes.forEach((size, l) => {
    const quota = quotas[l]!;
    const top = tf.tidy(() => tf.topk(objectness.slice([0, from], [n, size]), quota).indices);
    (top.dataSync() as Int32Array).forEach((index, at) => {
      picked[Math.floor(at / quota) * k + column + (at % quota)] = from + index;
    });
    top.dispose();
    from += size;
    column += quota;
  });
  for (let i = 0; i < n; i++) picked.set(more, i * k + column);
  return picked;
}

/**
 * The best anchors, decoded.
 *
 * Which ones is a constant: it has no gradient, and tfjs refuses to differentiate a gather whose indices were computed
 * from what is differentiated.
 * @param indices [N, K] int32 into M, see {@link bestIndices}
 */
export function pickAnchors(
  tf: Tensorflow,
  a: Architecture,
  p: Parameters,
  output: RpnOutput,
  grid: ProposalGrid,
  indices: Tensor,
): PickedAnchors {
  const [n, m] = output.objectness.shape as [number, number];
  const k = indices.shape[1]!;
  const rows = tf.range(0, n, 1, 'int32').expandDims(1);
  const flat = indices.add(rows.mul(tf.scalar(m, 'int32'))).reshape([-1]) as never;
  const rpnLogits = tf.gather(output.objectness.reshape([-1]), flat).reshape([n, k]);
  const deltas = tf.gather(output.boxDeltas.reshape([-1, 4]), flat).reshape([n, k, 4]);
  const anchors = tf.gather(grid.anchors, indices.reshape([-1]) as never).reshape([n, k, 4]);
  const boxes = decodeBoxes(tf, anchors, deltas);
  if (!a.proposalAttention) return { indices, logits: rpnLogits, rpnLogits, boxes };

  // Levels list their anchors location by location, and the hidden features location by location: one division apart.
  const perLocation = a.anchorsPerLocation;
  const location = tf.floorDiv(indices, tf.scalar(perLocation, 'int32'));
  const place = location.add(rows.mul(tf.scalar(m / perLocation, 'int32'))).reshape([-1]) as never;
  const channels = output.hidden.shape[2]!;
  const features = tf.gather(output.hidden.reshape([-1, channels]), place).reshape([n, k, channels]);
  const geometry = describeBoxes(tf, boxes, rpnLogits, grid.size);
  const correction = attendProposals(tf, p, a.proposalAttention.heads, features, geometry);
  return { indices, logits: rpnLogits.add(correction), rpnLogits, boxes };
}

/** [N, K, 5]: centre and log size relative to the canvas, and the logit; see {@link attendProposals}. */
function describeBoxes(tf: Tensorflow, boxes: Tensor, logits: Tensor, size: number): Tensor {
  const [low, high] = tf.split(boxes, 2, -1) as [Tensor, Tensor];
  const center = low.add(high).mul(0.5 / size);
  const extent = high.sub(low).div(size).maximum(1e-3).log();
  return tf.concat([center, extent, logits.expandDims(-1)], -1);
}
