import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from './database';
import { openStore, storeFile } from './store';

const key = Buffer.alloc(32, 1);
const wrong = Buffer.alloc(32, 2);
let crashed: string;

/** A folder as kill -9 leaves it: rows in the WAL file only. */
beforeEach(() => {
  const live = mkdtempSync(join(tmpdir(), 'regio-live-'));
  crashed = `${live}-crashed`;
  const store = openStore({ folder: live, key });
  store.writeSettings({ kept: true });
  cpSync(live, crashed, { recursive: true });
  rmSync(join(crashed, 'store.lock'));
  store.close();
  rmSync(live, { recursive: true });
  expect(statSync(`${storeFile(crashed)}-wal`).size).toBeGreaterThan(0);
});
afterEach(() => rmSync(crashed, { recursive: true, force: true }));

it.each([['with its check file'], ['without it']])('a wrong key after a crash loses nothing (%s)', (how) => {
  if (how === 'without it') rmSync(join(crashed, 'store.check'));
  expect(() => openStore({ folder: crashed, key: wrong })).toThrow('cannot be decrypted');
  const store = openStore({ folder: crashed, key });
  expect(store.readSettings()).toEqual({ kept: true });
  store.close();
});

it('is needed: libsql itself destroys such a store (when this fails, key-check.ts can go)', () => {
  expect(() => connect(storeFile(crashed), wrong.toString('hex'))).toThrow('cannot be decrypted');
  expect(() => connect(storeFile(crashed), key.toString('hex'))).toThrow();
});
