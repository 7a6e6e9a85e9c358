import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../core/app-error';
import { checkRange, type ByteSource } from '../dicom/byte-source';

/**
 * An encrypted file that can be read from any place: pieces of 64 KiB under AES-256-GCM, each bound to its number and to
 * the size of the whole, so that a changed, moved, cut or swapped piece is noticed.
 *
 * Layout: magic (8) | salt (32) | size of the content (8, little endian) | pieces, each followed by its tag (16).
 * Each file has a key of its own (HKDF of the store's with the salt), so that the piece's number can be its nonce.
 */
const magic = Buffer.from('REGIOC1\n', 'latin1');
const headBytes = 48;
const pieceBytes = 2 ** 16;
const tagBytes = 16;

const keyOf = (key: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, 'regio copy 1', 32));

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntLE(index, 0, 6);
  return nonce;
}

function boundTo(size: number, index: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeBigUInt64LE(BigInt(size), 0);
  data.writeBigUInt64LE(BigInt(index), 8);
  return data;
}

/**
 * Seals `size` bytes into an open, empty file.
 *
 * @returns SHA-256 of the content, hex
 * @throws RangeError where there are more or fewer bytes than `size`
 */
export async function seal(
  target: FileHandle,
  key: Uint8Array,
  size: number,
  content: AsyncIterable<Uint8Array>,
): Promise<string> {
  const salt = randomBytes(32);
  const own = keyOf(key, salt);
  const head = Buffer.concat([magic, salt, Buffer.alloc(8)]);
  head.writeBigUInt64LE(BigInt(size), 40);
  await target.write(head);
  const hash = createHash('sha256');
  let index = 0;
  let held: Buffer = Buffer.alloc(0);
  let seen = 0;
  const writePiece = async (piece: Uint8Array): Promise<void> => {
    const cipher = createCipheriv('aes-256-gcm', own, nonceOf(index));
    cipher.setAAD(boundTo(size, index++));
    await target.write(Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]));
  };
  for await (const chunk of content) {
    hash.update(chunk);
    seen += chunk.length;
    held = Buffer.concat([held, chunk]);
    let at = 0;
    for (; held.length - at >= pieceBytes; at += pieceBytes)
      await writePiece(held.subarray(at, at + pieceBytes));
    held = held.subarray(at);
  }
  if (held.length > 0 || index === 0) await writePiece(held);
  if (seen !== size) throw new RangeError(`${seen} bytes in place of ${size}`);
  return hash.digest('hex');
}

/** @param file what errors call it @throws AppError series.missing-files, file.malformed where it is damaged */
export async function openSealed(path: string, key: Uint8Array, file: string): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new AppError(
      'series.missing-files',
      'The copy of this file is no longer in the store’s folder.',
      'Put back a backup of the data folder, or import the study again.',
      { file },
      { cause },
    );
  });
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    const size = Number(head.readBigUInt64LE(40));
    const pieces = Math.max(1, Math.ceil(size / pieceBytes));
    const { size: there } = await handle.stat();
    if (
      bytesRead !== headBytes ||
      !head.subarray(0, 8).equals(magic) ||
      there !== headBytes + size + pieces * tagBytes
    )
      throw damaged(file);
    const own = keyOf(key, head.subarray(8, 40));
    // The last piece: headers are read a few bytes at a time.
    let last: { index: number; content: Buffer } | null = null;
    const piece = async (index: number): Promise<Buffer> => {
      if (last?.index === index) return last.content;
      const length = Math.min(pieceBytes, size - index * pieceBytes);
      const sealed = Buffer.alloc(length + tagBytes);
      await handle.read(sealed, 0, sealed.length, headBytes + index * (pieceBytes + tagBytes));
      const decipher = createDecipheriv('aes-256-gcm', own, nonceOf(index));
      decipher.setAAD(boundTo(size, index));
      decipher.setAuthTag(sealed.subarray(length));
      try {
        const content = Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
        last = { index, content };
        return content;
      } catch {
        throw damaged(file);
      }
    };
    return {
      file,
      size,
      read: async (offset, length, what) => {
        checkRange(file, size, offset, length, what);
        const out = Buffer.alloc(length);
        for (let at = offset; at < offset + length;) {
          const index = Math.floor(at / pieceBytes);
          const from = at - index * pieceBytes;
          const content = await piece(index);
          at += content.copy(out, at - offset, from, Math.min(content.length, from + offset + length - at));
        }
        return out;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const damaged = (file: string): AppError =>
  new AppError(
    'file.malformed',
    'The copy of this file in the store is damaged.',
    'Put back a backup of the data folder, or import the study again.',
    { file, field: 'copy' },
  );
