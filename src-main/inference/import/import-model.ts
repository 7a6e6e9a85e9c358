import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/app-error';
import { writeBundleFiles } from '../bundle/files';
import { readBundle } from '../bundle/read';
import type { ModelBundle } from '../bundle/schema';
import { openBundleSource } from './bundle-source';
import type { ImportedModel, ImportOptions } from './import-options';
import { importMonai, monaiMarker } from './monai-import';
import { importTfjs, tfjsMarker } from './tfjs-import';

/**
 * Imports a model made elsewhere as a bundle of the models folder. Everything is read and checked before anything is
 * written; what was half written is removed again.
 *
 * @param path a MONAI bundle or a TensorFlow.js model with its mapping: folder or zip
 * @throws AppError file.unreadable, model.invalid (with file and field), request.invalid (the id is taken)
 */
export async function importModel(
  path: string,
  modelsFolder: string,
  options: ImportOptions & { readonly replace?: boolean | undefined } = {},
): Promise<ModelBundle> {
  const model = await convert(path, options);
  const folder = join(modelsFolder, model.id);
  if (!options.replace && (await stat(folder).catch(() => null))) {
    throw new AppError(
      'request.invalid',
      `There is already a model "${model.id}".`,
      'Give another id with --id, or overwrite it with --replace.',
      { file: folder, field: 'id' },
    );
  }
  try {
    await writeBundleFiles(folder, model, { selfTest: false });
    return (await readBundle(folder)).bundle;
  } catch (cause) {
    await rm(`${folder}.writing`, { recursive: true, force: true }).catch(() => undefined);
    throw cause instanceof AppError
      ? cause
      : new AppError(
          'file.unreadable',
          'The model could not be written.',
          'Check that the models folder can be written and has room.',
          { file: folder },
          { cause },
        );
  }
}

async function convert(path: string, options: ImportOptions): Promise<ImportedModel> {
  const monai = await openBundleSource(path, monaiMarker);
  if (monai) return importMonai(monai, options);
  const tfjs = await openBundleSource(path, tfjsMarker);
  if (tfjs) return importTfjs(tfjs, options);
  throw new AppError(
    'model.invalid',
    'This is no model that can be imported.',
    `Give a folder or zip with ${monaiMarker} (a MONAI bundle) or ${tfjsMarker} (a TensorFlow.js model).`,
    { file: path, field: monaiMarker },
  );
}
