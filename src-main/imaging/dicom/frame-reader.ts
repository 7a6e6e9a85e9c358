import { AppError } from '../../core/app-error';
import { splitCopyPath } from '../../core/study/copy-path';
import type { VoxelType } from '../../core/study/entities';
import type { VoxelArray } from '../../core/volume/volume';
import { createVoxels } from '../../core/volume/voxels';
import { withScratch } from '../scratch';
import { splitMemberPath } from '../zip/member-path';
import { FileBuffer } from './byte-source';
import { decodeStored, toRgb } from './decode';
import { findFrames } from './fragments';
import { toInstance, type DicomInstance } from './instance';
import { modalityValues, type MakeVoxels } from './modality-values';
import { openDicom, readDicom, type OpenDicom } from './open';
import { isColour } from './picture';

/** One open file. */
interface OpenFile {
  readonly file: string;
  readonly dicom: OpenDicom;
  readonly instance: DicomInstance;
  readonly table: Awaited<ReturnType<typeof findFrames>> | null;
}

/** Reads frames one after the other. The last file stays open, so that the frames of a loop share its header. */
export class FrameReader {
  private current: OpenFile | null = null;
  private readonly buffer = new FileBuffer();
  /** Of the frame that was read last. */
  wasCompressed = false;

  /**
   * Voxels of one frame (from 0) after the modality LUT, interleaved RGB for colour. Calls must not overlap.
   *
   * @param make gives the array that they are written to; left out, a new one
   * @throws AppError file.malformed | file.unsupported naming the attribute; series.missing-files.
   */
  async read(
    file: string,
    frame: number,
    type: VoxelType,
    make: MakeVoxels = createVoxels,
  ): Promise<VoxelArray> {
    if (this.current?.file !== file) {
      await this.close();
      this.current = await openFile(file, this.buffer);
    }
    this.wasCompressed = this.current.instance.form.codec !== 'native';
    const voxels = await readFrame(this.current, frame, type, make);
    if (this.current.instance.frames.length === 1) await this.close();
    return voxels;
  }

  async forget(file: string): Promise<void> {
    if (this.current?.file === file) await this.close();
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = null;
    await current?.dicom.source.close();
  }
}

async function openFile(file: string, buffer: FileBuffer): Promise<OpenFile> {
  const dicom = await openWhole(file, buffer).catch((error: unknown) => {
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

async function openWhole(file: string, buffer: FileBuffer): Promise<OpenDicom> {
  const onDisk = !splitCopyPath(file) && !(await splitMemberPath(file));
  const whole = onDisk ? await buffer.open(file) : null;
  return whole ? readDicom(whole) : openDicom(file);
}

/** Decodes one frame of an instance that was just read; for scanning, where one look at the pixels is needed. Padding counts as black. */
export async function readInstanceFrame(file: string, frame: number, type: VoxelType): Promise<VoxelArray> {
  const open = await openFile(file, new FileBuffer());
  try {
    return await readFrame(open, frame, type, createVoxels, true);
  } finally {
    await open.dicom.source.close();
  }
}

async function readFrame(
  open: OpenFile,
  frame: number,
  type: VoxelType,
  make: MakeVoxels,
  darkenPadding = false,
): Promise<VoxelArray> {
  const { dicom, instance, table, file } = open;
  const { form } = instance;
  return withScratch(async (scratch) => {
    const stored = await decodeStored(dicom, form, frame, table, scratch);
    const info = instance.frames[frame]!;
    const made: { voxels?: VoxelArray } = {};
    const values = isColour(form)
      ? toRgb(file, dicom, form, stored)
      : modalityValues(stored.samples, instance, info, type, {
          darkenPadding,
          make: (wanted, length) => (made.voxels = make(wanted, length)),
        });
    if (values === made.voxels) return values;
    // Stored samples as they are: their memory is lent.
    const voxels = make(type, values.length);
    voxels.set(values);
    return voxels;
  });
}
