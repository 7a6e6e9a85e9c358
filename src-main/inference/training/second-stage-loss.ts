import { boxAt, selectProposals } from '../../core/detection/select-proposals';
import { box2Iou, type Box2 } from '../../core/geometry/box';
import { regionNmsIou, type SecondStageOutput } from '../network/second-stage';
import { centerForm, decodeBoxes } from '../network/proposals';
import { shuffled, type Random } from '../random';
import type { Tensor, Tensorflow } from '../tensorflow';
import { boxOverlaps, qualityFocal, stopGradient, type LossParts } from './losses';

/**
 * What the second stage learns from: proposals of the first, and the annotated boxes themselves.
 *
 * Shape shorthand: N: batch, K: first-stage boxes a picture, R: regions drawn of each picture, C: classes
 */
export interface RegionSampling {
  /** R. */
  readonly regions: number;
  /** At most this share of them lies on a lesion. */
  readonly positiveFraction: number;
  /** IoU with a lesion at or above which a region lies on it. */
  readonly foregroundIou: number;
}

export const defaultRegionSampling: RegionSampling = {
  regions: 32,
  positiveFraction: 0.5,
  foregroundIou: 0.5,
};

export interface RegionTargets {
  /** [N, R, 4] flat, px. */
  readonly regions: Float32Array;
  /** [N, R, 4] the lesion a region lies on; the region itself where none. */
  readonly boxes: Float32Array;
  /** [N, R] index of its class, or -1. */
  readonly classes: Int32Array;
}

/**
 * Draws regions as the second stage will see them in use: after non-maximum suppression, lesions among them.
 * @param first decoded boxes [N, K, 4] and scores [N, K] (or logits) of the first stage, flat
 */
export function drawRegions(
  first: { readonly boxes: Float32Array; readonly scores: Float32Array },
  examples: readonly { readonly boxes: readonly Box2[]; readonly classes: readonly number[] }[],
  sampling: RegionSampling,
  random: Random,
): RegionTargets {
  const n = examples.length;
  const k = first.scores.length / n;
  const { regions: count, positiveFraction, foregroundIou } = sampling;
  const out: RegionTargets = {
    regions: new Float32Array(n * count * 4),
    boxes: new Float32Array(n * count * 4),
    classes: new Int32Array(n * count).fill(-1),
  };
  examples.forEach(({ boxes: lesions, classes }, i) => {
    const boxes = first.boxes.subarray(i * k * 4, (i + 1) * k * 4);
    const scores = first.scores.subarray(i * k, (i + 1) * k);
    const { kept } = selectProposals(
      { boxes, scores },
      { minScore: -Infinity, nmsIouThreshold: regionNmsIou, postNmsTopN: 4 * count, minSize: 1 },
    );
    const candidates = [...lesions, ...kept.map((b) => boxAt(boxes, b))].map((box) => {
      const ious = lesions.map((lesion) => box2Iou(box, lesion));
      const lesion = ious.indexOf(Math.max(...ious));
      return { box, lesion: (ious[lesion] ?? 0) >= foregroundIou ? lesion : -1 };
    });
    const positives = shuffled(
      candidates.filter((c) => c.lesion >= 0),
      random,
    ).slice(0, Math.round(count * positiveFraction));
    // Negatives in the order of their score: those that would be shown to a reader.
    const negatives = candidates.filter((c) => c.lesion < 0);
    const drawn = [...positives, ...negatives].slice(0, count);
    // Too few on an easy picture: the drawn ones are repeated.
    for (let r = 0; r < count; r++) {
      const at = (i * count + r) * 4;
      const candidate = drawn[r % Math.max(1, drawn.length)];
      if (!candidate) {
        out.regions.set([0, 0, 8, 8], at);
        out.boxes.set([0, 0, 8, 8], at);
        continue;
      }
      out.regions.set(candidate.box, at);
      out.boxes.set(candidate.lesion >= 0 ? lesions[candidate.lesion]! : candidate.box, at);
      if (candidate.lesion >= 0) out.classes[i * count + r] = classes[candidate.lesion]!;
    }
  });
  return out;
}

/** {@link RegionTargets} as the loss takes them. */
export interface RegionTargetTensors {
  /** [N, R, 4] centre form. */
  readonly regions: Tensor;
  /** [N, R, 4]. */
  readonly boxes: Tensor;
  /** [N, R, C] 1 at the class of the lesion that the region lies on. */
  readonly classes: Tensor;
}

export function regionTargetTensors(
  tf: Tensorflow,
  targets: RegionTargets,
  n: number,
  classes: number,
): RegionTargetTensors {
  const r = targets.classes.length / n;
  const oneHot = new Float32Array(n * r * classes);
  targets.classes.forEach((c, at) => {
    if (c >= 0) oneHot[at * classes + c] = 1;
  });
  return {
    regions: tf.tensor(centerForm(targets.regions), [n, r, 4]),
    boxes: tf.tensor(targets.boxes, [n, r, 4]),
    classes: tf.tensor(oneHot, [n, r, classes]),
  };
}

/** Quality focal loss by class (the target is the refined box's IoU) and GIoU of the refined boxes. */
export function secondStageLoss(
  tf: Tensorflow,
  output: SecondStageOutput,
  { regions, boxes, classes }: RegionTargetTensors,
  boxWeight: number,
): LossParts {
  const foreground = classes.sum(-1);
  const count = foreground.sum().maximum(1);
  const { iou, giou } = boxOverlaps(tf, decodeBoxes(tf, regions, output.boxDeltas), boxes);
  const box = tf.sub(1, giou).mul(foreground).sum().div(count);
  const quality = stopGradient(tf, iou).expandDims(-1).mul(classes);
  const objectness = qualityFocal(tf, output.scores as Tensor, quality)
    .sum()
    .div(count);
  return { total: objectness.add(box.mul(boxWeight)), objectness, box };
}
