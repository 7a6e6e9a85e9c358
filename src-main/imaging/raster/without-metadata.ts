import { crc32 } from '../../core/crc32';
import { malformed } from '../errors';
import { jpegSegments } from '../jpeg-comments';
import { isJpeg } from './jpeg';

/** A photograph with its pixels and nothing else. */
export interface BarePhoto {
  readonly bytes: Uint8Array;
  /** Chunks and segments left out, by name: `tEXt`, `APP1`, `COM`, `after the end`. */
  readonly removed: readonly string[];
}

/** What a PNG needs to be shown as it was; text, time, EXIF and colour profiles (which carry text) are not among it. */
const neededChunks = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'sBIT',
  'bKGD',
]);

/**
 * Copies a PNG or JPEG without what does not make its picture. An EXIF orientation other than 1 is written anew, alone:
 * without it a photograph would lie on its side.
 *
 * @param orientation EXIF orientation, 1 to 8
 * @throws AppError file.malformed naming the chunk or byte
 */
export function withoutMetadata(file: string, bytes: Uint8Array, orientation: number): BarePhoto {
  return isJpeg(bytes) ? bareJpeg(file, bytes, orientation) : barePng(file, bytes, orientation);
}

function bareJpeg(file: string, bytes: Uint8Array, orientation: number): BarePhoto {
  const removed: string[] = [];
  const parts: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  if (orientation !== 1) parts.push(exifSegment(orientation));
  let copied = 2;
  for (const { start, end, marker } of jpegSegments(bytes)) {
    const isAdobe = marker === 0xee && latin1(bytes, start + 4, 5) === 'Adobe' && end - start >= 16;
    const isJfif = marker === 0xe0 && latin1(bytes, start + 4, 5) === 'JFIF\0' && end - start >= 18;
    if (marker === 0xfe || (marker >= 0xe0 && marker <= 0xef)) {
      parts.push(bytes.subarray(copied, start));
      copied = end;
      if (isAdobe) parts.push(shortSegment(bytes, start, 16));
      // Without the thumbnail, which may show what the picture no longer does.
      else if (isJfif) parts.push(shortSegment(bytes, start, 18));
      else removed.push(marker === 0xfe ? 'COM' : `APP${marker - 0xe0}`);
    }
  }
  const stop = endOfJpeg(bytes, copied);
  if (stop === null) throw malformed(file, `byte ${bytes.length}`, 'the JPEG has no end marker');
  parts.push(bytes.subarray(copied, stop));
  if (stop < bytes.length) removed.push('after the end');
  return { bytes: Buffer.concat(parts), removed };
}

/** Byte after the first end-of-image marker that no segment holds. */
function endOfJpeg(bytes: Uint8Array, from: number): number | null {
  let at = from;
  for (const { start, end } of jpegSegments(bytes)) if (start >= from) at = end;
  for (; at + 1 < bytes.length; at++) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return at + 2;
  return null;
}

/** A segment cut to `length` bytes with its marker; the last two bytes of JFIF's are its thumbnail's size: none. */
function shortSegment(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const copy = Uint8Array.from(bytes.subarray(start, start + length));
  copy[2] = 0;
  copy[3] = length - 2;
  if (copy[1] === 0xe0) copy.fill(0, 16, 18);
  return copy;
}

/** APP1 with one IFD of one entry: Orientation, SHORT, once (EXIF 2.32, 4.6.4). */
function exifSegment(orientation: number): Uint8Array {
  const tiff = tiffOrientation(orientation);
  const head = Buffer.from([0xff, 0xe1, 0, 2 + 6 + tiff.length, ...Buffer.from('Exif\0\0', 'latin1')]);
  return Buffer.concat([head, tiff]);
}

const tiffOrientation = (orientation: number): Buffer =>
  Buffer.from([
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  ]);

function barePng(file: string, bytes: Uint8Array, orientation: number): BarePhoto {
  const removed: string[] = [];
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw malformed(file, `byte ${at}`, 'the PNG has no IEND chunk');
    const end = at + 12 + view.getUint32(at);
    const kind = latin1(bytes, at + 4, 4);
    if (end > bytes.length) throw malformed(file, `byte ${at}`, 'the file ends inside a chunk');
    if (kind === 'IDAT' && orientation !== 1 && !parts.some((p) => latin1(p, 4, 4) === 'eXIf'))
      parts.push(chunk('eXIf', tiffOrientation(orientation)));
    if (neededChunks.has(kind)) parts.push(bytes.subarray(at, end));
    else removed.push(/^[A-Za-z]{4}$/.test(kind) ? kind : 'unknown chunk');
    at = end;
    if (kind !== 'IEND') continue;
    if (end < bytes.length) removed.push('after the end');
    return { bytes: Buffer.concat(parts), removed };
  }
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const latin1 = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
