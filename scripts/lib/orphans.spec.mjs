import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processName } from './lock.mjs';
import { endOrphan } from './orphans.mjs';

let folder;
let file;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-orphan-'));
  file = join(folder, 'a.pid');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a child that outlived its set-up is ended before the next begins', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  writeFileSync(file, processName(child.pid));
  expect(await endOrphan(file, { poll: 5 })).toBe(true);
  expect(await ended).toBe('SIGKILL');
  expect(existsSync(file)).toBe(false);
});

test('a process that only has the same pid is left alone', async () => {
  writeFileSync(file, `${process.pid} 1`);
  expect(await endOrphan(file)).toBe(false);
  expect(existsSync(file)).toBe(false);
});
