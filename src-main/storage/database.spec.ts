import { expect, it } from 'vitest';
import { storeError } from './database';

// Disks that are full or read-only cannot be made without root's help: their errors can.
it.each([
  ['SQLITE_FULL', 'store.failed', /disk is full.*not saved/],
  ['ENOSPC', 'store.failed', /disk is full/],
  ['SQLITE_READONLY', 'store.failed', /cannot be written/],
  ['EROFS', 'store.failed', /cannot be written/],
  ['EACCES', 'store.failed', /cannot be written/],
  ['SQLITE_BUSY', 'store.locked', /Another program/],
  ['SQLITE_NOTADB', 'store.failed', /cannot be decrypted/],
  ['SQLITE_CORRUPT', 'store.failed', /damaged/],
  ['SQLITE_OTHER', 'store.failed', /could not be read or written/],
])('says what %s means without the path or the SQL', (code, expected, message) => {
  const error = storeError(Object.assign(new Error('/home/jane/Patients/Doe^John.db'), { code }));
  expect(error.code).toBe(expected);
  expect(error.message).toMatch(message);
  expect(JSON.stringify(error.toShape())).not.toContain('Doe');
  expect(error.hint).not.toBe('');
});
