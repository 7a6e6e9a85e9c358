import { roiAxisWeights, roiLevel } from '../../core/detection/roi-align';
import type { Tensor, Tensorflow } from '../tensorflow';
import { pyramidLevels, type Architecture } from './architecture';
import { dense } from './attention';
import type { Layers, Parameters } from './layers';

/**
 * Second stage: regions -> pooled features -> class scores and deltas (Girshick 2015; He et al. 2017).
 *
 * Shape shorthand: N: batch, R: regions a picture, P: bins a side, F: pyramid channels, K: classes
 *   regions [N, R, 4] flat, x0, y0, x1, y1 px of the canvas
 */
export type SecondStageOutput = {
  /** [N, R, K] logits. */
  scores: Tensor;
  /** [N, R, 4], already multiplied by {@link deltaScale}: decode them as the RPN's. */
  boxDeltas: Tensor;
};

/** Standard deviations of the targets (torchvision's weights 10, 10, 5, 5), so that the layer's outputs are of order 1. */
const deltaScale = [0.1, 0.1, 0.2, 0.2];

const samplingRatio = 2;

/** Two boxes of the first stage closer than this are one region to the second. */
export const regionNmsIou = 0.7;

/** @returns [N * R, P, P, F]: each region read from the level its size asks for */
export function poolRegions(
  tf: Tensorflow,
  a: Architecture,
  pyramid: readonly Tensor[],
  regions: Float32Array,
  bins: number,
): Tensor {
  const n = pyramid[0]!.shape[0]!;
  const count = regions.length / 4 / n;
  const levels = pyramidLevels(a);
  const coarsest = Math.min(5, a.coarsestLevel);
  const levelOf = new Uint8Array(n * count);
  for (let r = 0; r < levelOf.length; r++) {
    const area = (regions[r * 4 + 2]! - regions[r * 4]!) * (regions[r * 4 + 3]! - regions[r * 4 + 1]!);
    levelOf[r] = roiLevel(area, a.finestLevel, coarsest);
  }
  let sum: Tensor | null = null;
  levels.forEach((level, l) => {
    if (!levelOf.includes(level)) return;
    const map = pyramid[l]!;
    const [, rows, columns, channels] = map.shape as [number, number, number, number];
    const axis = (low: number, high: number, cells: number): Float32Array => {
      const lows = new Float64Array(n * count);
      const highs = new Float64Array(n * count);
      for (let r = 0; r < lows.length; r++) {
        // A region of another level lies far outside: its weights here are zero.
        const mine = levelOf[r] === level;
        lows[r] = mine ? regions[r * 4 + low]! / 2 ** level : -1e6;
        highs[r] = mine ? regions[r * 4 + high]! / 2 ** level : -1e6 + 1;
      }
      return roiAxisWeights(lows, highs, cells, { bins, samplingRatio });
    };
    const y = tf.tensor3d(axis(1, 3, rows), [n, count * bins, rows]);
    const x = tf
      .tensor4d(axis(0, 2, columns), [n * count, 1, bins, columns])
      .tile([1, bins, 1, 1])
      .reshape([n * count * bins, bins, columns]);
    const byRow = tf.matMul(y, map.reshape([n, rows, columns * channels]) as never);
    const pooled = tf
      .matMul(x as never, byRow.reshape([n * count * bins, columns, channels]) as never)
      .reshape([n * count, bins, bins, channels]);
    sum = sum ? (sum as Tensor).add(pooled) : pooled;
  });
  return sum!;
}

/** The head of the second stage on R regions of each picture. */
export function runSecondStage(
  tf: Tensorflow,
  layers: Layers,
  p: Parameters,
  a: Architecture,
  pyramid: readonly Tensor[],
  regions: Float32Array,
): SecondStageOutput {
  const { poolSize, classes } = a.secondStage!;
  const n = pyramid[0]!.shape[0]!;
  const pooled = poolRegions(tf, a, pyramid, regions, poolSize);
  // The rim of a SAME convolution is cut: what is left has seen nothing but the region.
  const inner = layers
    .conv(pooled, p('roi.conv.kernel'), p('roi.conv.bias'), 1, true)
    .slice([0, 1, 1, 0], [-1, poolSize - 2, poolSize - 2, -1]);
  const units = dense(tf, p, 'roi.dense', inner.reshape([inner.shape[0]!, -1])).relu();
  return {
    scores: dense(tf, p, 'roi.score', units).reshape([n, -1, classes]),
    boxDeltas: dense(tf, p, 'roi.boxDeltas', units).mul(tf.tensor1d(deltaScale)).reshape([n, -1, 4]),
  };
}
