import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ownModels, userFolders } from '../services/folders';
import type { CliIo } from './io';

/** The program's folder (it holds package.json and models/), from the built file as from the sources. */
export function appRoot(start = __dirname): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && readManifest(manifest).name === 'regio') return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json of regio above ${start}`);
  }
}

/** `REGIO_MODELS_DIR`, else models/ of the program. */
export function modelsFolder(io: CliIo): string {
  return resolve(io.cwd, io.env['REGIO_MODELS_DIR'] || join(appRoot(), 'models'));
}

/** Where models made from reviewed cases lie: beside the store. */
export const ownModelsFolder = (io: CliIo): string => resolve(io.cwd, ownModels(userFolders(io.env)));

export function softwareVersion(): string {
  return readManifest(join(appRoot(), 'package.json')).version ?? '0.0.0';
}

function readManifest(file: string): { name?: string; version?: string } {
  return JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
}
