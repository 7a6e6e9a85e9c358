import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { start } from './run.mjs';
import { SetupError } from './setup-error.mjs';

export const hasXvfb = () =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, 'Xvfb')));

/** Xvfb's arguments: it looks for a free display number itself and writes it to descriptor 3, so none can be taken meanwhile. */
export const xvfbArguments = ({ width = 1600, height = 1000 } = {}) => [
  ...['-displayfd', '3', '-screen', '0', `${width}x${height}x24`],
  ...['-nolisten', 'tcp', '-noreset'],
];

/** `:12` from what Xvfb wrote to its descriptor; null while the line is not whole. */
export function displayFrom(text) {
  const number = /^\s*(\d+)\s*\n/.exec(text)?.[1];
  return number === undefined ? null : `:${number}`;
}

/**
 * A virtual display of our own. It ends with this process, or when `stop` is called (by its pid, never by name).
 * @returns {Promise<{display: string, stop: () => Promise<void>}>}
 */
export function startXvfb(size, { timeout = 20_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = start('Xvfb', xvfbArguments(size), { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const ended = new Promise((done) => child.once('close', done));
    const fail = (why) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(
        new SetupError(
          `the virtual display Xvfb did not start: ${why}`,
          'Install it: apt-get install -y xvfb',
        ),
      );
    };
    const timer = setTimeout(() => fail('no answer'), timeout);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => (errors = (errors + chunk).slice(-2000)));
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => fail(errors.trim() || 'it ended at once'));
    let text = '';
    child.stdio[3].setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const display = displayFrom(text);
      if (!display) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      const stop = async () => {
        child.kill('SIGTERM');
        await ended;
      };
      resolve({ display, stop });
    });
  });
}
