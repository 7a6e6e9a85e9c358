import { open } from 'node:fs/promises';
import type { ScannedSeries } from '../core/study/entities';
import { expandPrefix, isGzip } from './gunzip';
import { isMetaImage } from './metaimage/header';
import { isNifti, niftiHeaderBytes } from './nifti/header';
import { isNrrd } from './nrrd/header';
import { isJpeg } from './raster/jpeg';
import { isPng } from './raster/png';

export type FileKind = ScannedSeries['format'] | 'empty' | 'archive' | 'other';

const headBytes = 4096;

/** The kind of a file by its first bytes; its name is never trusted. */
export async function sniff(file: string): Promise<{ kind: FileKind; preambleWarning: string | null }> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(buffer, 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    return { kind: await kindOf(file, head), preambleWarning: preambleWarning(head) };
  } finally {
    await handle.close();
  }
}

async function kindOf(file: string, head: Buffer): Promise<FileKind> {
  if (head.length === 0) return 'empty';
  if (hasDicomPrefix(head)) return 'dicom';
  if (isPng(head)) return 'png';
  if (isJpeg(head)) return 'jpeg';
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
  if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50) return 'archive';
  if (looksLikeBareDicom(head)) return 'dicom';
  // By name only where nothing else fits, so that a damaged file is refused by field, not ignored.
  if (/\.nii$/i.test(file)) return 'nifti';
  if (/\.mh[ad]$/i.test(file)) return 'metaimage';
  if (/\.n(rrd|hdr)$/i.test(file)) return 'nrrd';
  if (/\.dcm$/i.test(file)) return 'dicom';
  return 'other';
}

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

/** Programs hidden in the 128 bytes before "DICM" (PS3.10 7.1 lets anything stand there; CVE-2019-11687). */
function preambleWarning(head: Buffer): string | null {
  if (!hasDicomPrefix(head)) return null;
  const start = head.subarray(0, 4);
  const magics: readonly (readonly [string, readonly number[]])[] = [
    ['a Windows program', [0x4d, 0x5a]],
    ['a Linux program', [0x7f, 0x45, 0x4c, 0x46]],
    ['a script', [0x23, 0x21]],
    ['a macOS program', [0xcf, 0xfa, 0xed, 0xfe]],
    ['a macOS program', [0xca, 0xfe, 0xba, 0xbe]],
  ];
  const found = magics.find(([, bytes]) => bytes.every((b, n) => start[n] === b));
  return found ? `The 128 bytes before the DICOM data begin like ${found[0]}; they are not used.` : null;
}
