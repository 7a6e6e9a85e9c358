import { background, ignored } from '../../core/detection/matching';
import type { Tensor, Tensorflow } from '../tensorflow';
import { decodeBoxes, type PickedAnchors } from '../network/proposals';
import type { LossSpec } from './recipe';

/**
 * Training losses, dense over all anchors: a few thousand anchors cost less to mask than to gather.
 *
 * Shape shorthand: N: batch, M: anchors; logits [N, M]; deltas, boxes [N, M, 4]
 */

/** Targets of a batch, made on the CPU by {@link batchTargets}. */
export interface Targets {
  /** [N, M] 1 where the anchor answers for a box. */
  readonly foreground: Tensor;
  /** [N, M] how much the anchor counts: 1, 0 for not at all, {@link rejectedWeight} on a place that a reader rejected. */
  readonly counted: Tensor;
  /** [N, M, 4] its box, px; the anchor itself where there is none. */
  readonly boxes: Tensor;
}

export interface LossParts {
  readonly total: Tensor;
  readonly objectness: Tensor;
  readonly box: Tensor;
}

/** A mark that a reader rejected says more than a place where nobody ever looked twice. */
const rejectedWeight = 4;

/** Flat [N, M] and [N, M, 4] arrays from each picture's matches (core/detection/matching.ts). */
export function batchTargets(
  tf: Tensorflow,
  anchors: Float32Array,
  examples: readonly {
    matches: Int32Array;
    boxes: readonly (readonly number[])[];
    /** [M] 1 where the anchor lies on a rejected place; left out: nowhere. */
    rejected?: Uint8Array | undefined;
  }[],
): Targets {
  const m = anchors.length / 4;
  const n = examples.length;
  const foreground = new Float32Array(n * m);
  const counted = new Float32Array(n * m);
  const boxes = new Float32Array(n * m * 4);
  examples.forEach((example, row) => {
    boxes.set(anchors, row * m * 4);
    example.matches.forEach((match, a) => {
      if (match === ignored) return;
      const onRejected = match === background && example.rejected?.[a] === 1;
      counted[row * m + a] = onRejected ? rejectedWeight : 1;
      if (match === background) return;
      foreground[row * m + a] = 1;
      boxes.set(example.boxes[match]!, (row * m + a) * 4);
    });
  });
  return {
    foreground: tf.tensor(foreground, [n, m]),
    counted: tf.tensor(counted, [n, m]),
    boxes: tf.tensor(boxes, [n, m, 4]),
  };
}

/** Sums over anchors divided by the number of foreground anchors (at least 1). */
export function rpnLoss(
  tf: Tensorflow,
  spec: LossSpec,
  logits: Tensor,
  deltas: Tensor,
  anchors: Tensor,
  targets: Targets,
): LossParts {
  const count = targets.foreground.sum().maximum(1);
  const predicted = decodeBoxes(tf, anchors, deltas);
  const { iou, giou } = boxOverlaps(tf, predicted, targets.boxes);

  const perAnchorBox =
    spec.box === 'giou'
      ? tf.sub(1, giou)
      : smoothL1(deltas.sub(encodeBoxes(tf, anchors, targets.boxes)), 1 / 9).sum(-1);
  const box = perAnchorBox.mul(targets.foreground).sum().div(count);

  const perAnchor =
    spec.objectness === 'quality-focal'
      ? qualityFocal(tf, logits, stopGradient(tf, iou).mul(targets.foreground))
      : spec.objectness === 'focal'
        ? focal(tf, logits, targets.foreground)
        : crossEntropy(tf, logits, targets.foreground);
  const objectness = perAnchor.mul(targets.counted).sum().div(count);
  return { total: objectness.add(box.mul(spec.boxWeight)), objectness, box };
}

/**
 * Quality focal loss of the proposals that attention judged: as {@link rpnLoss} would ask of them, over the picked only.
 * @param picked indices into M, decoded boxes and logits, [N, K] each
 */
export function attentionLoss(tf: Tensorflow, picked: PickedAnchors, targets: Targets): Tensor {
  const [n, k] = picked.indices.shape as [number, number];
  const m = targets.foreground.shape[1]!;
  const rows = tf.range(0, n, 1, 'int32').expandDims(1);
  const flat = picked.indices.add(rows.mul(tf.scalar(m, 'int32'))).reshape([-1]) as never;
  const of = (values: Tensor): Tensor => tf.gather(values.reshape([-1]), flat).reshape([n, k]);
  const boxes = tf.gather(targets.boxes.reshape([-1, 4]), flat).reshape([n, k, 4]);
  const foreground = of(targets.foreground);
  const quality = stopGradient(tf, boxOverlaps(tf, picked.boxes, boxes).iou).mul(foreground);
  return qualityFocal(tf, picked.logits, quality)
    .mul(of(targets.counted))
    .sum()
    .div(targets.foreground.sum().maximum(1));
}

/** Binary cross-entropy of logits x against targets t in 0..1: max(x, 0) - x t + log(1 + exp(-|x|)). */
export function crossEntropy(tf: Tensorflow, logits: Tensor, targets: Tensor): Tensor {
  return logits
    .relu()
    .sub(logits.mul(targets))
    .add(tf.softplus(tf.neg(tf.abs(logits))));
}

/** Focal loss, alpha 0.25, gamma 2 (Lin et al. 2017b, equation 5). */
export function focal(tf: Tensorflow, logits: Tensor, targets: Tensor): Tensor {
  const p = logits.sigmoid();
  const wrong = p.add(targets).sub(p.mul(targets).mul(2));
  const alpha = targets.mul(0.25).add(tf.sub(1, targets).mul(0.75));
  return alpha.mul(wrong.square()).mul(crossEntropy(tf, logits, targets));
}

/** Quality focal loss, beta 2 (Li et al. 2020, equation 4): the target of a foreground anchor is its box's IoU. */
export function qualityFocal(tf: Tensorflow, logits: Tensor, quality: Tensor): Tensor {
  return logits
    .sigmoid()
    .sub(quality)
    .square()
    .mul(crossEntropy(tf, logits, quality));
}

/** Huber-like: 0.5 x² / beta below beta, |x| - beta / 2 above (torchvision's smooth L1). */
export function smoothL1(difference: Tensor, beta: number): Tensor {
  const size = difference.abs();
  const inner = size.minimum(beta);
  return inner
    .square()
    .mul(0.5 / beta)
    .add(size.sub(inner));
}

/** IoU and generalised IoU (Rezatofighi et al. 2019) of paired boxes [..., 4], or [..., 6] in 3D, -> [...]. */
export function boxOverlaps(tf: Tensorflow, a: Tensor, b: Tensor): { iou: Tensor; giou: Tensor } {
  const [aLow, aHigh] = tf.split(a, 2, -1) as [Tensor, Tensor];
  const [bLow, bHigh] = tf.split(b, 2, -1) as [Tensor, Tensor];
  const area = (sides: Tensor): Tensor =>
    tf
      .split(sides, sides.shape[sides.rank - 1]!, -1)
      .reduce((product, side) => product.mul(side))
      .squeeze([sides.rank - 1]);
  const intersection = area(tf.relu(tf.sub(aHigh.minimum(bHigh), aLow.maximum(bLow))));
  const union = area(aHigh.sub(aLow))
    .add(area(bHigh.sub(bLow)))
    .sub(intersection);
  const hull = area(tf.sub(aHigh.maximum(bHigh), aLow.minimum(bLow)));
  const iou = intersection.div(union.add(1e-6));
  return { iou, giou: iou.sub(hull.sub(union).div(hull.add(1e-6))) };
}

/** core/detection/box-coder.ts in tensors: [..., 4] (or 6) centre-form anchors and boxes -> deltas. */
export function encodeBoxes(tf: Tensorflow, anchors: Tensor, boxes: Tensor): Tensor {
  const [anchorCenter, anchorSize] = tf.split(anchors, 2, -1) as [Tensor, Tensor];
  const [low, high] = tf.split(boxes, 2, -1) as [Tensor, Tensor];
  const shift = low.add(high).mul(0.5).sub(anchorCenter).div(anchorSize);
  return tf.concat([shift, high.sub(low).div(anchorSize).log()], -1);
}

/** Quality targets come from the boxes predicted now, but must not pull on them. */
export function stopGradient(tf: Tensorflow, x: Tensor): Tensor {
  const stop = tf.customGrad((...args) => ({
    value: (args[0] as Tensor).clone(),
    gradFunc: (dy: Tensor) => tf.zerosLike(dy),
  })) as (x: Tensor) => Tensor;
  return stop(x);
}
