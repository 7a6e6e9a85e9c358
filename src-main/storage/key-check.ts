import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { AppError } from '../core/app-error';
import { connect, storeError } from './database';

/**
 * Proves the key before libsql touches the store. Why: opened with a wrong key after a crash, libsql 0.5.29 writes the
 * WAL file into the database under that wrong key when it closes, and every row is lost (key-check.spec.ts).
 *
 * `store.check` holds salt and sha256(salt, key): with 32 random bytes of key that gives nothing away. Where the file is
 * missing, the key is tried on a copy.
 *
 * @throws AppError 'store.failed'.
 */
export function checkKey(databaseFile: string, key: Buffer): void {
  const checkFile = join(dirname(databaseFile), 'store.check');
  try {
    if (existsSync(checkFile)) {
      const [salt = '', expected = ''] = readFileSync(checkFile, 'latin1').trim().split(' ');
      const actual = digest(salt, key);
      const fits =
        expected.length === actual.length && timingSafeEqual(Buffer.from(expected), Buffer.from(actual));
      if (!fits) throw wrongKey();
      return;
    }
    if (existsSync(databaseFile)) tryOnCopy(databaseFile, key);
    writeCheck(checkFile, key);
  } catch (error) {
    throw storeError(error);
  }
}

function tryOnCopy(databaseFile: string, key: Buffer): void {
  const folder = mkdtempSync(join(dirname(databaseFile), 'key-check-'));
  try {
    for (const suffix of ['', '-wal'])
      if (existsSync(databaseFile + suffix))
        copyFileSync(databaseFile + suffix, join(folder, `copy.db${suffix}`));
    connect(join(folder, 'copy.db'), key.toString('hex')).close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeCheck(file: string, key: Buffer): void {
  const salt = randomBytes(16).toString('hex');
  const temporary = `${file}.${process.pid}`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, `${salt} ${digest(salt, key)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

const digest = (salt: string, key: Buffer): string =>
  createHash('sha256').update('regio store check').update(salt).update(key).digest('hex');

const wrongKey = (): AppError =>
  storeError(Object.assign(new Error('store.check does not fit the key'), { code: 'SQLITE_NOTADB' }));
