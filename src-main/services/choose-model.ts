import { AppError } from '../core/app-error';
import type { ScannedSeries } from '../core/study/entities';
import type { ModelSummary } from '../contract/entities';
import type { ActiveModels } from './model-family';

/**
 * The model trained for the series' modality and body part; of several, the first listed. A series of an unknown body part
 * gets none: a network asked about anatomy it never saw marks what is normal there. The user may still name one, which is
 * then that one and no other. In place of a shipped model goes the one made from it, where that was switched on.
 *
 * @throws AppError 'model.none-fits' or, for a named model, 'model.not-found'.
 */
export function chooseModel(
  series: Pick<ScannedSeries, 'modality' | 'bodyPart'>,
  models: readonly ModelSummary[],
  wanted: string | null = null,
  active: ActiveModels = {},
): ModelSummary {
  if (wanted !== null) {
    const named = models.find((model) => model.modelId === wanted);
    if (named) return named;
    throw new AppError(
      'model.not-found',
      `No model "${wanted}" is installed.`,
      models.length > 0
        ? `Installed: ${models.map((model) => model.modelId).join(', ')}.`
        : 'Install a model bundle into the models folder.',
    );
  }
  const part = series.bodyPart.trim().toUpperCase();
  const fits = models.find(
    (model) =>
      model.fineTuned === undefined &&
      model.modalities.includes(series.modality) &&
      part !== '' &&
      model.bodyParts.some((known) => known.toUpperCase() === part),
  );
  const inUse = fits && (active[fits.modelId] ?? fits.modelId);
  const chosen = models.find((model) => model.modelId === inUse);
  if (chosen) return chosen;
  // Never the shipped one in its place: whoever switched it on would not know.
  if (inUse !== undefined) {
    throw new AppError(
      'model.not-found',
      `The model that was switched on, "${inUse}", is not there any more or was changed.`,
      'Go back to the shipped model in the list of models, then start the detection again.',
    );
  }
  throw new AppError(
    'model.none-fits',
    `No installed model reads ${series.modality} of ${part === '' ? 'an unknown body part' : `body part ${part}`}. Nothing was looked for.`,
    models.length > 0 ? 'Choose a model yourself, or read the study without one.' : 'Install a model bundle.',
  );
}
