import { spawn } from 'node:child_process';
import { SetupError } from './setup-error.mjs';

const running = new Set();
let watching = false;

/** A child left behind would go on downloading or compiling after Ctrl+C: end ours, by pid, when we end. */
function watchSignals() {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const child of running) child.kill('SIGTERM');
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])
    process.on(signal, () => process.exit(code));
}

/** Starts a child that is ended with this process. */
export function start(command, args, options = {}) {
  watchSignals();
  const child = spawn(command, args, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/**
 * Runs a command to its end.
 * @returns {Promise<{code: number, output: string}>} exit code (128 + n after signal n, 124 after `timeout` ms,
 *   127 when it could not be started) and, unless stdio is given, what it printed (the last 200 kB).
 */
export function run(command, args, { timeout, ...options } = {}) {
  return new Promise((resolve) => {
    const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    let timedOut = false;
    const take = (chunk) => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    const timer = timeout
      ? setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, timeout)
      : undefined;
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: String(error.message) });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: timedOut ? 124 : (code ?? (signal ? 128 : 1)), output });
    });
  });
}

/** Like run, but a failure is an error that carries the end of what was printed. */
export async function mustRun(what, command, args, options = {}) {
  const { hint = '', ...rest } = options;
  const { code, output } = await run(command, args, rest);
  if (code !== 0) {
    const tail = output.trim().split('\n').slice(-15).join('\n');
    throw new SetupError(`${what} failed (${command} ended with ${code})\n${tail}`, hint);
  }
  return output;
}
