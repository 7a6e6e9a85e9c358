import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceHash } from './build.mjs';

let base;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'regio-build-'));
  mkdirSync(join(base, 'src-main', 'core'), { recursive: true });
  writeFileSync(join(base, 'src-main', 'core', 'a.ts'), 'export const a = 1;');
});
afterEach(() => rmSync(base, { recursive: true }));

test('what a build reads changes the hash: text, names and the lockfile', () => {
  const before = sourceHash(['src-main'], base);
  expect(sourceHash(['src-main'], base)).toBe(before);
  writeFileSync(join(base, 'src-main', 'core', 'b.ts'), '');
  const more = sourceHash(['src-main'], base);
  expect(more).not.toBe(before);
  writeFileSync(join(base, 'package-lock.json'), '{}');
  expect(sourceHash(['src-main'], base)).not.toBe(more);
});

test('tests and folders that are not part of it do not', () => {
  const before = sourceHash(['src-main'], base);
  writeFileSync(join(base, 'src-main', 'core', 'a.spec.ts'), 'test');
  mkdirSync(join(base, 'src-renderer'));
  writeFileSync(join(base, 'src-renderer', 'App.svelte'), '<p>');
  expect(sourceHash(['src-main'], base)).toBe(before);
  expect(sourceHash(['src-main', 'src-renderer'], base)).not.toBe(before);
});
