import { AppError } from '../core/app-error';
import {
  isVolumeRecipe,
  measureBundle,
  type MeasuredBundle,
  type MeasureOptions,
  train,
  trainVolumes,
  type TrainOptions,
  type TrainResult,
  type TrainVolumesOptions,
  type TrainVolumesResult,
} from '../inference';
import { findBundle } from './model-check';
import { readVolume } from './read-volume';

/** Measures an installed model on its recipe's validation data and writes it anew (inference/measure-bundle.ts). */
export async function measureModel(
  modelsFolder: string,
  modelId: string,
  options: Omit<MeasureOptions, 'readVolume'>,
): Promise<MeasuredBundle> {
  const { folder } = await findBundle(modelsFolder, modelId);
  return measureBundle(folder, { ...options, readVolume });
}

export type { BatchMakers, TrainProgress } from '../inference';

/** A training's result without its step-by-step history, which the loss plot shows. */
export type TrainingSummary =
  | (Omit<TrainResult, 'history'> & { readonly kind: 'picture' })
  | (Omit<TrainVolumesResult, 'history'> & { readonly kind: 'volume' });

/** Trains a model from a recipe file, going on from its checkpoint where there is one (inference/training, training3d). */
export async function trainModel(
  recipePath: string,
  options: TrainOptions & Pick<TrainVolumesOptions, 'packageRoot'>,
): Promise<TrainingSummary> {
  if (await isVolumeRecipe(recipePath)) {
    if (options.initial !== undefined) {
      throw new AppError(
        'request.invalid',
        'Training from another model is for recipes of pictures; this one is of volumes.',
        'Leave the model to begin from out.',
        { file: recipePath, field: 'initial' },
      );
    }
    const { history: _steps, ...summary } = await trainVolumes(recipePath, { ...options, readVolume });
    return { kind: 'volume', ...summary };
  }
  const { history: _steps, ...summary } = await train(recipePath, options);
  return { kind: 'picture', ...summary };
}
