import { basename } from 'node:path';
import { copyPath, isCopied } from '../../core/study/copy-path';
import type { JobOptions, ScannedSeries } from '../../core/study/entities';
import { stopIfCancelled } from '../errors';
import { openFileSource } from '../open-source';
import { checkStamps } from '../series-reader';
import type { CopyStore } from './copy-store';

/**
 * Copies the files of series into the store.
 *
 * @returns the series with the copies in place of the files; those that are copies already stay
 * @throws AppError series.missing-files where a file is gone or was changed since the scan; store.failed; job.cancelled
 */
export async function copySeries(
  store: CopyStore,
  all: readonly ScannedSeries[],
  options: JobOptions = {},
): Promise<ScannedSeries[]> {
  const total = all.reduce((sum, s) => sum + new Set(s.files).size, 0);
  let before = 0;
  const out: ScannedSeries[] = [];
  for (const series of all) {
    stopIfCancelled(options.signal);
    const files = [...new Set(series.files)];
    out.push(isCopied(series) ? series : await copyOne(store, series, files, before, total, options));
    before += files.length;
  }
  return out;
}

async function copyOne(
  store: CopyStore,
  series: ScannedSeries,
  files: readonly string[],
  before: number,
  total: number,
  { signal, onProgress }: JobOptions,
): Promise<ScannedSeries> {
  await checkStamps(series);
  const names = files.map((file, n) => nameOf(series, file, n));
  const set = await store.add(
    names,
    (n) => {
      stopIfCancelled(signal);
      return openFileSource(files[n]!);
    },
    (done) => onProgress?.((before + done) / total, `Copying file ${before + done} of ${total}`),
  );
  // What was copied is what was scanned.
  await checkStamps(series);
  const nameOfFile = new Map(files.map((file, n) => [file, names[n]!]));
  return {
    ...series,
    files: series.files.map((file) => copyPath(set, nameOfFile.get(file)!)),
    fileStamps: series.fileStamps.map(({ size }) => ({ size, mtimeMs: 0 })),
  };
}

/** A header names the file of its voxels, and some readers look at endings: names of these stay. Slices get numbers. */
function nameOf(series: ScannedSeries, file: string, n: number): string {
  return series.format === 'dicom' ? `${n + 1}.dcm` : (file.split(/[\\/]/).pop() ?? basename(file));
}
