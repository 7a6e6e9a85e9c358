import {
  linkSync,
  renameSync,
  rmSync,
  symlinkSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
  lstatSync,
} from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { temporary } from './paths.mjs';

/** Makes an empty folder of this process alone under .cache/tmp. */
export function scratch(name) {
  const folder = join(temporary, `${name}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Puts a finished file or folder at its final name in one step, so that a name that exists is always whole. */
export function moveIntoPlace(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

/** One file under two names: a hard link (node_modules may be wiped, .cache keeps it), or a relative symlink across devices. */
export function linkFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { recursive: true, force: true });
  try {
    linkSync(from, to);
  } catch {
    symlinkSync(relative(dirname(to), from), to);
  }
}

/** Makes `to` a symlink that holds `target` as it is written. */
export function symlink(target, to) {
  if (lstatSync(to, { throwIfNoEntry: false })) rmSync(to, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(target, to);
}

export function readJson(path, otherwise = null) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return otherwise;
  }
}

export function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(partial, path);
}

/** Bytes under a folder, for progress lines; files that vanish meanwhile count nothing. */
export async function bytesUnder(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath ?? entry.path, entry.name)).catch(() => null);
    sum += found?.size ?? 0;
  }
  return sum;
}
