import { AppError } from '../../core/app-error';
import { malformed, tooLarge, unsupported } from '../errors';
import { maxAxis, maxJpegScans, maxPicturePixels } from '../limits';
import { decodeFrame } from '../wasm-codecs';
import type { Pixels } from './orientation';

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** What a JPEG's frame header says (ITU-T T.81 B.2.2). */
export interface JpegFrame {
  readonly process: number;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Component identifiers; "RGB" by letters is Adobe-less RGB. */
  readonly ids: readonly number[];
  /** Adobe APP14 transform: 0 = RGB or CMYK as is, 1 = YCbCr; null where there is no such marker. */
  readonly adobeTransform: number | null;
  /** A JFIF marker: three components are YCbCr. */
  readonly hasJfif: boolean;
}

/**
 * Walks the markers up to the frame header.
 *
 * @throws AppError file.malformed naming the marker.
 */
export function readJpegFrame(file: string, bytes: Uint8Array): JpegFrame {
  let adobeTransform: number | null = null;
  let hasJfif = false;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw malformed(file, `byte ${at}`, 'a JPEG marker is missing');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length < 2 || at + 2 + length > bytes.length) {
      throw malformed(
        file,
        `marker FF${marker.toString(16).toUpperCase()}`,
        'the segment runs over the end of the file',
      );
    }
    if (
      marker === 0xee &&
      length >= 14 &&
      Buffer.from(bytes.subarray(at + 4, at + 9)).toString() === 'Adobe'
    ) {
      adobeTransform = bytes[at + 15]!;
    }
    if (marker === 0xe0 && Buffer.from(bytes.subarray(at + 4, at + 8)).toString() === 'JFIF') hasJfif = true;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame || marker === 0xf7) {
      const components = bytes[at + 9] ?? 0;
      if (length < 8 + 3 * components) throw malformed(file, 'SOF', 'the frame header is too short');
      return {
        process: marker - 0xc0,
        precision: bytes[at + 4]!,
        height: (bytes[at + 5]! << 8) | bytes[at + 6]!,
        width: (bytes[at + 7]! << 8) | bytes[at + 8]!,
        components,
        ids: Array.from({ length: components }, (_, n) => bytes[at + 10 + 3 * n]!),
        adobeTransform,
        hasJfif,
      };
    }
    if (marker === 0xda || marker === 0xd9) break;
    at += 2 + length;
  }
  throw malformed(file, 'SOF', 'the frame header is missing');
}

/**
 * Grey or RGB pixels of a baseline, extended (8-bit) or progressive JPEG.
 *
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the marker.
 */
export async function decodeJpeg(file: string, bytes: Uint8Array): Promise<Pixels> {
  const frame = readJpegFrame(file, bytes);
  if (frame.width === 0 || frame.height === 0)
    throw malformed(file, 'SOF', `${frame.width} x ${frame.height} pixels`);
  if (frame.width > maxAxis || frame.height > maxAxis || frame.width * frame.height > maxPicturePixels) {
    throw tooLarge(file, 'SOF', `${frame.width} x ${frame.height} pixels`);
  }
  if (frame.precision !== 8) throw unsupported(file, 'SOF', `a JPEG of ${frame.precision} bits`);
  if (frame.process > 2) throw unsupported(file, 'SOF', `a JPEG that is ${processName(frame.process)}`);
  if (frame.components !== 1 && frame.components !== 3) {
    throw unsupported(file, 'SOF', `${frame.components} colour components`);
  }
  checkScans(file, bytes, frame);
  try {
    const decoded = await decodeFrame('jpeg', bytes);
    if (decoded.width !== frame.width || decoded.height !== frame.height) {
      throw malformed(file, 'SOF', 'two frame headers that differ');
    }
    return { width: decoded.width, height: decoded.height, channels: frame.components, data: decoded.bytes };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw malformed(
      file,
      'scan data',
      `the picture cannot be decoded: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

/** The other processes of ITU-T T.81 table B.1, by what sets them apart. */
function processName(process: number): string {
  if (process === 0x37) return 'JPEG-LS';
  if (process >= 9) return 'coded arithmetically';
  return process === 3 ? 'lossless' : 'hierarchical';
}

/**
 * DCT processes only. A file of nothing but headers must not cost what its frame header claims: each block of 8 x 8 takes a bit at least,
 * and each scan is a pass over the whole picture.
 *
 * @throws AppError file.malformed | file.too-large naming the marker.
 */
export function checkScans(file: string, bytes: Uint8Array, { width, height }: JpegFrame): void {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  if (bytes.length * 8 < blocks) {
    throw malformed(file, 'SOF', `${bytes.length} bytes cannot hold ${width} x ${height} pixels`);
  }
  let scans = 0;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const startOfScan = Buffer.from([0xff, 0xda]);
  // FF is stuffed with 00 in coded data: FF DA is a marker wherever it stands behind the headers.
  for (let at = view.indexOf(startOfScan); at >= 0; at = view.indexOf(startOfScan, at + 2)) scans++;
  if (scans > maxJpegScans) throw tooLarge(file, 'SOS', `${scans} scans`);
}
