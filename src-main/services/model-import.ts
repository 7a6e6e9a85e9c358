import { importModel as importInto, type ModelBundle } from '../inference';

export interface ModelImportOptions {
  id?: string | undefined;
  labels?: string[] | undefined;
  bodyParts?: string[] | undefined;
  precision?: 'float16' | 'float32' | undefined;
  /** Overwrite a model of the same id. */
  replace?: boolean | undefined;
}

/** Imports a model made elsewhere into the models folder (inference/import), checked and ready to be used. */
export function importModel(
  path: string,
  modelsFolder: string,
  options: ModelImportOptions,
): Promise<ModelBundle> {
  return importInto(path, modelsFolder, options);
}
