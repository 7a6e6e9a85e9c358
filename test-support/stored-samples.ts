import { decodeStored, toRgb } from '../src-main/imaging/dicom/decode';
import { findFrames } from '../src-main/imaging/dicom/fragments';
import type { OpenDicom } from '../src-main/imaging/dicom/open';
import { readPictureForm } from '../src-main/imaging/dicom/picture';

/**
 * What pydicom's pixel_array gives: stored samples of all frames, YBR as RGB.
 * @returns an array a frame
 * @throws AppError as readPictureForm and decodeStored
 */
export async function storedSamples(file: string, dicom: OpenDicom) {
  const form = readPictureForm(file, dicom);
  const table = form.codec === 'native' ? null : await findFrames(dicom, form.frames);
  const frames = [];
  for (let n = 0; n < form.frames; n++) {
    const stored = await decodeStored(dicom, form, n, table);
    frames.push(form.photometric.startsWith('YBR') ? toRgb(file, dicom, form, stored) : stored.samples);
  }
  return frames;
}

/** The bytes of {@link storedSamples}, one frame after the other. */
export const bytesOf = (frames: readonly ArrayBufferView[]): Buffer =>
  Buffer.concat(frames.map((s) => Buffer.from(s.buffer, s.byteOffset, s.byteLength)));
