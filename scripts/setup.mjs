#!/usr/bin/env node
/* Makes a fresh clone ready: packages, libtensorflow, Electron, demo volumes, build. Uses nothing but Node itself. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, buildReady } from './lib/build.mjs';
import { demoVolumesReady, setUpDemoVolumes } from './lib/demo-volumes.mjs';
import { electronReady, setUpElectron } from './lib/electron.mjs';
import { withLock } from './lib/lock.mjs';
import { npmPackagesReady, setUpNpmPackages } from './lib/npm-packages.mjs';
import { cache, temporary } from './lib/paths.mjs';
import { tensorflowVersion } from './lib/pins.mjs';
import { createProgress, seconds } from './lib/progress.mjs';
import { SetupError } from './lib/setup-error.mjs';
import { setUpSystemLibraries, systemNeeds } from './lib/system-libraries.mjs';
import { addonNeedsCompiler, setUpTensorflow, tensorflowReady } from './lib/tensorflow.mjs';

/** package.json's `engines`, checked before anything that could fail in a way that tells less. */
export function nodeIsNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

export const hasDisplay = (env = process.env, platform = process.platform) =>
  platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);

/**
 * Brings the checkout up to date and does nothing that is done already: without network when all of it is.
 * @param {object} options
 * @param {boolean} [options.window] also what the window needs: Electron, its system libraries, a display
 * @param {'all' | 'node' | 'none'} [options.part] what to build
 * @param {boolean} [options.virtualDisplay] an Xvfb is needed even where there is a display (tests)
 * @param {NodeJS.WritableStream} [options.stream] where progress goes
 * @param {boolean} [options.quiet] say nothing when there was nothing to do
 */
export async function setup({
  window = true,
  part = 'all',
  virtualDisplay = false,
  stream = process.stdout,
  quiet = false,
} = {}) {
  const began = performance.now();
  const progress = createProgress({ stream });
  if (!nodeIsNewEnough(process.versions.node))
    throw new SetupError(
      `Node ${process.versions.node} is too old`,
      'Install Node 20.19 or newer (https://nodejs.org).',
    );

  const waiting = (pid) => progress.say(`another set-up (process ${pid}) is at work here; waiting for it`);
  await withLock(join(cache, 'setup.lock'), () => steps({ window, part, virtualDisplay, progress }), {
    waiting,
  });
  if (!quiet || progress.spoke()) progress.say(`ready in ${seconds(performance.now() - began)}`);
}

async function steps({ window, part, virtualDisplay, progress }) {
  // While we hold the lock, set-up's own folders here (named with a process id) are leftovers of killed runs.
  for (const name of existsSync(temporary) ? readdirSync(temporary) : [])
    if (/-\d+$/.test(name)) rmSync(join(temporary, name), { recursive: true, force: true });

  const fresh = !npmPackagesReady();
  const download = fresh || !tensorflowReady() || !demoVolumesReady() || (window && !electronReady());
  const display = hasDisplay() && !virtualDisplay;
  const needs = systemNeeds({ window, display, compile: fresh || addonNeedsCompiler(), download });
  await setUpSystemLibraries(needs, progress);

  if (fresh) await progress.step('npm packages from package-lock.json', setUpNpmPackages);
  if (!tensorflowReady())
    await progress.step(`tfjs-node with libtensorflow ${tensorflowVersion}`, setUpTensorflow);
  if (window && !electronReady()) {
    const { wanted, version } = await progress.step('Electron', setUpElectron);
    if (version !== wanted)
      progress.say(`Electron ${wanted} could not be fetched here: using Electron ${version} instead`);
  }
  if (!demoVolumesReady()) await progress.step('demo volumes', setUpDemoVolumes);
  if (part !== 'none' && !buildReady(part)) await progress.step('build', () => build(part));
}

/** Prints what went wrong as a person should read it. @returns {number} exit code */
export function explain(error, name = 'setup') {
  if (error instanceof SetupError) {
    process.stderr.write(`${name}: ${error.message}\n`);
    if (error.hint) process.stderr.write(`${name}: ${error.hint}\n`);
  } else process.stderr.write(`${name}: ${error?.stack ?? error}\n`);
  return 3;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const flags = new Set(process.argv.slice(2));
  try {
    await setup({ part: flags.has('--no-build') ? 'none' : 'all', window: !flags.has('--no-window') });
  } catch (error) {
    process.exitCode = explain(error);
  }
}
