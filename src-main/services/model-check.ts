import { basename } from 'node:path';
import { AppError } from '../core/app-error';
import { listBundles, testBundle, type ModelBundle, type SelfTest } from '../inference';

export type { ModelBundle } from '../inference';

export interface ModelCheck {
  /** Name of the bundle's folder, which is its id where it is whole. */
  readonly folder: string;
  readonly version: string | null;
  readonly modelHash: string | null;
  /** `passed`: the network finds on its golden input what it found when it was made; null where it did not run. */
  readonly selfTest: SelfTest | null;
  /** Null where every file is what its checksum says, and the self-test did not fail. */
  readonly error: AppError | null;
}

/** Checks every bundle of the models folder: schema, the sha256 of every file, and what its network finds (self-test). */
export async function verifyModels(modelsFolder: string): Promise<ModelCheck[]> {
  const { bundles, refused } = await listBundles(modelsFolder);
  const checks: ModelCheck[] = refused.map((r) => ({
    folder: basename(r.folder),
    version: null,
    modelHash: null,
    selfTest: null,
    error: r.error,
  }));
  for (const { id: folder, version, modelHash, folder: path } of bundles) {
    const tested = await testBundle(path).catch((error: unknown) => AppError.from(error));
    const failed = tested instanceof AppError;
    checks.push({
      folder,
      version,
      modelHash,
      selfTest: failed ? null : tested,
      error: failed ? tested : null,
    });
  }
  return checks.sort((a, b) => a.folder.localeCompare(b.folder));
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
