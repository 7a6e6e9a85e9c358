import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { constants, createGunzip, createInflateRaw, createUnzip } from 'node:zlib';
import type { ByteSource } from './dicom/byte-source';
import { malformed } from './errors';
import { refuseBomb } from './gunzip';

/** How the voxels of a grid file are packed: as they are, as a gzip stream, or as a zlib stream (MetaImage). */
type Packing = 'raw' | 'gzip' | 'zlib';

/** Where the wanted voxels lie. */
export interface VoxelPlace {
  readonly source: ByteSource;
  /** First byte of the stream in the file. */
  readonly start: number;
  readonly packing: Packing;
  /** First wanted byte of the expanded stream. */
  readonly from: number;
  /** Wanted bytes; the caller has held them against the limits. */
  readonly size: number;
  /** Header field that promises them, for refusals. */
  readonly field: string;
}

const pieceBytes = 2 ** 20;
/** Expanded before a whole buffer is set aside: a short stream that promises much costs no more than this. */
const trialBytes = 2 ** 22;

/**
 * Exactly the wanted bytes, in a buffer of their own that starts on a boundary of 8. A file is read in pieces and
 * expanded no further than its last wanted byte.
 *
 * @throws AppError file.malformed where the file holds fewer, file.too-large where it can only be a bomb.
 */
export async function readVoxelBytes(place: VoxelPlace): Promise<Uint8Array> {
  const { source, start, packing, from, size, field } = place;
  const there = Math.max(0, source.size - start);
  const short = (held: number): Error =>
    malformed(
      source.file,
      field,
      `the header promises ${from + size} bytes of voxels, the file holds ${held}`,
    );
  if (packing === 'raw') {
    if (there < from + size) throw short(there);
    const out = new Uint8Array(size);
    for (let at = 0; at < size; at += pieceBytes) {
      out.set(await source.read(start + from + at, Math.min(pieceBytes, size - at), field), at);
    }
    return out;
  }
  refuseBomb(source.file, field, there, from + size);
  let out = new Uint8Array(Math.min(size, trialBytes));
  let seen = 0;
  for await (const chunk of expanded(source, start, packing)) {
    const skip = Math.max(0, from - seen);
    const filled = Math.max(0, seen - from);
    seen += chunk.length;
    if (skip >= chunk.length) continue;
    const useful = chunk.subarray(skip, skip + size - filled);
    if (filled + useful.length > out.length) {
      const whole = new Uint8Array(size);
      whole.set(out);
      out = whole;
    }
    out.set(useful, filled);
    if (seen >= from + size) return out;
  }
  throw short(seen);
}

/**
 * The same bytes piece by piece, for copies.
 *
 * @throws AppError as {@link readVoxelBytes}
 */
export async function* voxelPieces({
  source,
  start,
  packing,
  from,
  size,
  field,
}: VoxelPlace): AsyncGenerator<Buffer> {
  const there = Math.max(0, source.size - start);
  if (packing !== 'raw') refuseBomb(source.file, field, there, from + size);
  const stream = packing === 'raw' ? pieces(source, start) : expanded(source, start, packing);
  let seen = 0;
  for await (const chunk of stream) {
    const useful = chunk.subarray(Math.max(0, from - seen), Math.max(0, from + size - seen));
    seen += chunk.length;
    if (useful.length > 0) yield useful;
    if (seen >= from + size) return;
  }
  throw malformed(
    source.file,
    field,
    `the header promises ${from + size} bytes of voxels, the file holds ${seen}`,
  );
}

/** The expanded stream, piece by piece; stopping early reads no further. */
export async function* expanded(
  source: ByteSource,
  start: number,
  packing: Packing | 'deflate',
  end = source.size,
): AsyncGenerator<Buffer> {
  // Lenient on the end of the stream: what counts is whether the wanted bytes came.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 2 ** 18 };
  // MetaIO writes zlib streams and reads gzip ones as well.
  const stream =
    packing === 'gzip'
      ? createGunzip(options)
      : packing === 'deflate'
        ? createInflateRaw(options)
        : createUnzip(options);
  const input = Readable.from(pieces(source, start, end), { objectMode: false, highWaterMark: pieceBytes });
  input.on('error', (error) => stream.destroy(error));
  input.pipe(stream);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_')) {
      throw malformed(
        source.file,
        'compressed data',
        `the compressed data is damaged: ${(error as Error).message}`,
      );
    }
    throw error;
  } finally {
    input.destroy();
    stream.destroy();
  }
}

async function* pieces(source: ByteSource, start: number, end = source.size): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += pieceBytes) {
    yield await source.read(at, Math.min(pieceBytes, end - at), 'file');
  }
}

/** SHA-256 of all bytes of the sources, one after the other, read in pieces. */
export async function hashSources(sources: readonly ByteSource[]): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) for await (const piece of pieces(source, 0)) hash.update(piece);
  return hash.digest('hex');
}

/** Samples `index`, `index + count`, ... of `width` bytes each: one of several volumes mixed voxel by voxel. */
export function everyNth(bytes: Uint8Array, width: number, count: number, index: number): Uint8Array {
  const out = new Uint8Array(bytes.length / count);
  for (let to = 0, from = index * width; to < out.length; to += width, from += count * width) {
    for (let b = 0; b < width; b++) out[to + b] = bytes[from + b]!;
  }
  return out;
}
