import { AppError } from '../../core/app-error';
import type { ScannedSeries, VoxelType } from '../../core/study/entities';
import type { VoxelArray } from '../../core/volume/volume';
import { createVoxels } from '../../core/volume/voxels';
import { stopIfCancelled } from '../errors';
import { checkIndex, type SeriesReader } from '../series-reader';
import { decodeStored, toRgb } from './decode';
import { findFrames } from './fragments';
import { toInstance, type DicomInstance } from './instance';
import { openDicom, type OpenDicom } from './open';
import { isColour, storedRange } from './picture';

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

/** Decodes one frame of an instance that was just read; for scanning, where one look at the pixels is needed. */
export async function readInstanceFrame(file: string, frame: number, type: VoxelType): Promise<VoxelArray> {
  const open = await openFile(file);
  try {
    return await readFrame(open, frame, type);
  } finally {
    await open.dicom.source.close();
  }
}

async function readFrame(open: OpenFile, frame: number, type: VoxelType): Promise<VoxelArray> {
  const { dicom, instance, table, file } = open;
  const { form } = instance;
  const stored = await decodeStored(dicom, form, frame, table);
  if (isColour(form)) return toRgb(file, dicom, form, stored);
  const { slope, intercept } = instance.frames[frame]!;
  // MONOCHROME1 shows its smallest value white; turned round, so that larger is brighter everywhere.
  const [low, high] = storedRange(form);
  const inverted = form.photometric === 'MONOCHROME1';
  return rescale(stored.samples, slope, intercept, type, inverted ? low + high : null);
}

/** The modality LUT (PS3.3 C.11.1.1.2), clamped to the type; `mirror` = low + high of an inverted picture. */
function rescale(
  stored: ArrayLike<number>,
  slope: number,
  intercept: number,
  type: VoxelType,
  mirror: number | null,
): VoxelArray {
  const out = createVoxels(type, stored.length);
  const [low, high] = typeLimits[type];
  const whole = type !== 'float32';
  for (let n = 0; n < out.length; n++) {
    const raw = mirror === null ? stored[n]! : mirror - stored[n]!;
    const value = raw * slope + intercept;
    out[n] = value < low ? low : value > high ? high : whole ? Math.round(value) : value;
  }
  return out;
}

const typeLimits: Readonly<Record<VoxelType, readonly [number, number]>> = {
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  float32: [-Infinity, Infinity],
};
