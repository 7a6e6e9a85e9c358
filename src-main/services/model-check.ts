import { basename } from 'node:path';
import { AppError } from '../core/app-error';
import { listBundles, type ModelBundle } from '../inference';

export interface ModelCheck {
  /** Name of the bundle's folder, which is its id where it is whole. */
  readonly folder: string;
  readonly version: string | null;
  readonly modelHash: string | null;
  /** Null where every file is what its checksum says. */
  readonly error: AppError | null;
}

/** Checks every bundle of the models folder: schema, and the sha256 of every file. */
export async function verifyModels(modelsFolder: string): Promise<ModelCheck[]> {
  const { bundles, refused } = await listBundles(modelsFolder);
  const whole = bundles.map((b) => ({
    folder: b.id,
    version: b.version,
    modelHash: b.modelHash,
    error: null,
  }));
  const broken = refused.map((r) => ({
    folder: basename(r.folder),
    version: null,
    modelHash: null,
    error: r.error,
  }));
  return [...whole, ...broken].sort((a, b) => a.folder.localeCompare(b.folder));
}

/** @throws AppError model.not-found; where a bundle of that folder was refused, its reason. */
export async function findBundle(modelsFolder: string, modelId: string): Promise<ModelBundle> {
  const { bundles, refused } = await listBundles(modelsFolder);
  const bundle = bundles.find((b) => b.id === modelId);
  if (bundle) return bundle;
  const broken = refused.find((r) => basename(r.folder) === modelId);
  if (broken) throw broken.error;
  throw new AppError(
    'model.not-found',
    `There is no model "${modelId}".`,
    `Installed: ${bundles.map((b) => b.id).join(', ') || 'none'}.`,
  );
}
