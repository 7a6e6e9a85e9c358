import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';

/** The checkout's root, whatever the working directory. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const fromRoot = (...parts) => join(root, ...parts);

/** Everything set-up makes outside node_modules and dist; survives `npm ci`. */
export const cache = fromRoot('.cache');
export const downloads = join(cache, 'downloads');
export const temporary = join(cache, 'tmp');
export const modules = fromRoot('node_modules');

/** The script file behind an npm package's command, so that it can be run by this very Node on every platform. */
export function commandOf(packageName, command = packageName) {
  const folder = join(modules, packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin?.[command];
  if (!file) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, file);
}

export const packageVersion = (packageName) =>
  createRequire(join(root, 'package.json'))(join(modules, packageName, 'package.json')).version;
