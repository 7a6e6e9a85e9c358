import { createRandom, shuffled } from '../random';
import type { GridSample } from './dataset3d';
import { drawPatch, type Patch } from './patches';
import type { VolumeRecipe } from './recipe3d';

/** Which patches a training of volumes draws, and how many. */
export interface VolumeBatches {
  readonly stepsPerEpoch: number;
  readonly steps: number;
  /** Depends on seed, stream and number alone: a resumed run sees what an unbroken one does. */
  batch(stream: number, step: number): Patch[];
}

/** The stream of random numbers that training draws from; others are for calibrating the folded network. */
export const trainingStream = 2;
export const calibrationStream = 3;

export function volumeBatches(recipe: VolumeRecipe, samples: readonly GridSample[]): VolumeBatches {
  const { batchSize, patchesPerVolume, epochs } = recipe.schedule;
  const stepsPerEpoch = Math.max(1, Math.floor((samples.length * patchesPerVolume) / batchSize));
  return {
    stepsPerEpoch,
    steps: Math.max(1, Math.round(epochs * stepsPerEpoch)),
    batch(stream, step) {
      const random = createRandom(recipe.seed, stream, step);
      const epoch = Math.floor(step / stepsPerEpoch);
      const order = shuffled(
        Array.from({ length: samples.length * patchesPerVolume }, (_, n) => n % samples.length),
        createRandom(recipe.seed, 1, epoch),
      );
      const at = (step % stepsPerEpoch) * batchSize;
      return Array.from({ length: batchSize }, (_, n) =>
        drawPatch(samples[order[(at + n) % order.length]!]!, recipe, random),
      );
    },
  };
}
