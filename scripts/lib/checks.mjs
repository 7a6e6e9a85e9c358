import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build, buildReady } from './build.mjs';
import { asOne, playwrightCounts, vitestCounts } from './counts.mjs';
import { electronEnv } from './electron.mjs';
import { readJson } from './files.mjs';
import { cache, commandOf, root } from './paths.mjs';
import { run } from './run.mjs';
import { hasXvfb, startXvfb } from './xvfb.mjs';

const tool = (packageName, args, env = {}, command = packageName) =>
  run(process.execPath, [commandOf(packageName, command), ...args], {
    cwd: root,
    env: { ...process.env, FORCE_COLOR: '0', ...env },
  });

/** A check that is one command: passed or failed as a whole. */
const single = (name, packageName, args, command) => ({
  name,
  work: async () => {
    const { code, output } = await tool(packageName, args, {}, command);
    return { counts: asOne(code), output };
  },
});

const reportAt = (name) => {
  const path = join(cache, 'reports', `${name}.json`);
  rmSync(path, { force: true });
  return path;
};

async function unit() {
  const report = reportAt('vitest');
  const { code, output } = await tool('vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return { counts: vitestCounts(readJson(report), code), output };
}

async function buildOnce() {
  if (buildReady()) return { counts: asOne(0), output: '' };
  try {
    await build();
    return { counts: asOne(0), output: '' };
  } catch (error) {
    return { counts: asOne(1), output: error.message };
  }
}

/**
 * In the real Electron, on virtual displays where there can be some: the same size and renderer everywhere. Two windows at a
 * time, since one waits for half of its time (starts, frames, the files of a report); each on a display of its own, since
 * two on one would take each other's focus.
 */
async function e2e() {
  const report = reportAt('playwright');
  const count = process.platform === 'linux' && hasXvfb() ? Math.min(2, availableParallelism()) : 0;
  const screens = await Promise.all(Array.from({ length: count }, () => startXvfb()));
  try {
    const env = {
      ...electronEnv(),
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      ...(count > 0
        ? { DISPLAY: screens[0].display, REGIO_DISPLAYS: screens.map(({ display }) => display).join() }
        : {}),
    };
    const args = ['test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'];
    const { code, output } = await tool('@playwright/test', args, env, 'playwright');
    return { counts: playwrightCounts(readJson(report), code), output };
  } finally {
    await Promise.all(screens.map(({ stop }) => stop()));
  }
}

/** In order. Those of the first group are independent of each other and of what is built; they run two at a time. */
export const staticChecks = [
  single('format', 'prettier', [
    '--check',
    '.',
    '--log-level',
    'warn',
    '--cache',
    '--cache-location',
    join(cache, 'prettier'),
  ]),
  single('lint', 'eslint', ['.', '--max-warnings', '0']),
  single('types', 'typescript', ['-p', 'tsconfig.json'], 'tsc'),
  single('types (e2e)', 'typescript', ['-p', 'tsconfig.e2e.json'], 'tsc'),
  single('types (svelte)', 'svelte-check', [
    '--tsconfig',
    'tsconfig.renderer.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ]),
  single(
    'import rules',
    'dependency-cruiser',
    ['src-main', 'src-renderer', '--config', '.dependency-cruiser.cjs'],
    'depcruise',
  ),
  single('unused code', 'knip', []),
];
export const laterChecks = [
  { name: 'unit', work: unit },
  { name: 'build', work: buildOnce },
  { name: 'e2e', work: e2e },
];

/** Names a developer may give to --only: a check's name, or its beginning (`types` is both of them). */
export function chosen(checks, only) {
  return only === null ? checks : checks.filter(({ name }) => only.some((word) => name.startsWith(word)));
}
