import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import { malformed, tooLarge } from '../errors';
import { maxAxis, maxCompressionRatio, maxPicturePixels, ratioFreeBytes } from '../limits';
import type { Pixels } from './orientation';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const isPng = (bytes: Uint8Array): boolean => signature.every((b, n) => bytes[n] === b);

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Grey or RGB pixels of a PNG; alpha is dropped. 16-bit grey stays 16-bit, 16-bit colour becomes 8-bit.
 *
 * @throws AppError file.malformed, file.too-large naming the chunk.
 */
export function decodePng(file: string, bytes: Uint8Array): Pixels {
  const needed = checkChunks(file, bytes);
  let png: DecodedPng;
  try {
    png = decode(needed, { checkCrc: true });
  } catch (error) {
    throw malformed(
      file,
      'IDAT',
      `the picture cannot be decoded: ${error instanceof Error ? error.message : ''}`,
    );
  }
  const count = png.width * png.height;
  if (png.palette) {
    const rgb = convertIndexedToRgb(png);
    const step = rgb.length / count;
    return { width: png.width, height: png.height, channels: 3, data: pick(rgb, count, step, 3, 0) };
  }
  const channels = png.channels >= 3 ? 3 : 1;
  if (png.depth < 8) {
    return { width: png.width, height: png.height, channels: 1, data: unpackBits(png, count) };
  }
  const wide = png.depth === 16;
  if (wide && channels === 1) {
    const data = new Uint16Array(count);
    for (let n = 0; n < count; n++) data[n] = png.data[n * png.channels]!;
    return { width: png.width, height: png.height, channels, data };
  }
  return {
    width: png.width,
    height: png.height,
    channels,
    data: pick(png.data, count, png.channels, channels, wide ? 8 : 0),
  };
}

function pick(
  from: ArrayLike<number>,
  count: number,
  step: number,
  channels: number,
  shift: number,
): Uint8Array {
  const out = new Uint8Array(count * channels);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) out[n * channels + c] = from[n * step + c]! >> shift;
  }
  return out;
}

/** Content of the first eXIf chunk, a TIFF; null where there is none. Nothing is expanded to find it. */
export function pngExif(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (text(bytes, at + 4) === 'eXIf' && end <= bytes.length) return bytes.subarray(at + 8, end - 4);
    at = end;
  }
  return null;
}

/** 1, 2 and 4 bit grey, rows padded to bytes (PNG section 7.2), spread over 0..255. */
function unpackBits(png: DecodedPng, count: number): Uint8Array {
  const perRow = Math.ceil((png.width * png.depth) / 8);
  if (png.data.length < perRow * png.height) return Uint8Array.from(png.data.subarray(0, count));
  const out = new Uint8Array(count);
  const top = (1 << png.depth) - 1;
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      const bit = x * png.depth;
      const byte = png.data[y * perRow + (bit >> 3)]!;
      out[y * png.width + x] = (((byte >> (8 - png.depth - (bit & 7))) & top) * 255) / top;
    }
  }
  return out;
}

/**
 * Walks the chunks before the library does: sizes, declared dimensions, and what the data expands to.
 *
 * @returns the file without the chunks that no pixel needs: texts and colour profiles expand too.
 */
function checkChunks(file: string, bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || text(bytes, 12) !== 'IHDR')
    throw malformed(file, 'IHDR', 'the first chunk is not IHDR');
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const depth = bytes[24]!;
  const channels = channelsOf[bytes[25]!];
  if (width === 0 || height === 0) throw malformed(file, 'IHDR', `${width} x ${height} pixels`);
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(depth))
    throw malformed(file, 'IHDR', 'unknown pixel form');
  if (width > maxAxis || height > maxAxis || width * height > maxPicturePixels) {
    throw tooLarge(file, 'IHDR', `${width} x ${height} pixels`);
  }
  const data: Uint8Array[] = [];
  const needed: Uint8Array[] = [bytes.subarray(0, 8)];
  let packed = 0;
  let ended = false;
  for (let at = 8; at + 8 <= bytes.length && !ended;) {
    const length = view.getUint32(at);
    const kind = text(bytes, at + 4);
    if (at + 12 + length > bytes.length) throw malformed(file, kind, 'the file ends inside this chunk');
    if (kind === 'IDAT') {
      data.push(bytes.subarray(at + 8, at + 8 + length));
      packed += length;
    }
    if (['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(kind))
      needed.push(bytes.subarray(at, at + 12 + length));
    ended = kind === 'IEND';
    at += 12 + length;
  }
  if (packed === 0) throw malformed(file, 'IDAT', 'the picture data is missing');
  if (!ended) throw malformed(file, 'IEND', 'the file ends early');
  const declared = height * (1 + Math.ceil((width * channels * depth) / 8));
  const ceiling = packed * 1032;
  if (declared > ratioFreeBytes && declared > packed * maxCompressionRatio * 4) {
    throw tooLarge(file, 'IHDR', `${packed} compressed bytes claim to hold ${declared}`);
  }
  // Deflate reaches 1032:1 at most; only a file that could exceed its declared size by much is expanded twice.
  if (ceiling > declared * 2 + ratioFreeBytes) {
    try {
      inflateSync(Buffer.concat(data), { maxOutputLength: declared + height + 2 ** 20 });
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
        throw tooLarge(file, 'IDAT', `the data expands beyond the ${declared} bytes that IHDR declares`);
      }
      throw malformed(file, 'IDAT', 'the compressed data is damaged');
    }
  }
  return Buffer.concat(needed);
}

const text = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
