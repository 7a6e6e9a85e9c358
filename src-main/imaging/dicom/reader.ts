import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/app-error';
import { isCopied } from '../../core/study/copy-path';
import type { ScannedSeries } from '../../core/study/entities';
import type { VoxelArray } from '../../core/volume/volume';
import { createVoxels } from '../../core/volume/voxels';
import { copyStore } from '../copies/copy-store';
import { stopIfCancelled } from '../errors';
import { checkIndex, type SeriesReader } from '../series-reader';
import { DecodePool, slotsOfThread, ThreadLost } from './decode-pool';
import { FrameReader } from './frame-reader';
import type { MakeVoxels } from './modality-values';

let pool: DecodePool | null = null;

/**
 * Lets compressed slices be decoded in up to `count` threads of this process, this one among them.
 *
 * @param script the built decode-worker; where it is left out, the one beside the running bundle, if it is there
 */
export function useDecodeThreads(count: number, script?: string): void {
  const found = script ?? besideBundle();
  if (!pool && found !== null && count > 1) pool = new DecodePool(found, count - 1);
}

/** Ends the threads; they start again when they are needed. */
export const endDecodeThreads = async (): Promise<void> => pool?.close();

/** Frames that threads have decoded in this process so far. */
export const framesOfThreads = (): number => pool?.decoded ?? 0;

/** Code that several entries share lies in a folder of its own (electron.vite.config.ts). */
const besideBundle = (): string | null =>
  [__dirname, join(__dirname, '..')].map((folder) => join(folder, 'decode-worker.cjs')).find(existsSync) ??
  null;

/**
 * Reads slices or frames of a scanned DICOM series, in this thread one after the other, or in others beside it. The first
 * slice always is read here: it is there before a thread has started, and it shows whether threads are worth while.
 */
export function openDicomSeries(series: ScannedSeries): SeriesReader {
  const frames = new FrameReader();
  const { voxelType } = series.pixels;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  let threads: DecodePool | null = null;
  let readingHere = 0;

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
  const checkOpen = (): void => {
    if (closed) throw new AppError('internal', 'The series was closed.', 'Open it again.');
  };
  const placeOf = (index: number): { file: string; frame: number } => {
    checkIndex(series.pixels, index);
    const { frame } = series.dicom!.instances[index]!;
    return { file: series.files[series.files.length === 1 ? 0 : index]!, frame: (frame ?? 1) - 1 };
  };
  const makerOf = (into: VoxelArray | undefined): MakeVoxels =>
    into
      ? (_, length) => {
          if (length === into.length) return into;
          throw new AppError(
            'series.inconsistent',
            'A slice has another size than its series.',
            'Import the study again.',
          );
        }
      : createVoxels;
  const readHere = (
    index: number,
    make: MakeVoxels,
    signal: AbortSignal | undefined,
  ): Promise<VoxelArray> => {
    readingHere++;
    return inTurn(async () => {
      stopIfCancelled(signal);
      checkOpen();
      const { file, frame } = placeOf(index);
      const voxels = await frames.read(file, frame, voxelType, make);
      if (pool && frames.wasCompressed) {
        threads = pool;
        if (isCopied(series)) threads.openCopies(copyStore());
        threads.start();
      }
      return voxels;
    }).finally(() => readingHere--);
  };

  return {
    pixels: series.pixels,
    get atOnce() {
      return threads?.isReady ? slotsOfThread * threads.size + 1 : 1;
    },
    async readSlice(index, opts, into) {
      const make = makerOf(into);
      // This thread decodes too: it would only wait for the others.
      if (!threads?.isReady || readingHere === 0) return readHere(index, make, opts?.signal);
      stopIfCancelled(opts?.signal);
      checkOpen();
      const request = { ...placeOf(index), type: voxelType };
      try {
        return await threads.read(request, make, opts?.signal);
      } catch (error) {
        if (error instanceof ThreadLost) return readHere(index, make, opts?.signal);
        throw error;
      }
    },
    close: () =>
      inTurn(async () => {
        closed = true;
        if (series.files.length === 1) threads?.forget(series.files[0]!);
        await frames.close();
      }),
  };
}
