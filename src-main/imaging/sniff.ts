import type { ScannedSeries } from '../core/study/entities';
import type { ByteSource } from './dicom/byte-source';
import { openFileSource } from './open-source';
import { preambleWarning } from './preamble';
import { expandPrefix, isGzip } from './gunzip';
import { isMetaImage } from './metaimage/header';
import { isNifti, niftiHeaderBytes } from './nifti/header';
import { isNrrd } from './nrrd/header';
import { isJpeg } from './raster/jpeg';
import { isPng } from './raster/png';
import { isTiff } from './raster/tiff/directory';
import { isWebp } from './raster/webp';

export type FileKind = ScannedSeries['format'] | 'dicomdir' | 'zip' | 'empty' | 'archive' | 'other';

const headBytes = 4096;

/** The kind of a file by its first bytes; its name is never trusted. */
export async function sniff(file: string): Promise<Sniffed> {
  const source = await openFileSource(file);
  try {
    return await sniffSource(source);
  } finally {
    await source.close();
  }
}

export interface Sniffed {
  readonly kind: FileKind;
  readonly preambleWarning: string | null;
}

/** Likewise of an open file. */
export async function sniffSource(source: ByteSource): Promise<Sniffed> {
  const head = await source.read(0, Math.min(source.size, headBytes), 'file');
  const warning = hasDicomPrefix(head) ? preambleWarning(head.subarray(0, 128)) : null;
  return { kind: await kindOf(source.file, head), preambleWarning: warning };
}

async function kindOf(file: string, head: Buffer): Promise<FileKind> {
  if (head.length === 0) return 'empty';
  if (hasDicomPrefix(head)) return isDicomdir(head) ? 'dicomdir' : 'dicom';
  if (isPng(head)) return 'png';
  if (isJpeg(head)) return 'jpeg';
  if (isTiff(head)) return 'tiff';
  if (isWebp(head)) return 'webp';
  if (isNrrd(head)) return 'nrrd';
  if (isNifti(head)) return 'nifti';
  if (isMetaImage(head)) return 'metaimage';
  if (isGzip(head)) {
    try {
      const inner = await expandPrefix(file, head, niftiHeaderBytes);
      if (isNifti(inner)) return 'nifti';
    } catch {
      // A damaged stream is named when somebody reads it by that name; anything else gzipped is no image.
    }
    return /\.(nii|hdr)\.gz$/i.test(file) ? 'nifti' : /\.img\.gz$/i.test(file) ? 'other' : 'archive';
  }
  if (isZip(head)) return 'zip';
  if (isOtherArchive(head)) return 'archive';
  if (looksLikeBareDicom(head)) return 'dicom';
  // By name only where nothing else fits, so that a damaged file is refused by field, not ignored.
  if (/\.nii$/i.test(file)) return 'nifti';
  if (/\.mh[ad]$/i.test(file)) return 'metaimage';
  if (/\.n(rrd|hdr)$/i.test(file)) return 'nrrd';
  if (/\.dcm$/i.test(file)) return 'dicom';
  return 'other';
}

/** A local header, or the end of an archive without entries. */
const isZip = (head: Buffer): boolean =>
  head.length >= 4 && [0x04034b50, 0x06054b50].includes(head.readUInt32LE(0));

const otherArchives = ['Rar!', '7z\xbc\xaf', 'BZh', '\xfd7zXZ', '\x28\xb5\x2f\xfd'];
const isOtherArchive = (head: Buffer): boolean =>
  otherArchives.some((magic) => head.toString('latin1', 0, magic.length) === magic) ||
  head.toString('latin1', 257, 262) === 'ustar';

/** Media Storage Directory Storage, as the meta group at the start of the file names it (PS3.10 section 8.6). */
const isDicomdir = (head: Buffer): boolean => {
  const at = head.indexOf('1.2.840.10008.1.3.10', 132, 'latin1');
  return at >= 0 && at < 512 && !/[0-9.]/.test(head.toString('latin1', at + 20, at + 21));
};

export const hasDicomPrefix = (head: Buffer): boolean =>
  head.length >= 132 && head.toString('latin1', 128, 132) === 'DICM';

/** A data set without the Part 10 preamble: starts with group 0002 or 0008 and a short, even-lengthed element. */
export function looksLikeBareDicom(head: Buffer): boolean {
  if (head.length < 16) return false;
  const group = head.readUInt16LE(0);
  if (group !== 0x0008 && group !== 0x0002) return false;
  const vr = head.toString('latin1', 4, 6);
  const length = /^[A-Z]{2}$/.test(vr) ? head.readUInt16LE(6) : head.readUInt32LE(4);
  return length <= 256 && length % 2 === 0;
}
