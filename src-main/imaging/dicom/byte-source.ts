import { open } from 'node:fs/promises';
import { malformed } from '../errors';

/** Random access to the bytes of a data set: a file, or a deflated one expanded in memory. */
export interface ByteSource {
  readonly file: string;
  readonly size: number;
  /** Bytes that are the caller's to change. @throws AppError file.malformed naming `what` where they do not exist. */
  read(offset: number, length: number, what: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** A byte source that knows when its file was last changed. */
export type FileSource = ByteSource & { readonly mtimeMs: number };

/** A file on disk. Files that were scanned may lie in archives: open-source.ts opens either. */
export async function openDiskSource(file: string): Promise<FileSource> {
  const handle = await open(file, 'r');
  const { size, mtimeMs } = await handle.stat();
  return {
    file,
    size,
    mtimeMs,
    read: async (offset, length, what) => {
      checkRange(file, size, offset, length, what);
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      if (bytesRead !== length) throw malformed(file, what, `the file ended at byte ${offset + bytesRead}`);
      return buffer;
    },
    close: () => handle.close(),
  };
}

export function memorySource(file: string, bytes: Buffer): ByteSource {
  return {
    file,
    size: bytes.length,
    read: (offset, length, what) => {
      try {
        checkRange(file, bytes.length, offset, length, what);
        // A copy, as from a file: what is read is the caller's.
        return Promise.resolve(Buffer.from(bytes.subarray(offset, offset + length)));
      } catch (error) {
        return Promise.reject(error as Error);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** @throws AppError file.malformed naming `what` where the bytes do not exist. */
export function checkRange(file: string, size: number, offset: number, length: number, what: string): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw malformed(
      file,
      `${what}, byte ${offset}`,
      `${length} bytes are promised, ${Math.max(0, size - offset)} are there`,
    );
  }
}
