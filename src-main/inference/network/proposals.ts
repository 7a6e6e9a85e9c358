import { nonMaximumSuppression } from '../../core/detection/nms';
import { maxLogScale } from '../../core/detection/box-coder';
import type { Box2 } from '../../core/geometry/box';
import type { ProposalSpec } from '../bundle/schema';
import type { Tensor, Tensorflow } from '../tensorflow';
import type { RpnOutput } from './network';

/**
 * Network outputs -> boxes.
 *
 * Shape shorthand: N: batch, M: anchors of all levels, K: candidates kept of one picture (at most preNmsTopN a level)
 */
export interface ScoredBox {
  readonly box: Box2;
  readonly score: number;
}

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

/**
 * Top-k of each level and decoding run in the graph, so that kilobytes are downloaded and not megabytes.
 * @param output of one picture (N = 1)
 * @param anchors [M, 4] centre form
 * @param levelSizes anchors of each level, summing to M
 * @returns boxes in canvas px, best first, after non-maximum suppression
 */
export async function readProposals(
  tf: Tensorflow,
  output: RpnOutput,
  anchors: Tensor,
  levelSizes: readonly number[],
  spec: ProposalSpec,
  minScore: number,
): Promise<ScoredBox[]> {
  const packed = tf.tidy(() => {
    const logits = output.objectness.reshape([-1]);
    const deltas = output.boxDeltas.reshape([-1, 4]);
    let from = 0;
    const indices: Tensor[] = [];
    for (const size of levelSizes) {
      const top = tf.topk(logits.slice([from], [size]), Math.min(spec.preNmsTopN, size));
      indices.push(top.indices.add(tf.scalar(from, 'int32')));
      from += size;
    }
    const picked = tf.concat(indices, 0) as never;
    const scores = tf.gather(logits, picked).sigmoid().expandDims(1);
    return tf.concat([decodeBoxes(tf, tf.gather(anchors, picked), tf.gather(deltas, picked)), scores], 1);
  });
  const values = (await packed.data()) as Float32Array;
  packed.dispose();
  const boxes: Box2[] = [];
  const scores: number[] = [];
  for (let n = 0; n < values.length; n += 5) {
    if (!(values[n + 4]! >= minScore)) continue;
    boxes.push([values[n]!, values[n + 1]!, values[n + 2]!, values[n + 3]!]);
    scores.push(values[n + 4]!);
  }
  const kept = nonMaximumSuppression(boxes, scores, spec.nmsIouThreshold, spec.postNmsTopN);
  return kept.map((n) => ({ box: boxes[n]!, score: scores[n]! }));
}
