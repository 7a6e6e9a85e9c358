import { Decoder as LosslessDecoder } from 'jpeg-lossless-decoder-js';
import { malformed, unsupported } from '../errors';
import { readJpegFrame } from '../raster/jpeg';
import { decodeFrame } from '../wasm-codecs';
import { AppError } from '../../core/app-error';
import { interleave, readPalette, spread422, ybrToRgb } from './colour';
import { findFrames, readFragments } from './fragments';
import type { OpenDicom } from './open';
import { frameBytes, type PictureForm } from './picture';
import { decodeRle } from './rle';
import { formatTag, tags } from './tags';

/** Stored samples of one frame, before the modality LUT; colours interleaved, in the photometric named. */
export interface StoredFrame {
  readonly samples: Uint8Array | Int16Array | Uint16Array;
  /** True where the codec already made RGB of YBR. */
  readonly isRgb: boolean;
}

type FrameTable = Awaited<ReturnType<typeof findFrames>>;
const pixelField = formatTag(tags.pixelData);

/**
 * Decodes frame `index` (from 0) to stored values: high bits masked, sign extended (PS3.5 8.1.1).
 *
 * @throws AppError file.malformed, file.unsupported naming the attribute.
 */
export async function decodeStored(
  dicom: OpenDicom,
  form: PictureForm,
  index: number,
  table: FrameTable | null,
): Promise<StoredFrame> {
  const { source } = dicom;
  if (form.codec === 'native') {
    const size = frameBytes(form);
    const bytes = Buffer.from(await source.read(dicom.pixelData!.offset + index * size, size, pixelField));
    if (!dicom.littleEndian && needsSwap(dicom, form)) bytes.subarray(0, bytes.length & ~1).swap16();
    const is422 = form.photometric === 'YBR_FULL_422';
    const planar = form.planar && !is422 ? interleave(bytes) : bytes;
    return { samples: toStored(is422 ? spread422(bytes) : planar, form, form.bitsAllocated), isRgb: false };
  }
  const frames = table ?? (await findFrames(dicom, form.frames));
  const encoded = await readFragments(dicom, frames[index]!);
  try {
    return await decodeEncoded(source.file, encoded, form);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw malformed(source.file, `${pixelField}, frame ${index + 1}`, `the pixels cannot be decoded: ${why}`);
  }
}

/** Big endian 8-bit samples in OB need no swap; in OW, pairs are swapped (PS3.5 8.1.1 and annex D). */
const needsSwap = (dicom: OpenDicom, form: PictureForm): boolean =>
  form.bitsAllocated === 16 || dicom.pixelData!.vr === 'OW';

async function decodeEncoded(file: string, encoded: Buffer, form: PictureForm): Promise<StoredFrame> {
  const size = { width: form.columns, height: form.rows };
  const pixels = form.rows * form.columns;
  switch (form.codec) {
    case 'rle': {
      const bytes = decodeRle(encoded, pixels, form.samples, form.bitsAllocated / 8);
      return { samples: toStored(bytes, form, form.bitsAllocated), isRgb: false };
    }
    case 'jpeg': {
      const frame = readJpegFrame(file, encoded);
      if (frame.precision !== 8 || frame.process > 2) {
        throw unsupported(
          file,
          formatTag(tags.transferSyntaxUid),
          `JPEG of ${frame.precision} bits, process ${frame.process}`,
        );
      }
      checkSize(frame, size);
      const decoded = await decodeFrame('jpeg', encoded);
      checkComponents(decoded.components, form);
      return { samples: toStored(decoded.bytes, form, 8), isRgb: form.samples === 3 };
    }
    case 'jpeg-lossless': {
      const frame = readJpegFrame(file, encoded);
      checkSize(frame, size);
      checkComponents(frame.components, form);
      const bits = frame.precision > 8 ? 16 : 8;
      return { samples: toStored(decodeLossless(encoded, bits), form, bits), isRgb: false };
    }
    case 'jpegls':
    case 'jpeg2000': {
      // Held against the data set before the codec allocates for it.
      checkSize(form.codec === 'jpegls' ? readJpegFrame(file, encoded) : readJpeg2000Size(encoded), size);
      const decoded = await decodeFrame(form.codec, encoded);
      checkSize(decoded, size);
      checkComponents(decoded.components, form);
      const bits = decoded.bitsPerSample > 8 ? 16 : 8;
      // The reversible and irreversible colour transforms of JPEG 2000 are undone by the codec.
      return {
        samples: toStored(decoded.bytes, form, bits),
        isRgb: /^YBR_(ICT|RCT)$/.test(form.photometric),
      };
    }
    case 'native':
      throw new Error('native pixels are not encoded');
  }
}

function decodeLossless(encoded: Buffer, bits: 8 | 16): Uint8Array {
  // The decoder fetches bits ahead and drops the last pixel when it meets the end marker: zeros keep it away.
  const end = encoded.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const body = end < 0 ? encoded : encoded.subarray(0, end);
  const padded = Uint8Array.from(Buffer.concat([body, Buffer.alloc(16), Buffer.from([0xff, 0xd9])]));
  const decoded = new LosslessDecoder().decode(padded.buffer, 0, padded.length, bits / 8);
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
}

/** Image size of a JPEG 2000 code stream: SOC, then SIZ (ISO/IEC 15444-1 A.5.1). */
function readJpeg2000Size(encoded: Buffer): { width: number; height: number } {
  if (encoded.length < 24 || encoded.readUInt32BE(0) !== 0xff4fff51)
    throw new Error('its SIZ marker is missing');
  return {
    width: encoded.readUInt32BE(8) - encoded.readUInt32BE(16),
    height: encoded.readUInt32BE(12) - encoded.readUInt32BE(20),
  };
}

function checkSize(found: { width: number; height: number }, form: { width: number; height: number }): void {
  if (found.width !== form.width || found.height !== form.height) {
    throw new Error(
      `it holds ${found.width} x ${found.height} pixels instead of ${form.width} x ${form.height}`,
    );
  }
}

function checkComponents(found: number, form: PictureForm): void {
  if (found !== form.samples) throw new Error(`it holds ${found} samples a pixel instead of ${form.samples}`);
}

/** Little-endian samples of 8 or 16 bits -> the stored bits alone, sign extended. */
function toStored(bytes: Uint8Array, form: PictureForm, bits: 8 | 16): StoredFrame['samples'] {
  const count = form.rows * form.columns * form.samples;
  if (bytes.length < count * (bits / 8))
    throw new Error(`${bytes.length} bytes decoded, ${count * (bits / 8)} expected`);
  const { bitsStored, signed } = form;
  // A codec gives the stored bits at the bottom; uncompressed ones lie where High Bit says.
  const shift = form.codec === 'native' || form.codec === 'rle' ? form.highBit + 1 - bitsStored : 0;
  if (bits === 8 && !signed && bitsStored >= 8 && shift === 0)
    return Uint8Array.from(bytes.subarray(0, count));
  const words = bits === 16 ? new Uint16Array(Uint8Array.from(bytes.subarray(0, 2 * count)).buffer) : bytes;
  const mask = 2 ** bitsStored - 1;
  if (!signed) {
    const out = form.bitsAllocated === 8 ? new Uint8Array(count) : new Uint16Array(count);
    for (let n = 0; n < count; n++) out[n] = (words[n]! >> shift) & mask;
    return out;
  }
  const out = new Int16Array(count);
  const up = 32 - bitsStored;
  for (let n = 0; n < count; n++) out[n] = ((words[n]! >> shift) << up) >> up;
  return out;
}

/** RGB of a colour or palette frame. */
export function toRgb(file: string, dicom: OpenDicom, form: PictureForm, stored: StoredFrame): Uint8Array {
  if (form.photometric === 'PALETTE COLOR') {
    const palette = readPalette(dicom.dataset, form.signed);
    if (!palette) throw unsupported(file, formatTag(tags.redData), 'a missing or segmented colour table');
    const out = new Uint8Array(stored.samples.length * 3);
    stored.samples.forEach((index, n) => out.set(palette(index), 3 * n));
    return out;
  }
  const rgb = stored.samples as Uint8Array;
  return stored.isRgb || form.photometric === 'RGB' ? rgb : ybrToRgb(rgb);
}
