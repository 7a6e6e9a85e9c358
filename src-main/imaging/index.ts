import { AppError } from '../core/app-error';
import type { JobOptions, ScannedSeries } from '../core/study/entities';
import type { RasterImage, Volume } from '../core/volume/volume';
import { createVoxels } from '../core/volume/voxels';
import { openDicomSeries } from './dicom/reader';
import { stopIfCancelled } from './errors';
import { readGrid } from './local-series';
import { openRaster } from './raster/read';
import {
  checkIndex,
  checkStamps,
  memoryReader,
  rasterReader,
  readEach,
  sliceCount,
  sliceLength,
  type SeriesReader,
} from './series-reader';

export { bareVolume } from './bare-volume';
export { collectFiles } from './collect-files';
export { copySeries } from './copies/copy-series';
export { openCopyStore } from './copies/copy-store';
export { hashFiles } from './grid-file';
export { lookUpTag } from './dicom/dictionary';
export { endDecodeThreads, framesOfThreads, useDecodeThreads } from './dicom/reader';
export { rewritePixels } from './dicom/rewritten-pixels';
export { openWholeFile } from './dicom/whole-file';
export { withoutMetadata } from './raster/without-metadata';
export { openRaster, readOrientation } from './raster/read';
export { scanPaths } from './scan';
export { sniff } from './sniff';
export { readSmallFile } from './open-source';
export { listArchive } from './zip/list-archive';
export { readEach, type SeriesReader } from './series-reader';

/**
 * Opens a scanned series for reading slice by slice.
 *
 * @throws AppError series.missing-files when a file is gone or changed since the scan.
 */
export async function openSeries(series: ScannedSeries, opts: JobOptions = {}): Promise<SeriesReader> {
  stopIfCancelled(opts.signal);
  await checkStamps(series);
  const file = series.files[0]!;
  switch (series.format) {
    case 'dicom':
      return openDicomSeries(series);
    case 'nifti':
    case 'nrrd':
    case 'metaimage':
      return memoryReader(series.pixels, await readGrid(series, series.format));
    case 'png':
    case 'jpeg':
    case 'tiff':
    case 'webp':
      return rasterReader(series.pixels, await openRaster(file, series.format));
  }
}

/** All voxels of a volume series, in LPS. @throws AppError as {@link openSeries}, or series.inconsistent for pictures. */
export async function loadVolume(series: ScannedSeries, opts: JobOptions = {}): Promise<Volume> {
  const { pixels } = series;
  if (pixels.kind !== 'volume') {
    throw new AppError('series.inconsistent', 'This series is no volume.', 'Open it as a picture.');
  }
  const reader = await openSeries(series, opts);
  try {
    const count = sliceCount(pixels);
    const length = sliceLength(pixels);
    const data = createVoxels(pixels.voxelType, count * length);
    let done = 0;
    const all = Array.from({ length: count }, (_, k) => k);
    const report = (): void => {
      stopIfCancelled(opts.signal);
      done++;
      opts.onProgress?.(done / count, `Reading slice ${done} of ${count}`);
    };
    await readEach(reader, all, opts, report, (k) => data.subarray(k * length, (k + 1) * length));
    return { ...pixels.geometry, data, modality: series.modality };
  } finally {
    await reader.close();
  }
}

/** One frame of an image series, 8-bit where it is in colour. @throws AppError as {@link openSeries}. */
export async function loadImage(
  series: ScannedSeries,
  frame: number,
  opts: JobOptions = {},
): Promise<RasterImage> {
  const { pixels } = series;
  if (pixels.kind !== 'image') {
    throw new AppError('series.inconsistent', 'This series is a volume.', 'Open it as a volume.');
  }
  checkIndex(pixels, frame);
  const reader = await openSeries(series, opts);
  try {
    const data = await reader.readSlice(frame, opts);
    const { width, height, channels, pixelSpacing } = pixels;
    return { width, height, channels, data, pixelSpacing, modality: series.modality };
  } finally {
    await reader.close();
  }
}
