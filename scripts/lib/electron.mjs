import { request } from 'node:https';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildFallback, fallbackDist, fallbackReady } from './electron-fallback.mjs';
import { readJson, symlink, writeJson } from './files.mjs';
import { cache, fromRoot, modules, packageVersion, root } from './paths.mjs';
import { electronFallbackVersion } from './pins.mjs';
import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';

const state = join(cache, 'setup.json');
const npmDist = join(modules, 'electron', 'dist');

/** The folder of the Electron that set-up chose; start, e2e and packaging use this one. */
function electronDist() {
  const chosen = readJson(state)?.electron;
  if (!chosen) throw new SetupError('Electron is not set up', 'Run: npm run setup');
  return fromRoot(chosen.dist);
}

const executableIn = (dist) =>
  join(
    dist,
    { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron',
  );

export const electronPath = () => executableIn(electronDist());

/** Environment under which npm's `electron` package (Playwright, electron-vite) starts the chosen Electron. */
export const electronEnv = () => ({ ELECTRON_OVERRIDE_DIST_PATH: electronDist() });

/** Is what was chosen for this electron package still there? */
export function electronReady(wanted = packageVersion('electron')) {
  const chosen = readJson(state)?.electron;
  if (!chosen || chosen.wanted !== wanted || npmBinaryVersion() !== chosen.version) return false;
  return chosen.version === wanted || fallbackReady();
}

function npmBinaryVersion() {
  if (!existsSync(executableIn(npmDist)) || !existsSync(join(modules, 'electron', 'path.txt'))) return null;
  return readFileSync(join(npmDist, 'version'), 'utf8').trim().replace(/^v/, '');
}

/** Asks the release host for the head of a small file; the file itself is too large to find out with. */
function hostAnswers(version, timeout = 6000) {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror;
  const url = mirror ?? `https://github.com/electron/electron/releases/download/v${version}/SHASUMS256.txt`;
  return new Promise((resolve) => {
    let call;
    const answer = (value) => {
      clearTimeout(timer);
      call?.destroy();
      resolve(value);
    };
    const timer = setTimeout(() => answer(false), timeout);
    try {
      call = request(url, { method: 'HEAD' }, (response) => answer(response.statusCode < 400));
      call.on('error', () => answer(false));
      call.end();
    } catch {
      answer(false);
    }
  });
}

/** Lets npm's electron package fetch its own binary, into a cache of ours. @returns {Promise<boolean>} */
async function installWithNpm(version, note) {
  const behindProxy = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  note(`asking Electron's release host for ${version}`);
  if (!behindProxy && !(await hostAnswers(version))) return false;
  note(`fetching Electron ${version}`);
  const { code } = await run(process.execPath, [join(modules, 'electron', 'install.js')], {
    env: {
      ...process.env,
      electron_config_cache: join(cache, 'downloads', 'electron'),
      ELECTRON_OVERRIDE_DIST_PATH: '',
    },
    timeout: behindProxy ? 120_000 : 600_000,
  });
  return code === 0 && npmBinaryVersion() === version;
}

/**
 * Electron as npm gives it, else the fallback, which is also made npm's own `dist`, so that every tool finds it.
 * @returns {Promise<{wanted: string, version: string, dist: string}>}
 */
export async function setUpElectron(note) {
  const wanted = packageVersion('electron');
  const before = readJson(state)?.electron;
  // Once the fallback was taken for this version it stays: after an `npm ci` only its link is missing, and that needs no network.
  const settled = before?.wanted === wanted && before.version === electronFallbackVersion && fallbackReady();
  const fromNpm = npmBinaryVersion() === wanted || (!settled && (await installWithNpm(wanted, note)));
  let version = fromNpm ? wanted : null;
  if (!version) {
    if (!fallbackReady()) await buildFallback(note);
    version = electronFallbackVersion;
    symlink(relative(join(modules, 'electron'), fallbackDist), npmDist);
    writeFileSync(join(modules, 'electron', 'path.txt'), 'electron');
  }
  const dist = relative(root, version === wanted ? npmDist : fallbackDist);
  const electron = { wanted, version, dist };
  writeJson(state, { ...readJson(state, {}), electron });
  return electron;
}
