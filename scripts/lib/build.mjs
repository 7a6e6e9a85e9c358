import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readJson, writeJson } from './files.mjs';
import { cache, commandOf, fromRoot, root } from './paths.mjs';
import { mustRunAlone } from './orphans.mjs';

const stamp = join(cache, 'build.json');
const settings = [
  'package-lock.json',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.renderer.json',
];
const parts = {
  /** What plain Node runs: the CLI and the engine. */
  node: { sources: ['src-main'], made: ['dist/main/cli.cjs', 'dist/main/engine.cjs'] },
  all: {
    sources: ['src-main', 'src-renderer'],
    made: ['dist/main/main.cjs', 'dist/preload/preload.cjs', 'dist/renderer/index.html'],
  },
};

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.spec\.[a-z.]+$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** One hash over names and bytes of everything a build reads (tests and packages apart; the lockfile stands for those). */
export function sourceHash(folders, base = root) {
  const hash = createHash('sha256');
  const paths = [
    ...settings.map((name) => join(base, name)),
    ...folders.flatMap((folder) => filesUnder(join(base, folder))),
  ];
  const named = paths
    .filter((path) => existsSync(path))
    .map((path) => [relative(base, path).split(sep).join('/'), path]);
  for (const [name, path] of named.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** @param {'all' | 'node'} part */
export function buildReady(part = 'all') {
  const { sources, made } = parts[part];
  return made.every((path) => existsSync(fromRoot(path))) && readJson(stamp)?.[part] === sourceHash(sources);
}

/** @param {'all' | 'node'} part */
export async function build(part = 'all') {
  // Hashed before: a file that changes during the build makes the next run build again.
  const hashes = { node: sourceHash(parts.node.sources), all: sourceHash(parts.all.sources) };
  const env = { ...process.env, REGIO_BUILD: part === 'node' ? 'node' : '' };
  await mustRunAlone('the build', process.execPath, [commandOf('electron-vite'), 'build'], {
    cwd: root,
    env,
  });
  writeJson(stamp, part === 'all' ? hashes : { ...readJson(stamp, {}), node: hashes.node });
}
