import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { obtain, pipArguments } from './download.mjs';

const body = Buffer.from('a wheel, or so');
const pin = {
  title: 'a',
  file: 'a.whl',
  bytes: body.length,
  sha256: createHash('sha256').update(body).digest('hex'),
};
let base;
let folder;
let makeScratch;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'regio-download-'));
  folder = join(base, 'downloads');
  makeScratch = (name) => {
    mkdirSync(join(base, 'tmp', name), { recursive: true });
    return join(base, 'tmp', name);
  };
});
afterEach(() => rmSync(base, { recursive: true }));

const bringing = (bytes) => vi.fn(async (_pin, into) => writeFileSync(join(into, pin.file), bytes));
const get = (fetch) => obtain(pin, () => {}, { folder, fetch, makeScratch });

test('a file is fetched once; the second time it is only checked', async () => {
  const fetch = bringing(body);
  expect(readFileSync(await get(fetch))).toEqual(body);
  await get(fetch);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('bytes with another hash never get the final name', async () => {
  await expect(get(bringing(Buffer.from('a wheel, or so!')))).rejects.toThrow('is not the pinned file');
  expect(existsSync(join(folder, pin.file))).toBe(false);
});

test('an interrupted download leaves nothing under the final name, and the next one repairs it', async () => {
  const broken = async (_pin, into) => {
    writeFileSync(join(into, pin.file), body.subarray(0, 4));
    throw new Error('connection lost');
  };
  await expect(get(broken)).rejects.toThrow('connection lost');
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(join(base, 'tmp'))).toEqual([]);
  expect(readFileSync(await get(bringing(body)))).toEqual(body);
});

test('a kept file that was damaged since is fetched again', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, pin.file), body.subarray(1));
  const fetch = bringing(body);
  expect(readFileSync(await get(fetch))).toEqual(body);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('pip is told to check the hash itself, and to continue a transfer where it can', () => {
  const wheel = { ...pin, wheelFor: { python: '3.11', platform: 'manylinux2014_x86_64' } };
  const old = pipArguments(wheel, 'r.txt', 'into', [23, 0]);
  expect(old).toContain('--require-hashes');
  expect(old.join(' ')).toContain(
    '--only-binary=:all: --python-version 3.11 --platform manylinux2014_x86_64',
  );
  expect(old).not.toContain('--resume-retries');
  expect(pipArguments(wheel, 'r.txt', 'into', [25, 1])).toContain('--resume-retries');
  expect(pipArguments(pin, 'r.txt', 'into', [26, 0]).join(' ')).toContain(
    '--no-build-isolation --no-binary :all:',
  );
});
