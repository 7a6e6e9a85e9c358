import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holderLives, processName, withLock } from './lock.mjs';

let folder;
let path;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-lock-'));
  path = join(folder, 'setup.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('this process lives; a pid that was given to another process since does not count', () => {
  expect(holderLives(processName(process.pid))).toBe(true);
  expect(holderLives(`${process.pid} 1`)).toBe(false);
  expect(holderLives('4194305')).toBe(false);
  expect(holderLives('')).toBe(false);
});

test('the second waits until the first is done', async () => {
  const order = [];
  let finishFirst;
  const first = withLock(path, async () => {
    order.push('first begins');
    await new Promise((resolve) => (finishFirst = resolve));
    order.push('first ends');
  });
  const waiting = vi.fn(() => finishFirst());
  const second = withLock(path, async () => order.push('second'), { waiting, poll: 1 });
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second']);
  expect(waiting).toHaveBeenCalledExactlyOnceWith(process.pid);
  expect(existsSync(path)).toBe(false);
});

test('the lock of a killed process is taken over', async () => {
  writeFileSync(path, `${process.pid} 1`);
  await withLock(path, async () => expect(readFileSync(path, 'utf8')).toBe(processName(process.pid)));
  expect(existsSync(path)).toBe(false);
});

test('a failure inside gives the lock back', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});
