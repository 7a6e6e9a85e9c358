import { decodeBoxes } from '../network/proposals';
import type { Tensor, Tensorflow } from '../tensorflow';
import {
  boxOverlaps,
  crossEntropy,
  encodeBoxes,
  focal,
  qualityFocal,
  smoothL1,
  type LossParts,
} from '../training/losses';
import type { LossSpec } from '../training/recipe';

/**
 * Losses of a batch of patches. A patch has a hundred thousand anchors and a few dozen that answer for a box: only these
 * are decoded.
 *
 * Shape shorthand: N: batch; M: anchors of a patch; K: places for foreground anchors of the batch, some of them empty, so
 *   that their number is the same in every step
 */
export interface Targets3d {
  /** [N M] 1 where the anchor counts at all. */
  readonly counted: Tensor;
  /** [K] int32 into N M; 0 in an empty place. */
  readonly foreground: Tensor;
  /** [K] 1, or 0 in an empty place. */
  readonly taken: Tensor;
  /** [K, 6] centre form. */
  readonly anchors: Tensor;
  /** [K, 6] the box each answers for, x0, y0, z0, x1, y1, z1. */
  readonly boxes: Tensor;
}

/**
 * @param logits [N M]
 * @param deltas [N M, 6]
 */
export function volumeLoss(
  tf: Tensorflow,
  spec: LossSpec,
  logits: Tensor,
  deltas: Tensor,
  { counted, foreground, taken, anchors, boxes }: Targets3d,
): LossParts {
  const count = taken.sum().maximum(1);
  const own = tf.gather(deltas, foreground as never);
  const { iou, giou } = boxOverlaps(tf, decodeBoxes(tf, anchors, own), boxes);
  const perAnchorBox =
    spec.box === 'giou' ? tf.sub(1, giou) : smoothL1(own.sub(encodeBoxes(tf, anchors, boxes)), 1 / 9).sum(-1);
  const box = perAnchorBox.mul(taken).sum().div(count);
  // Quality targets come from the boxes predicted now, but must not pull on them.
  const spread = tf.customGrad((...args) => {
    const values = args[0] as Tensor;
    return {
      value: tf.scatterND(foreground.expandDims(1) as never, values as never, logits.shape as [number]),
      // Not zerosLike(values): what nothing else needs is gone by the time the gradient runs.
      gradFunc: () => tf.zeros([foreground.size]),
    };
  }) as (values: Tensor) => Tensor;
  const perAnchor =
    spec.objectness === 'quality-focal'
      ? qualityFocal(tf, logits, spread(iou.mul(taken)))
      : (spec.objectness === 'focal' ? focal : crossEntropy)(tf, logits, spread(taken));
  const objectness = perAnchor.mul(counted).sum().div(count);
  return { total: objectness.add(box.mul(spec.boxWeight)), objectness, box };
}
