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
  return new Promise((resolve, reject) => {
    // Lenient on the end of the stream: only the first `wanted` bytes count.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 18 };
    const stream = method === 'gzip' ? createGunzip(options) : createInflateRaw(options);
    const out = Buffer.alloc(wanted);
    let filled = 0;
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      stream.destroy();
      act();
    };
    stream.on('data', (chunk: Buffer) => {
      const room = wanted - filled;
      filled += chunk.copy(out, filled, 0, Math.min(room, chunk.length));
      if (filled >= wanted) settle(() => resolve(out));
    });
    stream.on('end', () => settle(() => resolve(out.subarray(0, filled))));
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
