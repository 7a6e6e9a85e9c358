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
 * Shape shorthand: N: batch; M: anchors of a patch; K: foreground anchors of the batch
 */
export interface Targets3d {
  /** [N M] 1 where the anchor counts at all. */
  readonly counted: Tensor;
  /** [K] int32 into N M, or null where nothing is asked for. */
  readonly foreground: Tensor | null;
  /** [K, 6] centre form. */
  readonly anchors: Tensor | null;
  /** [K, 6] the box each answers for, x0, y0, z0, x1, y1, z1. */
  readonly boxes: Tensor | null;
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
  { counted, foreground, anchors, boxes }: Targets3d,
): LossParts {
  const count = Math.max(1, foreground?.size ?? 0);
  let quality: Tensor = tf.zerosLike(logits);
  let labels: Tensor = quality;
  // Keeps the deltas' parameters in the graph where no anchor answers for a box.
  let box: Tensor = deltas.sum().mul(0);
  if (foreground && anchors && boxes) {
    const own = tf.gather(deltas, foreground as never);
    const { iou, giou } = boxOverlaps(tf, decodeBoxes(tf, anchors, own), boxes);
    const perAnchor =
      spec.box === 'giou'
        ? tf.sub(1, giou)
        : smoothL1(own.sub(encodeBoxes(tf, anchors, boxes)), 1 / 9).sum(-1);
    box = perAnchor.sum().div(count);
    // Quality targets come from the boxes predicted now, but must not pull on them.
    const spread = tf.customGrad((...args) => {
      const values = args[0] as Tensor;
      return {
        value: tf.scatterND(foreground.expandDims(1) as never, values as never, logits.shape as [number]),
        // Not zerosLike(values): what nothing else needs is gone by the time the gradient runs.
        gradFunc: () => tf.zeros([foreground.size]),
      };
    }) as (values: Tensor) => Tensor;
    quality = spread(iou);
    labels = spread(tf.onesLike(iou));
  }
  const perAnchor =
    spec.objectness === 'quality-focal'
      ? qualityFocal(tf, logits, quality)
      : spec.objectness === 'focal'
        ? focal(tf, logits, labels)
        : crossEntropy(tf, logits, labels);
  const objectness = perAnchor.mul(counted).sum().div(count);
  return { total: objectness.add(box.mul(spec.boxWeight)), objectness, box };
}
