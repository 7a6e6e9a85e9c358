import type { Tensor, Tensorflow } from '../tensorflow';
import { blocks, pyramidLevels, type Architecture } from './architecture';
import type { Layers } from './layers';

/**
 * Forward pass of the feature-pyramid region-proposal network.
 *
 * Shape shorthand: N: batch, S: input side, F: FPN channels, A: anchors a location, M: anchors of all levels
 *   images [N, S, S, 3] normalised; objectness (logits) [N, M]; boxDeltas [N, M, 4]
 *   M runs level-major, then row-major, then anchor, as core/detection/anchors.ts lists them
 */
export type Parameters = (name: string) => Tensor;

/** A type and not an interface: tf.tidy takes it as a container of tensors. */
export type RpnOutput = {
  objectness: Tensor;
  boxDeltas: Tensor;
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

/** The pyramid, finest level first. */
export function runPyramid(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  features: BackboneFeatures,
): Tensor[] {
  const lateralLevels = pyramidLevels(a).filter((l) => l <= 5);
  const out: Tensor[] = [];
  let above: Tensor | null = null;
  for (const level of [...lateralLevels].reverse()) {
    const input = features.byLevel.get(level)!;
    let merged = layers.conv(
      input,
      p(`fpn.lateral.${level}.kernel`),
      p(`fpn.lateral.${level}.bias`),
      1,
      false,
    );
    if (above) {
      const size = merged.shape.slice(1, 3) as [number, number];
      merged = merged.add(tf.image.resizeNearestNeighbor(above as never, size));
    }
    above = merged;
    out.unshift(
      layers.conv(merged, p(`fpn.output.${level}.kernel`), p(`fpn.output.${level}.bias`), 1, false),
    );
  }
  if (a.coarsestLevel === 6) {
    out.push(layers.conv(out[out.length - 1]!, p('fpn.output.6.kernel'), p('fpn.output.6.bias'), 2, false));
  }
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
  for (const level of pyramid) {
    let x = layers.conv(level, p('head.conv.kernel'), p('head.conv.bias'), 1, false);
    if (a.normGroups > 0) x = layers.groupNorm(x, p('head.norm.scale'), p('head.norm.offset'), a.normGroups);
    x = x.relu();
    const n = x.shape[0]!;
    const logits = layers.conv(x, p('head.objectness.kernel'), p('head.objectness.bias'), 1, false);
    const deltas = layers.conv(x, p('head.boxDeltas.kernel'), p('head.boxDeltas.bias'), 1, false);
    objectness.push(logits.reshape([n, -1]));
    boxDeltas.push(deltas.reshape([n, -1, 4]));
  }
  return { objectness: tf.concat(objectness, 1), boxDeltas: tf.concat(boxDeltas, 1) };
}

/** Everything, for inference. Call inside tf.tidy. */
export function runNetwork(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  images: Tensor,
): RpnOutput {
  const features = runBackboneStart(layers, p, images, 7);
  return runHead(tf, layers, p, a, runPyramid(tf, layers, p, a, features));
}
