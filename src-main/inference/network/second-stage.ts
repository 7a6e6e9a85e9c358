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

/** The coarsest level that regions are read from. */
export const coarsestPooled = (a: Architecture): number => Math.min(5, a.coarsestLevel);

/** How the regions of one level are averaged out of its map. */
export type LevelPooling = {
  /** [N, R P, rows]. */
  y: Tensor;
  /** [N R, 1, P, columns]. */
  x: Tensor;
};

/**
 * Which cells of which level each region is averaged from: its size says the level.
 * @param maps rows and columns of each level of the pyramid, finest first
 * @param n N
 * @param everyLevel also those that no region is read from: their number is the same whatever the regions
 * @returns by level; null where no region is read from it
 */
export function regionPooling(
  tf: Tensorflow,
  a: Architecture,
  maps: readonly { readonly rows: number; readonly columns: number }[],
  regions: Float32Array,
  n: number,
  everyLevel = false,
): (LevelPooling | null)[] {
  const bins = a.secondStage!.poolSize;
  const count = regions.length / 4 / n;
  const coarsest = coarsestPooled(a);
  const levelOf = new Uint8Array(n * count);
  for (let r = 0; r < levelOf.length; r++) {
    const area = (regions[r * 4 + 2]! - regions[r * 4]!) * (regions[r * 4 + 3]! - regions[r * 4 + 1]!);
    levelOf[r] = roiLevel(area, a.finestLevel, coarsest);
  }
  return pyramidLevels(a).map((level, l) => {
    if (level > coarsest || (!everyLevel && !levelOf.includes(level))) return null;
    const { rows, columns } = maps[l]!;
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
    return {
      y: tf.tensor3d(axis(1, 3, rows), [n, count * bins, rows]),
      x: tf.tensor4d(axis(0, 2, columns), [n * count, 1, bins, columns]),
    };
  });
}

/** @returns [N * R, P, P, F] */
export function poolRegions(
  tf: Tensorflow,
  pyramid: readonly Tensor[],
  pooling: readonly (LevelPooling | null)[],
): Tensor {
  let sum: Tensor | null = null;
  pooling.forEach((level, l) => {
    if (!level) return;
    const map = pyramid[l]!;
    const [n, rows, columns, channels] = map.shape as [number, number, number, number];
    const [regions, , bins] = level.x.shape as [number, number, number];
    const x = level.x.tile([1, bins, 1, 1]).reshape([regions * bins, bins, columns]);
    const byRow = tf.matMul(level.y as never, map.reshape([n, rows, columns * channels]) as never);
    const pooled = tf
      .matMul(x as never, byRow.reshape([regions * bins, columns, channels]) as never)
      .reshape([regions, bins, bins, channels]);
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
  pooling: readonly (LevelPooling | null)[],
): SecondStageOutput {
  const { poolSize, classes } = a.secondStage!;
  const n = pyramid[0]!.shape[0]!;
  const pooled = poolRegions(tf, pyramid, pooling);
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
