import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/app-error';
import { storeError } from './database';

/** scrypt N=2^17, r=8, p=1: OWASP's password storage recommendation, 128 MiB and about 0.4 s. */
const scryptCost = { N: 2 ** 17, r: 8, p: 1 };

interface WrappedKey {
  version: 1;
  kdf: 'scrypt';
  N: number;
  r: number;
  p: number;
  salt: string;
  iv: string;
  tag: string;
  ciphertext: string;
}

export interface StoreKeyOptions {
  /** Apart from the data folder, so that a copied data folder alone is unreadable. */
  configFolder: string;
  /** When set, the key file holds the key wrapped by this passphrase. */
  passphrase?: string | undefined;
  /** A store exists: its key must too, and a new one must not be made. */
  storeExists: boolean;
}

/**
 * The 32-byte key of the store from `<configFolder>/store.key` (mode 0600), made at the first start.
 *
 * @throws AppError 'store.failed': key missing for an existing store, passphrase wrong, missing or not needed.
 */
export function loadStoreKey({ configFolder, passphrase, storeExists }: StoreKeyOptions): Buffer {
  const file = join(configFolder, 'store.key');
  try {
    if (!existsSync(file)) {
      if (storeExists) {
        throw new AppError(
          'store.failed',
          'The key of the store is missing, so the store cannot be opened.',
          'Put back the store.key file from your backup into the configuration folder.',
          { file },
        );
      }
      mkdirSync(configFolder, { recursive: true, mode: 0o700 });
      const key = randomBytes(32);
      writeOnce(file, passphrase ? wrapKey(key, passphrase) : key.toString('hex') + '\n');
    }
    return unwrap(readFileSync(file, 'utf8').trim(), passphrase, file);
  } catch (error) {
    throw storeError(error);
  }
}

function unwrap(text: string, passphrase: string | undefined, file: string): Buffer {
  if (/^[0-9a-f]{64}$/.test(text)) {
    if (!passphrase) return Buffer.from(text, 'hex');
    throw new AppError(
      'store.failed',
      'REGIO_PASSPHRASE is set, but the key of this store is not protected by a passphrase.',
      'Unset REGIO_PASSPHRASE, or start with new data and configuration folders to get a protected store.',
      { file },
    );
  }
  if (!passphrase) {
    throw new AppError(
      'store.failed',
      'The store is protected by a passphrase.',
      'Set REGIO_PASSPHRASE to the passphrase and start again.',
    );
  }
  const wrapped = parseWrapped(text, file);
  const secret = scryptSync(passphrase, Buffer.from(wrapped.salt, 'hex'), 32, {
    N: wrapped.N,
    r: wrapped.r,
    p: wrapped.p,
    maxmem: 256 * 2 ** 20,
  });
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, Buffer.from(wrapped.iv, 'hex'));
    decipher.setAuthTag(Buffer.from(wrapped.tag, 'hex'));
    return Buffer.concat([decipher.update(Buffer.from(wrapped.ciphertext, 'hex')), decipher.final()]);
  } catch (error) {
    throw new AppError(
      'store.failed',
      'The passphrase is wrong.',
      'Check REGIO_PASSPHRASE and start again.',
      undefined,
      { cause: error },
    );
  }
}

function wrapKey(key: Buffer, passphrase: string): string {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const secret = scryptSync(passphrase, salt, 32, { ...scryptCost, maxmem: 256 * 2 ** 20 });
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final()]);
  const wrapped: WrappedKey = {
    version: 1,
    kdf: 'scrypt',
    ...scryptCost,
    salt: salt.toString('hex'),
    iv: iv.toString('hex'),
    tag: cipher.getAuthTag().toString('hex'),
    ciphertext: ciphertext.toString('hex'),
  };
  return JSON.stringify(wrapped) + '\n';
}

/** The cost comes from a file anyone may have written: what scrypt would take for it is bounded. */
function parseWrapped(text: string, file: string): WrappedKey {
  const damaged = new AppError(
    'store.failed',
    'The key file of the store is damaged.',
    'Put back the store.key file from your backup.',
    { file },
  );
  let value: Partial<WrappedKey>;
  try {
    value = JSON.parse(text) as Partial<WrappedKey>;
  } catch {
    throw damaged;
  }
  const hex = (v: unknown, bytes: number): boolean =>
    typeof v === 'string' && /^[0-9a-f]*$/.test(v) && v.length === 2 * bytes;
  const sane =
    value.version === 1 &&
    value.kdf === 'scrypt' &&
    value.N === scryptCost.N &&
    value.r === scryptCost.r &&
    value.p === scryptCost.p &&
    hex(value.salt, 16) &&
    hex(value.iv, 12) &&
    hex(value.tag, 16) &&
    hex(value.ciphertext, 32);
  if (!sane) throw damaged;
  return value as WrappedKey;
}

/** Complete or not at all, and never over an existing key: two first starts at once end with one key. */
function writeOnce(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
}
