import type { Tensor, Tensorflow } from '../tensorflow';
import { blocks, lastStage, pyramidLevels, type Architecture } from './architecture';
import { attendPlaces, gateLevel } from './attention';
import type { Layers, Parameters } from './layers';

/**
 * Forward pass of the feature-pyramid region-proposal network.
 *
 * Shape shorthand: N: batch, S: input side, F: FPN channels, A: anchors a location, M: anchors of all levels,
 *   C: channels of the head
 *   images [N, S, S, 3] normalised; objectness (logits) [N, M]; boxDeltas [N, M, 4]; hidden [N, M / A, C]
 *   M runs level-major, then row-major, then anchor, as core/detection/anchors.ts lists them
 */
/** A type and not an interface: tf.tidy takes it as a container of tensors. */
export type RpnOutput = {
  objectness: Tensor;
  boxDeltas: Tensor;
  /** What the head saw at each location: proposal attention reads it. */
  hidden: Tensor;
};

/** Features by pyramid level, and the deepest so far: what the frozen part hands to the trained one. */
export interface BackboneFeatures {
  readonly last: Tensor;
  readonly byLevel: ReadonlyMap<number, Tensor>;
}

/** Stem and the blocks of stages up to and including `lastStage`. */
export function runBackboneStart(
  layers: Layers,
  p: Parameters,
  images: Tensor,
  lastStage: number,
): BackboneFeatures {
  const stem = layers.conv(images, p('stem.kernel'), p('stem.bias'), 2, true);
  return runBackbone(layers, p, { last: stem, byLevel: new Map() }, 1, lastStage);
}

/** The blocks of stages `fromStage` to `toStage`, both included. */
export function runBackbone(
  layers: Layers,
  p: Parameters,
  from: BackboneFeatures,
  fromStage: number,
  toStage: number,
): BackboneFeatures {
  let x = from.last;
  const byLevel = new Map(from.byLevel);
  for (const b of blocks) {
    if (b.stage < fromStage || b.stage > toStage) continue;
    const name = `blocks.${b.index}`;
    const input = x;
    if (b.expansion !== 1) x = layers.conv(x, p(`${name}.expand.kernel`), p(`${name}.expand.bias`), 1, true);
    x = layers.depthwise(x, p(`${name}.depthwise.kernel`), p(`${name}.depthwise.bias`), b.stride);
    x = layers.conv(x, p(`${name}.project.kernel`), p(`${name}.project.bias`), 1, false);
    if (b.residual) x = x.add(input);
    if (b.feedsLevel !== null) byLevel.set(b.feedsLevel, x);
  }
  return { last: x, byLevel };
}

/** The maps that the head reads, finest level first, and their spatial attention where the architecture has it. */
export type Pyramid = { levels: Tensor[]; attention: Tensor[] };

export function runPyramid(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  features: BackboneFeatures,
): Pyramid {
  const levels =
    a.pyramid === 'none' ? [features.byLevel.get(a.finestLevel)!] : mergeLevels(tf, layers, p, a, features);
  if (!a.spatialAttention) return { levels, attention: [] };
  const attended = pyramidLevels(a).map((level, l) => attendPlaces(tf, layers, p, level, levels[l]!));
  return { levels: attended.map((x) => x.weighed), attention: attended.map((x) => x.map) };
}

/** Feature pyramid (Lin et al. 2017a). */
function mergeLevels(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  features: BackboneFeatures,
): Tensor[] {
  const lateralLevels = pyramidLevels(a).filter((l) => l <= 5);
  const conv = (x: Tensor, name: string, stride = 1): Tensor =>
    layers.conv(x, p(`${name}.kernel`), p(`${name}.bias`), stride, false);
  const out: Tensor[] = [];
  let above: Tensor | null = null;
  for (const level of [...lateralLevels].reverse()) {
    let merged = conv(features.byLevel.get(level)!, `fpn.lateral.${level}`);
    if (a.levelGate) merged = gateLevel(tf, p, level, merged);
    if (above) {
      const size = merged.shape.slice(1, 3) as [number, number];
      merged = merged.add(tf.image.resizeNearestNeighbor(above as never, size));
    }
    above = merged;
    out.unshift(conv(merged, `fpn.output.${level}`));
  }
  if (a.coarsestLevel === 6) out.push(conv(out[out.length - 1]!, 'fpn.output.6', 2));
  return out;
}

/** The shared head on each level. */
export function runHead(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  pyramid: readonly Tensor[],
): RpnOutput {
  const objectness: Tensor[] = [];
  const boxDeltas: Tensor[] = [];
  const hidden: Tensor[] = [];
  for (const level of pyramid) {
    let x = layers.conv(level, p('head.conv.kernel'), p('head.conv.bias'), 1, false);
    if (a.normGroups > 0) x = layers.groupNorm(x, p('head.norm.scale'), p('head.norm.offset'), a.normGroups);
    x = x.relu();
    const [n, rows, columns, channels] = x.shape as [number, number, number, number];
    const logits = layers.conv(x, p('head.objectness.kernel'), p('head.objectness.bias'), 1, false);
    const deltas = layers.conv(x, p('head.boxDeltas.kernel'), p('head.boxDeltas.bias'), 1, false);
    objectness.push(logits.reshape([n, -1]));
    boxDeltas.push(deltas.reshape([n, -1, 4]));
    if (a.proposalAttention) hidden.push(x.reshape([n, rows * columns, channels]));
  }
  return {
    objectness: tf.concat(objectness, 1),
    boxDeltas: tf.concat(boxDeltas, 1),
    hidden: a.proposalAttention ? tf.concat(hidden, 1) : tf.zeros([0]),
  };
}

/** Everything up to the RPN's outputs, for inference. Call inside tf.tidy. */
export function runNetwork(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  images: Tensor,
): { output: RpnOutput; pyramid: Pyramid } {
  const features = runBackboneStart(layers, p, images, lastStage(a));
  const pyramid = runPyramid(tf, layers, p, a, features);
  return { output: runHead(tf, layers, p, a, pyramid.levels), pyramid };
}
