import { AppError } from '../../core/app-error';
import { readBundle } from '../bundle/read';
import type { InitialModel } from '../bundle/schema';
import { initialParameters } from '../network/initialize';
import { readSafetensors } from '../network/safetensors';
import type { Recipe } from './recipe';

/** What a training begins from. */
export interface Start {
  /** Every parameter by name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** The bundle whose weights these are; null for ImageNet's and drawn ones. */
  readonly from: InitialModel | null;
}

export interface StartOptions {
  /** EfficientNet-Lite0 as safetensors; not read where `initial` is given. */
  readonly backboneWeights?: string | undefined;
  /** Folder of a picture bundle of the recipe's architecture: its weights in place of ImageNet's and drawn ones. */
  readonly initial?: string | undefined;
}

/**
 * @throws AppError model.not-found, model.checksum or model.invalid where the bundle cannot be read; request.invalid
 *   where it is of another kind or architecture, or neither file nor bundle is named
 */
export async function startingWeights(recipe: Recipe, options: StartOptions): Promise<Start> {
  const { initial, backboneWeights } = options;
  if (initial !== undefined) return fromBundle(recipe, initial);
  if (backboneWeights === undefined) {
    throw new AppError(
      'request.invalid',
      'Training has nothing to begin from.',
      'Name the backbone weights, or a model to go on from.',
      { field: 'backboneWeights' },
    );
  }
  const imagenet = await readSafetensors(backboneWeights);
  return { values: initialParameters(recipe.architecture, imagenet, recipe.seed), from: null };
}

async function fromBundle(recipe: Recipe, folder: string): Promise<Start> {
  const opened = await readBundle(folder);
  const { bundle } = opened;
  if (opened.kind !== 'picture') {
    throw unfit(folder, `${bundle.name} is no network of ours that reads pictures`, 'kind');
  }
  const wanted = recipe.architecture;
  const differing = (Object.keys(wanted) as (keyof typeof wanted)[]).find(
    (key) => JSON.stringify(opened.architecture[key]) !== JSON.stringify(wanted[key]),
  );
  if (differing) {
    throw unfit(folder, `its ${differing} is not the recipe's`, `architecture.${differing}`);
  }
  const { id, version, modelHash } = bundle;
  return { values: opened.parameters(), from: { id, version, modelHash } };
}

const unfit = (file: string, why: string, field: string): AppError =>
  new AppError(
    'request.invalid',
    `Training cannot go on from this model: ${why}.`,
    'Choose a model that was trained with the same architecture, or begin from the backbone weights.',
    { file, field },
  );
