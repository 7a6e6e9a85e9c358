import { describe, expect, it } from 'vitest';
import { madeVolumeRecipe } from '../../../test-support/made-volumes';
import type { Box3 } from '../../core/geometry/box';
import { createRandom } from '../random';
import { loadTensorflow } from '../tensorflow';
import { initialParameters3d } from './parameters3d';
import type { Patch } from './patches';
import { volumeRecipe } from './recipe3d';
import { Trainer3d } from './trainer3d';

const recipe = volumeRecipe.parse(madeVolumeRecipe());

/** Noise; the boxes are made so that the number of anchors that answer differs, to none and to more than there is room for. */
function patches(seed: number, boxes: number): Patch[] {
  const random = createRandom(seed);
  const [x, y, z] = recipe.schedule.patch;
  const drawn = (): Box3 => {
    const low = [x, y, z].map((side) => random.between(0, side - 6));
    return [...low, ...low.map((v) => v + random.between(3, 6))] as unknown as Box3;
  };
  return [0, 1].map(() => ({
    image: Float32Array.from({ length: x * y * z }, () => random.uniform()),
    boxes: Array.from({ length: boxes }, drawn),
    ignored: [[0, 0, 0, 2, 2, 2]],
  }));
}

describe('a step of a training of volumes', () => {
  it('is the same as a native graph and op by op, to rounding, whatever the number of boxes', async () => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const stepsOf = (steps: number): number[] => {
      const start = initialParameters3d(recipe.architecture, 1);
      const trainer = new Trainer3d(tf, recipe, start, null, steps);
      const losses = [2, 0, 40, 1].flatMap(
        (boxes, n) => Object.values(trainer.step(patches(n, boxes), n + 1, 1)) as number[],
      );
      expect(trainer.graphFailure).toBeNull();
      trainer.dispose();
      return losses;
    };
    const plain = stepsOf(10);
    const graph = stepsOf(1000);
    expect(plain.every(Number.isFinite)).toBe(true);
    plain.forEach((value, n) => expect(graph[n], `value ${n}`).toBeCloseTo(value, 3));
    // No box: no box loss.
    expect(plain[6]).toBe(0);
    // Rounding differs: the second was a graph indeed.
    expect(graph).not.toEqual(plain);
    expect(tf.memory().numTensors).toBe(before);
  });
});
