import { electronPath } from './electron.mjs';
import { root } from './paths.mjs';
import { start } from './run.mjs';

/** Software WebGL2 through SwiftShader, for a virtual display: the viewer draws the same there as on a graphics card. */
export const softwareGlFlags = [
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-swiftshader',
];

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
