import { spawn } from 'node:child_process';
import { SetupError } from './setup-error.mjs';

const running = new Set();
const endings = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** A child left behind would go on downloading or compiling after Ctrl+C: end ours, by pid, then ourselves. */
function endAll(signal) {
  for (const child of running) child.kill('SIGTERM');
  const leave = () => process.exit(endings[signal]);
  setTimeout(leave, 5000).unref();
  for (const child of running) child.once('close', () => running.size === 0 && leave());
}
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** Signals are ours only while we have children: what runs in this process afterwards (the CLI) handles its own. */
function watchSignals() {
  for (const signal of Object.keys(endings)) {
    process.removeListener(signal, endAll);
    if (running.size > 0) process.on(signal, endAll);
  }
}

/** Starts a child that is ended with this process. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, options);
  const forget = () => {
    running.delete(child);
    watchSignals();
  };
  running.add(child);
  watchSignals();
  child.once('close', forget);
  child.once('error', forget);
  return child;
}

/**
 * Runs a command to its end.
 * @returns {Promise<{code: number, output: string}>} exit code (128 + n after signal n, 124 after `timeout` ms,
 *   127 when it could not be started) and, unless stdio is given, what it printed (the last 200 kB).
 */
export function run(command, args, { timeout, onStart, ...options } = {}) {
  return new Promise((resolve) => {
    const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    onStart?.(child);
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
