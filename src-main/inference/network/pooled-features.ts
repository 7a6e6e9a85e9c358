import type { Box2 } from '../../core/geometry/box';
import { GraphedFunction } from '../graph/graphed-function';
import type { Tensor, Tensorflow } from '../tensorflow';
import { stageOfLevel, type Architecture } from './architecture';
import type { Layers, Parameters } from './layers';
import { runBackboneStart } from './network';

/** Levels of the backbone that a network has, of those asked for. */
export const levelsWithin = (a: Architecture, levels: readonly number[]): number[] =>
  levels.filter((l) => l <= Math.min(5, a.coarsestLevel));

/**
 * Means of the backbone's channels over a part of the canvas, level by level: what kind of picture it is, wherever its
 * contents lie.
 *
 * Shape shorthand: S: canvas side, C: channels of a level, D: of all levels asked for
 */
export class PooledFeatures {
  private readonly backbone: GraphedFunction<Tensor[]>;

  constructor(
    private readonly tf: Tensorflow,
    layers: Layers,
    parameters: Parameters,
    private readonly levels: readonly number[],
  ) {
    const last = Math.max(...levels.map((l) => stageOfLevel[l]!));
    this.backbone = new GraphedFunction(tf, (images) => {
      const { byLevel } = runBackboneStart(layers, parameters, images, last);
      return levels.map((l) => byLevel.get(l)!);
    });
  }

  /**
   * @param image [S, S, 3] normalised
   * @param inside part of the canvas that the picture covers, px
   * @returns [D]
   */
  run(image: Float32Array, size: number, inside: Box2): Float32Array {
    const { tf } = this;
    return tf.tidy(() => {
      const maps = this.backbone.run(tf.tensor4d(image, [1, size, size, 3]));
      const means = maps.map((map, n) => {
        const [, rows, columns, channels] = map.shape as [number, number, number, number];
        const weights = coverage(rows, columns, 2 ** this.levels[n]!, inside);
        return tf.matMul(tf.tensor2d(weights, [1, rows * columns]), map.reshape([rows * columns, channels]));
      });
      return tf.concat(means, 1).dataSync() as Float32Array;
    });
  }

  dispose(): void {
    this.backbone.dispose();
  }
}

/** Weights of sum 1 over the cells that lie in the box by half or more; over all where it is narrower than a cell. */
function coverage(rows: number, columns: number, stride: number, box: Box2): Float32Array {
  const along = (at: number, low: number, high: number): number =>
    Math.max(0, Math.min((at + 1) * stride, high) - Math.max(at * stride, low)) / stride;
  const weights = new Float32Array(rows * columns);
  let count = 0;
  for (let y = 0, n = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, n++) {
      if (along(x, box[0], box[2]) * along(y, box[1], box[3]) < 0.5) continue;
      weights[n] = 1;
      count++;
    }
  }
  if (count === 0) return weights.fill(1 / weights.length);
  return weights.map((w) => w / count);
}
