import { electronPath } from './electron.mjs';
import { root } from './paths.mjs';
import { start } from './run.mjs';

/** For a virtual display, which has no graphics card: Chromium need not look for one, and the window is drawn as on a computer without. */
export const softwareGlFlags = ['--disable-gpu'];

export const isRoot = () => process.getuid?.() === 0;

/** Chromium's switches for this user and display. As root its sandbox refuses to start. */
export function electronFlags({ root: asRoot = isRoot(), software }) {
  return [...(asRoot ? ['--no-sandbox'] : []), ...(software ? softwareGlFlags : [])];
}

/** Runs the built application to its end, its output passed through. @returns {Promise<number>} exit code */
export function launch(args, { software, env = {} }) {
  return new Promise((resolve) => {
    const child = start(electronPath(), ['.', ...electronFlags({ software }), ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    child.once('error', (error) => {
      process.stderr.write(`start: Electron could not be started: ${error.message}\n`);
      resolve(3);
    });
    child.once('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}
