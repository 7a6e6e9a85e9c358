import { AppError } from '../../core/app-error';
import type { ScannedSeries, VoxelType } from '../../core/study/entities';
import type { VoxelArray } from '../../core/volume/volume';
import { stopIfCancelled } from '../errors';
import { checkIndex, type SeriesReader } from '../series-reader';
import { decodeStored, toRgb } from './decode';
import { findFrames } from './fragments';
import { toInstance, type DicomInstance } from './instance';
import { openDicom, type OpenDicom } from './open';
import { modalityValues } from './modality-values';
import { isColour } from './picture';

/** One open file; the last one is kept, so that the frames of a loop share its header. */
interface OpenFile {
  readonly file: string;
  readonly dicom: OpenDicom;
  readonly instance: DicomInstance;
  readonly table: Awaited<ReturnType<typeof findFrames>> | null;
}

/** Reads slices or frames of a scanned DICOM series. Calls are answered one after the other. */
export function openDicomSeries(series: ScannedSeries): SeriesReader {
  let current: OpenFile | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const fileAt = async (file: string): Promise<OpenFile> => {
    if (current?.file === file) return current;
    await current?.dicom.source.close();
    current = null;
    current = await openFile(file);
    return current;
  };
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };

  return {
    pixels: series.pixels,
    readSlice: (index, opts) =>
      inTurn(async () => {
        stopIfCancelled(opts?.signal);
        if (closed) throw new AppError('internal', 'The series was closed.', 'Open it again.');
        checkIndex(series.pixels, index);
        const source = series.dicom!.instances[index]!;
        const open = await fileAt(series.files.length === 1 ? series.files[0]! : series.files[index]!);
        return readFrame(open, (source.frame ?? 1) - 1, series.pixels.voxelType);
      }),
    close: () =>
      inTurn(async () => {
        closed = true;
        await current?.dicom.source.close();
        current = null;
      }),
  };
}

async function openFile(file: string): Promise<OpenFile> {
  const dicom = await openDicom(file).catch((error: unknown) => {
    throw (error as { code?: unknown }).code === 'ENOENT'
      ? new AppError('series.missing-files', 'A file of the series is gone.', 'Import the study again.', {
          file,
        })
      : error;
  });
  try {
    const instance = toInstance(file, dicom, null);
    const table = instance.form.codec === 'native' ? null : await findFrames(dicom, instance.form.frames);
    return { file, dicom, instance, table };
  } catch (error) {
    await dicom.source.close();
    throw error;
  }
}

/** Decodes one frame of an instance that was just read; for scanning, where one look at the pixels is needed. Padding counts as black. */
export async function readInstanceFrame(file: string, frame: number, type: VoxelType): Promise<VoxelArray> {
  const open = await openFile(file);
  try {
    return await readFrame(open, frame, type, true);
  } finally {
    await open.dicom.source.close();
  }
}

async function readFrame(
  open: OpenFile,
  frame: number,
  type: VoxelType,
  darkenPadding = false,
): Promise<VoxelArray> {
  const { dicom, instance, table, file } = open;
  const { form } = instance;
  const stored = await decodeStored(dicom, form, frame, table);
  if (isColour(form)) return toRgb(file, dicom, form, stored);
  return modalityValues(stored.samples, instance, instance.frames[frame]!, type, darkenPadding);
}
