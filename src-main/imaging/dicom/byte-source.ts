import { fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { malformed } from '../errors';

/** Random access to the bytes of a data set: a file, or a deflated one expanded in memory. */
export interface ByteSource {
  readonly file: string;
  readonly size: number;
  /** Bytes that are the caller's to change. @throws AppError file.malformed naming `what` where they do not exist. */
  read(offset: number, length: number, what: string): Promise<Buffer>;
  /** The same bytes where they are in memory already, not to be changed, until the source is closed; else null. */
  view?(offset: number, length: number): Buffer | null;
  close(): Promise<void>;
}

/** Bytes that are looked at before anything else is read. @throws as {@link ByteSource.read} */
export const peek = (
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Buffer | Promise<Buffer> => source.view?.(offset, length) ?? source.read(offset, length, what);

/** A byte source that knows when its file was last changed. */
export type FileSource = ByteSource & { readonly mtimeMs: number };

/** What the system knows since it opened the file: no disk is waited for, and a thread's turn is a sixth of a header's time. */
const statOf = (fd: number): { size: number; mtimeMs: number } => fstatSync(fd);

/** A file on disk. Files that were scanned may lie in archives: open-source.ts opens either. */
export async function openDiskSource(file: string): Promise<FileSource> {
  const handle = await open(file, 'r');
  const { size, mtimeMs } = statOf(handle.fd);
  return {
    file,
    size,
    mtimeMs,
    read: async (offset, length, what) => {
      checkRange(file, size, offset, length, what);
      // Not from the pool, which would keep 8 KiB alive for each of a thousand headers.
      const buffer = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      if (bytesRead !== length) throw malformed(file, what, `the file ended at byte ${offset + bytesRead}`);
      return buffer;
    },
    close: () => handle.close(),
  };
}

/**
 * The same source with its first `length` bytes read once: a header is asked for in many small pieces.
 * Closes the source where they cannot be read.
 */
export async function withHead<S extends ByteSource>(source: S, length: number): Promise<S> {
  try {
    const head = await source.read(0, Math.min(source.size, length), 'file');
    return inMemory(source, head);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** @param start the first bytes of the source */
function inMemory<S extends ByteSource>(source: S, start: Buffer): S {
  const view = (offset: number, length: number): Buffer | null =>
    offset >= 0 && length >= 0 && offset + length <= start.length
      ? start.subarray(offset, offset + length)
      : null;
  return {
    ...source,
    view,
    read: (offset: number, length: number, what: string) => {
      const found = view(offset, length);
      return found ? Promise.resolve(Buffer.from(found)) : source.read(offset, length, what);
    },
  };
}

/** A file of up to this size is read at one go where its pixels are wanted: most are a slice. */
const wholeBytes = 8 * 2 ** 20;

/** Reads small files whole, one after the other into the same memory: what was read last is gone with the next. */
export class FileBuffer {
  private bytes = Buffer.alloc(0);

  /** @returns null for a file that is too large */
  async open(file: string): Promise<FileSource | null> {
    const handle = await open(file, 'r');
    try {
      const { size, mtimeMs } = statOf(handle.fd);
      if (size > wholeBytes) return null;
      if (this.bytes.length < size) this.bytes = Buffer.allocUnsafeSlow(Math.ceil(size * 1.25));
      const { bytesRead } = await handle.read(this.bytes, 0, size, 0);
      const whole = this.bytes.subarray(0, size);
      if (bytesRead !== size) throw malformed(file, 'file', `the file ended at byte ${bytesRead}`);
      return { ...inMemory(memorySource(file, whole), whole), mtimeMs };
    } finally {
      await handle.close();
    }
  }
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
