import { readFile } from 'node:fs/promises';
import * as exifr from 'exifr';
import { sha256 } from '../uid';
import { decodeJpeg, isJpeg } from './jpeg';
import { upright, type Pixels } from './orientation';
import { decodePng } from './png';

export interface RasterFile extends Pixels {
  readonly contentHash: string;
  readonly warnings: readonly string[];
}

/**
 * Reads a PNG or JPEG upright. Never calibrated: the resolution a photo claims is a printer's, not a patient's.
 *
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field.
 */
export async function readRaster(file: string): Promise<RasterFile> {
  const bytes = await readFile(file);
  const jpeg = isJpeg(bytes);
  const stored = jpeg ? await decodeJpeg(file, bytes) : decodePng(file, bytes);
  const warnings: string[] = [];
  if (jpeg && bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) < 0) {
    warnings.push('The file ends early: its lower part may be missing.');
  }
  return { ...upright(stored, await readOrientation(bytes)), contentHash: sha256(bytes), warnings };
}

/** EXIF orientation, 1 where there is none or it cannot be read. */
export async function readOrientation(bytes: Buffer): Promise<number> {
  try {
    return (await exifr.orientation(bytes)) ?? 1;
  } catch {
    return 1;
  }
}
