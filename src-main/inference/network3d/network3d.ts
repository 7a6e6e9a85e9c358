import type { Tensor, Tensorflow } from '../tensorflow';
import { hasShortcut, pyramidLevels3d, residualBlocks, type Architecture3d } from './architecture3d';
import { upsample, type Layers3d } from './layers3d';

/**
 * Forward pass of the slim 3D region-proposal network, the same for training and inference.
 *
 * Shape shorthand: N: batch; D_l, H_l, W_l: sides of level l along z, y, x; A: anchors a location
 */
export interface RpnMaps {
  /** [N, D_l, H_l, W_l, A] logits. */
  readonly objectness: Tensor;
  /** [N, D_l, H_l, W_l, 6 A]. */
  readonly boxDeltas: Tensor;
}

/** @param x [N, D, H, W, 1], sides multiples of sizeDivisor(a). @returns maps of each level, finest first */
export function runNetwork3d(tf: Tensorflow, layers: Layers3d, a: Architecture3d, x: Tensor): RpnMaps[] {
  return runPyramid(tf, layers, a, runBackbone(layers, a, x)).map((level) => runHead(layers, a, level));
}

/** Features of levels 1, 2, ... */
function runBackbone(layers: Layers3d, a: Architecture3d, input: Tensor): Tensor[] {
  const byLevel: Tensor[] = [];
  let x = layers.convNorm(input, 'stem', 2, true);
  for (const block of residualBlocks(a)) {
    const inner = layers.convNorm(x, `${block.name}.first`, block.stride, true);
    const residual = layers.convNorm(inner, `${block.name}.second`, 1, false);
    const shortcut = hasShortcut(block)
      ? layers.convNorm(x, `${block.name}.shortcut`, block.stride, false)
      : x;
    x = residual.add(shortcut).relu();
    byLevel[block.level - 1] = x;
  }
  return byLevel;
}

function runPyramid(
  tf: Tensorflow,
  layers: Layers3d,
  a: Architecture3d,
  features: readonly Tensor[],
): Tensor[] {
  const out: Tensor[] = [];
  let above: Tensor | null = null;
  for (const level of pyramidLevels3d(a).reverse()) {
    const lateral = layers.conv(features[level - 1]!, `fpn.lateral.${level}`);
    above = above ? lateral.add(upsample(tf, above)) : lateral;
    out.unshift(layers.conv(above, `fpn.output.${level}`));
  }
  return out;
}

function runHead(layers: Layers3d, a: Architecture3d, level: Tensor): RpnMaps {
  let x = layers.conv(level, 'head.conv');
  if (a.headNormGroups > 0) x = layers.groupNorm(x, 'head.norm', a.headNormGroups);
  x = x.relu();
  return { objectness: layers.conv(x, 'head.objectness'), boxDeltas: layers.conv(x, 'head.boxDeltas') };
}
