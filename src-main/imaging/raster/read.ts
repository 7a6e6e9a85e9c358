import * as exifr from 'exifr';
import type { ByteSource } from '../dicom/byte-source';
import { tooLarge } from '../errors';
import { maxPictureFileBytes } from '../limits';
import { openFileSource } from '../open-source';
import { sha256 } from '../uid';
import { hashSources } from '../voxel-bytes';
import { decodeJpeg } from './jpeg';
import { upright, type Pixels } from './orientation';
import { decodePng, isPng, pngExif } from './png';
import { decodeTiffPage } from './tiff/decode';
import { readTiffDirectory } from './tiff/directory';
import { decodeWebp } from './webp';

export type RasterFormat = 'png' | 'jpeg' | 'tiff' | 'webp';

/** An open picture file: one picture, or the pages of a TIFF. Close it when done. */
export interface RasterFile {
  readonly frames: number;
  /** SHA-256 of the file's bytes. */
  readonly contentHash: string;
  readonly warnings: readonly string[];
  /** Picture `index`, upright; all are of one form. */
  readFrame(index: number): Promise<Pixels>;
  close(): Promise<void>;
}

/**
 * Opens a picture file. Never calibrated: the resolution a photo claims is a printer's, not a patient's.
 *
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field.
 */
export async function openRaster(file: string, format: RasterFormat): Promise<RasterFile> {
  const source = await openFileSource(file);
  try {
    if (format === 'tiff') return await openTiff(source);
    if (source.size > maxPictureFileBytes)
      throw tooLarge(file, 'file', `a picture file of ${source.size} bytes`);
    const bytes = await source.read(0, source.size, 'file');
    await source.close();
    const { pixels, warnings } = await decode(file, format, bytes);
    const contentHash = sha256(bytes);
    return {
      frames: 1,
      contentHash,
      warnings,
      readFrame: () => Promise.resolve(pixels),
      close: () => Promise.resolve(),
    };
  } catch (error) {
    await source.close().catch(() => undefined);
    throw error;
  }
}

async function openTiff(source: ByteSource): Promise<RasterFile> {
  const { pages, leftOut, littleEndian } = await readTiffDirectory(source);
  const warnings =
    leftOut === 0
      ? []
      : [
          `${leftOut} further ${leftOut === 1 ? 'picture' : 'pictures'} of the file (previews, other sizes) left out.`,
        ];
  return {
    frames: pages.length,
    contentHash: await hashSources([source]),
    warnings,
    readFrame: (index) => decodeTiffPage(source, pages[index]!, littleEndian),
    close: () => source.close(),
  };
}

async function decode(
  file: string,
  format: Exclude<RasterFormat, 'tiff'>,
  bytes: Buffer,
): Promise<{ pixels: Pixels; warnings: string[] }> {
  if (format === 'webp') {
    const { exif, ...stored } = await decodeWebp(file, bytes);
    return { pixels: upright(stored, exif ? await readOrientation(exif) : 1), warnings: [] };
  }
  const stored = format === 'jpeg' ? await decodeJpeg(file, bytes) : decodePng(file, bytes);
  const warnings: string[] = [];
  if (format === 'jpeg' && bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) < 0) {
    warnings.push('The file ends early: its lower part may be missing.');
  }
  return { pixels: upright(stored, await readOrientation(bytes)), warnings };
}

/** EXIF orientation, 1 where there is none or it cannot be read. */
export async function readOrientation(bytes: Uint8Array): Promise<number> {
  // Of a PNG the library would expand the colour profile too, to whatever size that has.
  const exif = isPng(bytes) ? pngExif(bytes) : bytes;
  if (!exif) return 1;
  try {
    return (await exifr.orientation(exif)) ?? 1;
  } catch {
    return 1;
  }
}
