import { AppError } from '../src-main/core/app-error';
import { openSeries, scanPaths } from '../src-main/imaging';

/** How one file ended, and whether that kept the promise of RELIABILITY F1. */
export interface Judged {
  readonly outcome: 'imported' | 'imported with a warning' | 'refused';
  /** What broke the promise; null where nothing did. */
  readonly complaint: string | null;
}

/** A refusal says where: a tag, a marker or a byte. */
const place = /\([0-9A-F]{4},[0-9A-F]{4}\)|byte \d+|SOF|FF[0-9A-F]{2}|compressed data|deflated data set/;
/** Not DICOM any more: there is nothing to point at. */
const noDicom = /^(Not an image|The file is empty|An archive)/;
const framesRead = 4;

/** Imports one file and reads its first frames, as the program would. */
export async function judgeImport(file: string): Promise<Judged> {
  const { series, skipped } = await scanPaths([file]);
  for (const { reason, field } of skipped) {
    if (noDicom.test(reason)) continue;
    if (reason.startsWith('It cannot be read')) return { outcome: 'refused', complaint: reason };
    if (!field || !place.test(field)) return { outcome: 'refused', complaint: `no place named: ${reason}` };
  }
  if (series.length === 0) {
    return { outcome: 'refused', complaint: skipped.length === 0 ? 'neither imported nor refused' : null };
  }
  let warned = skipped.length > 0;
  for (const one of series) {
    warned ||= one.warnings.length > 0;
    try {
      const reader = await openSeries(one);
      try {
        const count = one.pixels.kind === 'volume' ? one.pixels.geometry.dims[2] : one.pixels.frames;
        for (let n = 0; n < Math.min(count, framesRead); n++) await reader.readSlice(n);
      } finally {
        await reader.close();
      }
    } catch (error) {
      if (!(error instanceof AppError))
        return { outcome: 'refused', complaint: `not an AppError: ${String(error)}` };
      if (error.code === 'internal' || !error.details?.file || !place.test(error.details.field ?? '')) {
        return { outcome: 'refused', complaint: `no file or place named: ${error.code} ${error.message}` };
      }
      return { outcome: 'refused', complaint: null };
    }
  }
  return { outcome: warned ? 'imported with a warning' : 'imported', complaint: null };
}
