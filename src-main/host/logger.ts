import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';

const maxBytes = 5 * 2 ** 20;

/**
 * The application's log: `<data folder>/logs/regio.log`, JSON lines, at most two files of 5 MB. Callers never
 * pass patient data: no names, no ids of people, no paths of studies, no messages of unknown errors.
 */
export function openLog(dataFolder: string): Logger {
  const folder = join(dataFolder, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'regio.log');
  rotate(file);
  // Synchronous: the last line before a crash is the one that is needed.
  return pino(
    { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: file, sync: true, mode: 0o600 }),
  );
}

function rotate(file: string): void {
  try {
    if (statSync(file).size > maxBytes) renameSync(file, `${file}.1`);
  } catch {
    // No log yet.
  }
}
