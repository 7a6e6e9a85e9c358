import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadStoreKey } from './store-key';

let configFolder: string;
beforeEach(() => {
  configFolder = mkdtempSync(join(tmpdir(), 'regio-key-'));
});
afterEach(() => rmSync(configFolder, { recursive: true, force: true }));

const file = (): string => join(configFolder, 'store.key');

it('makes a random key once, readable by its owner only', () => {
  const first = loadStoreKey({ configFolder, storeExists: false });
  expect(first).toHaveLength(32);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(loadStoreKey({ configFolder, storeExists: true })).toEqual(first);
  rmSync(file());
  expect(loadStoreKey({ configFolder, storeExists: false })).not.toEqual(first);
});

it('never makes a new key for a store that exists', () => {
  expect(() => loadStoreKey({ configFolder, storeExists: true })).toThrow('key of the store is missing');
});

it('wraps the key by a passphrase; a wrong one, none, or a superfluous one is named', () => {
  const key = loadStoreKey({ configFolder, passphrase: 'correct horse', storeExists: false });
  expect(readFileSync(file(), 'utf8')).not.toContain(key.toString('hex'));
  expect(loadStoreKey({ configFolder, passphrase: 'correct horse', storeExists: true })).toEqual(key);
  expect(() => loadStoreKey({ configFolder, passphrase: 'wrong', storeExists: true })).toThrow(
    'passphrase is wrong',
  );
  expect(() => loadStoreKey({ configFolder, storeExists: true })).toThrow('protected by a passphrase');
  writeFileSync(file(), '0'.repeat(64));
  expect(() => loadStoreKey({ configFolder, passphrase: 'x', storeExists: true })).toThrow('not protected');
});

it.each([
  ['not JSON', 'nonsense'],
  ['another cost', '{"version":1,"kdf":"scrypt","N":1073741824,"r":8,"p":1}'],
  ['missing parts', '{"version":1,"kdf":"scrypt","N":131072,"r":8,"p":1,"salt":"00"}'],
])('refuses a damaged key file (%s)', (_name, text) => {
  writeFileSync(file(), text);
  expect(() => loadStoreKey({ configFolder, passphrase: 'x', storeExists: true })).toThrow('damaged');
});
