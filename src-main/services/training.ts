import { train, type TrainOptions, type TrainResult } from '../inference';

export type { TrainProgress } from '../inference';

/** A training's result without its step-by-step history, which the loss plot shows. */
export type TrainingSummary = Omit<TrainResult, 'history'>;

/** Trains a model from a recipe file, going on from its checkpoint where there is one (inference/training). */
export async function trainModel(recipePath: string, options: TrainOptions): Promise<TrainingSummary> {
  const { history: _steps, ...summary } = await train(recipePath, options);
  return summary;
}
