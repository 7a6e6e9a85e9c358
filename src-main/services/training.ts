import type { JobOptions } from '../core/study/entities';
import { train } from '../inference';

/** Trains a model from a recipe file, going on from its checkpoint where there is one (inference/training). */
export function trainModel(recipePath: string, options: JobOptions): ReturnType<typeof train> {
  return train(recipePath, options);
}
