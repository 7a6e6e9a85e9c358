import { constants, createGunzip, createInflateRaw } from 'node:zlib';
import { maxCompressionRatio, ratioFreeBytes } from './limits';
import { malformed, tooLarge } from './errors';

/** True for the gzip magic number. */
export const isGzip = (bytes: Uint8Array): boolean =>
  bytes.length > 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Expands at most `wanted` bytes and reads no further, so that a bomb costs what its header declared
 * and was allowed, never what it would expand to. Returns fewer where the stream ends earlier.
 *
 * @throws AppError file.malformed when the stream is damaged before `wanted` bytes came.
 */
export function expandPrefix(
  file: string,
  packed: Uint8Array,
  wanted: number,
  method: 'gzip' | 'raw-deflate' = 'gzip',
): Promise<Uint8Array> {
  const out = Buffer.alloc(wanted);
  let filled = 0;
  const take = (chunk: Buffer): boolean => {
    filled += chunk.copy(out, filled, 0, Math.min(wanted - filled, chunk.length));
    return filled < wanted;
  };
  return expand(file, packed, method, take).then(() => out.subarray(0, filled));
}

/**
 * How many bytes a raw deflate stream holds, or the first count over `limit`; nothing is kept, so that a bomb costs
 * time alone.
 *
 * @throws AppError file.malformed when the stream is damaged before that.
 */
export function expandedSize(file: string, packed: Uint8Array, limit: number): Promise<number> {
  let size = 0;
  const count = (chunk: Buffer): boolean => (size += chunk.length) <= limit;
  return expand(file, packed, 'raw-deflate', count).then(() => size);
}

/** Hands what comes out to `take` until it answers false or the stream ends. */
function expand(
  file: string,
  packed: Uint8Array,
  method: 'gzip' | 'raw-deflate',
  take: (chunk: Buffer) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // Lenient on the end of the stream: only the bytes that were asked for count.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 18 };
    const stream = method === 'gzip' ? createGunzip(options) : createInflateRaw(options);
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      stream.destroy();
      act();
    };
    stream.on('data', (chunk: Buffer) => {
      if (!settled && !take(chunk)) settle(resolve);
    });
    stream.on('end', () => settle(resolve));
    stream.on('error', (error) =>
      settle(() =>
        reject(malformed(file, 'compressed data', `the compressed data is damaged: ${error.message}`)),
      ),
    );
    // Feeding in pieces lets the stream be destroyed before it looked at the rest.
    let position = 0;
    const feed = (): void => {
      while (!settled && position < packed.length) {
        const piece = packed.subarray(position, position + (1 << 16));
        position += piece.length;
        if (!stream.write(piece)) {
          stream.once('drain', feed);
          return;
        }
      }
      if (!settled) stream.end();
    };
    feed();
  });
}

/** @throws AppError file.too-large where `expanded` bytes out of `packed` can only be a bomb. */
export function refuseBomb(file: string, field: string, packed: number, expanded: number): void {
  if (expanded > ratioFreeBytes && expanded > packed * maxCompressionRatio) {
    throw tooLarge(file, field, `${packed} compressed bytes claim to hold ${expanded}`);
  }
}
