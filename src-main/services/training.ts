import { AppError } from '../core/app-error';
import type { Volume } from '../core/volume/volume';
import { loadVolume, scanPaths } from '../imaging';
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

/** Measures an installed model on its recipe's validation data and writes it anew (inference/measure-bundle.ts). */
export async function measureModel(
  modelsFolder: string,
  modelId: string,
  options: Omit<MeasureOptions, 'readVolume'>,
): Promise<MeasuredBundle> {
  const { folder } = await findBundle(modelsFolder, modelId);
  return measureBundle(folder, { ...options, readVolume });
}

export type { TrainProgress } from '../inference';

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

/** The one volume that a file or a series' folder holds. */
async function readVolume(path: string, signal?: AbortSignal): Promise<Volume> {
  const { series, skipped } = await scanPaths([path], { signal });
  const volumes = series.filter((s) => s.pixels.kind === 'volume');
  if (volumes.length !== 1) {
    throw new AppError(
      'file.unsupported',
      volumes.length === 0
        ? (skipped[0]?.reason ?? 'There is no volume.')
        : `There are ${volumes.length} series where one is wanted.`,
      'Name one volume file, or the folder of one series, in the recipe.',
      { file: path },
    );
  }
  return loadVolume(volumes[0]!, { signal });
}
