import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pins } from './pins.mjs';
import { matchesPin, requirePin } from './verify.mjs';

const body = Buffer.from('the pinned bytes');
const pin = { file: 'a.whl', bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
let folder;
let path;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-verify-'));
  path = join(folder, pin.file);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the pinned bytes are accepted', async () => {
  writeFileSync(path, body);
  await expect(requirePin(path, pin)).resolves.toBeUndefined();
});

test('a file of the same length with one other byte is refused', async () => {
  const other = Buffer.from(body);
  other[3] ^= 1;
  writeFileSync(path, other);
  await expect(requirePin(path, pin)).rejects.toThrow('is not the pinned file');
});

test('a shortened file and a missing one do not match', async () => {
  expect(await matchesPin(path, pin)).toBe(false);
  writeFileSync(path, body.subarray(0, 5));
  expect(await matchesPin(path, pin)).toBe(false);
});

test('every pin names an exact version, a whole sha256 and a length', () => {
  for (const each of Object.values(pins)) {
    expect(each.requirement).toMatch(/^[a-z-]+==\d+(\.\d+)+$/);
    expect(each.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(each.bytes).toBeGreaterThan(10_000);
  }
});
