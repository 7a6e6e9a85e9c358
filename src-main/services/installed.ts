import { basename } from 'node:path';
import { AppError } from '../core/app-error';
import type * as Inference from '../inference';
import type { BundleList, ModelBundle } from '../inference';
import type { ModelSummary } from '../contract/entities';

export interface ModelFolders {
  /** The shipped and imported models: read, never written by training. */
  readonly modelsFolder: string;
  /** The models made here from reviewed cases; left out: none. */
  readonly ownModelsFolder?: string | undefined;
}

type List = typeof Inference.listBundles;

/** Shipped models first. A model of one's own with a shipped one's id would stand in for it unseen: it is refused. */
export async function installedBundles(listBundles: List, folders: ModelFolders): Promise<BundleList> {
  const shipped = await listBundles(folders.modelsFolder);
  const { ownModelsFolder } = folders;
  if (ownModelsFolder === undefined) return shipped;
  const own = await listBundles(ownModelsFolder);
  const taken = new Set(shipped.bundles.map(({ id }) => id));
  const clash = ({ id, folder }: ModelBundle) => ({
    folder,
    error: new AppError('model.invalid', `There is a shipped model "${id}" already.`, 'Remove this copy.', {
      file: folder,
    }),
  });
  return {
    bundles: [...shipped.bundles, ...own.bundles.filter(({ id }) => !taken.has(id))],
    refused: [
      ...shipped.refused,
      ...own.refused,
      ...own.bundles.filter(({ id }) => taken.has(id)).map(clash),
    ],
  };
}

/** @throws AppError model.not-found; where a bundle of that folder was refused, its reason */
export function pickBundle({ bundles, refused }: BundleList, modelId: string): ModelBundle {
  const bundle = bundles.find(({ id }) => id === modelId);
  if (bundle) return bundle;
  const broken = refused.find(({ folder }) => basename(folder) === modelId);
  throw (
    broken?.error ??
    new AppError('model.not-found', `No model "${modelId}" is installed.`, 'regio models list shows what is.')
  );
}

export function summaryOf(bundle: ModelBundle): ModelSummary {
  const data = bundle.training?.data ?? [];
  return {
    modelId: bundle.id,
    version: bundle.version,
    name: bundle.name,
    description: bundle.description,
    modalities: bundle.modalities,
    bodyParts: bundle.bodyParts,
    labels: bundle.labels,
    threshold: bundle.thresholds.default,
    modelHash: bundle.modelHash,
    trainingData: data.map(({ name }) => name).join(', '),
    trainingLicence: [...new Set(data.map(({ licence }) => licence))].join(', '),
    metrics: Object.fromEntries(Object.entries(bundle.metrics).map(([name, { value }]) => [name, value])),
    trainable: bundle.kind === 'picture',
    ...(bundle.kind === 'picture' && bundle.fineTuned && { fineTuned: bundle.fineTuned }),
  };
}
