import { basename } from 'node:path';
import { AppError } from '../core/app-error';
import type { JobOptions, PixelLayout, ScannedSeries } from '../core/study/entities';
import type { VoxelArray } from '../core/volume/volume';
import { statFile } from './open-source';
import type { RasterFile } from './raster/read';

/** One open series. Close it when done: DICOM readers hold file descriptors. */
export interface SeriesReader {
  readonly pixels: PixelLayout;
  /**
   * Voxels of slice (volume) or frame (image) `index`, row-major, interleaved RGB for colour, after the
   * modality LUT, typed as `pixels.voxelType`. The array is the caller's to keep.
   *
   * @param into where they are written, an array of that type and length; left out, a new one
   */
  readSlice(index: number, opts?: JobOptions, into?: VoxelArray): Promise<VoxelArray>;
  /** How many slices are worth asking for at once, now; one where it is left out. */
  readonly atOnce?: number;
  close(): Promise<void>;
}

export const sliceCount = (pixels: PixelLayout): number =>
  pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames;

/** Voxels of one slice, all channels. */
export const sliceLength = (pixels: PixelLayout): number =>
  pixels.kind === 'volume'
    ? pixels.geometry.dims[0] * pixels.geometry.dims[1]
    : pixels.width * pixels.height * pixels.channels;

/** @throws AppError request.invalid for an index the series does not have. */
export function checkIndex(pixels: PixelLayout, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= sliceCount(pixels)) {
    throw new AppError(
      'request.invalid',
      `There is no slice ${index}.`,
      `Ask for 0 to ${sliceCount(pixels) - 1}.`,
    );
  }
}

/**
 * @throws AppError series.missing-files when a file went away or changed since it was imported: what is
 * shown and measured must be what was imported.
 */
export async function checkStamps(series: ScannedSeries): Promise<void> {
  // All at once: one after the other, 261 files take a tenth of a second.
  const found = await Promise.all(series.files.map((file) => statFile(file).catch(() => null)));
  for (let n = 0; n < series.files.length; n++) {
    const file = series.files[n]!;
    const stamp = series.fileStamps[n];
    const now = found[n];
    if (now && stamp && now.size === stamp.size && now.mtimeMs === stamp.mtimeMs) continue;
    throw new AppError(
      'series.missing-files',
      now ? `${basename(file)} was changed since it was imported.` : `${basename(file)} is no longer there.`,
      'Put the file back as it was, or import the study again.',
      { file },
    );
  }
}

/**
 * Reads the slices, several at once where the reader is the faster for it; `use` gets them as they come. Stops at the
 * first that fails, and ends when nothing is under way any more.
 */
export async function readEach(
  reader: SeriesReader,
  indices: readonly number[],
  opts: JobOptions,
  use: (index: number, voxels: VoxelArray) => void,
  into?: (index: number) => VoxelArray,
): Promise<void> {
  let next = 0;
  let active = 0;
  let failure: { error: unknown } | null = null;
  const lanes: Promise<void>[] = [];
  const lane = async (): Promise<void> => {
    while (next < indices.length && !failure) {
      const index = indices[next++]!;
      try {
        use(index, await reader.readSlice(index, opts, into?.(index)));
      } catch (error) {
        failure ??= { error };
      }
      // The first slice of a series may be what starts the threads.
      widen();
    }
    active--;
  };
  const widen = (): void => {
    while (active < (reader.atOnce ?? 1) && next < indices.length && !failure) {
      active++;
      lanes.push(lane());
    }
  };
  widen();
  for (let n = 0; n < lanes.length; n++) await lanes[n];
  if (failure) throw (failure as { error: unknown }).error;
}

/** A copy in the caller's array, or in a new one. */
function kept(voxels: VoxelArray, into: VoxelArray | undefined): VoxelArray {
  if (!into) return voxels.slice();
  into.set(voxels);
  return into;
}

/** A reader over voxels that are in memory already. */
export function memoryReader(pixels: PixelLayout, data: VoxelArray): SeriesReader {
  const length = sliceLength(pixels);
  return {
    pixels,
    readSlice: (index, _opts, into) => {
      try {
        checkIndex(pixels, index);
        return Promise.resolve(kept(data.subarray(index * length, (index + 1) * length), into));
      } catch (error) {
        return Promise.reject(error as Error);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A reader of the pictures of an open file. */
export function rasterReader(pixels: PixelLayout, raster: RasterFile): SeriesReader {
  return {
    pixels,
    readSlice: async (index, _opts, into) => {
      checkIndex(pixels, index);
      return kept((await raster.readFrame(index)).data, into);
    },
    close: () => raster.close(),
  };
}
