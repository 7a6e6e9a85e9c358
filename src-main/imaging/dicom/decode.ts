import { malformed } from '../errors';
import { refuseBomb } from '../gunzip';
import type { Scratch } from '../scratch';
import { AppError } from '../../core/app-error';
import { pixelDecoders } from './codecs/decoders';
import { interleave, spread422, toEightBits, ybrToRgb } from './colour';
import { peek } from './byte-source';
import { findFrames, readFragments } from './fragments';
import type { OpenDicom } from './open';
import { readPalette } from './palette';
import { frameBits, type PictureForm } from './picture';
import { formatTag, tags } from './tags';

/** Stored samples of one frame, before the modality LUT; colours interleaved, in the photometric named. */
export interface StoredFrame {
  readonly samples: Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
  /** True where the codec already made RGB of YBR. */
  readonly isRgb: boolean;
}

type FrameTable = Awaited<ReturnType<typeof findFrames>>;
const pixelField = formatTag(tags.pixelData);

/**
 * Decodes frame `index` (from 0) to stored values: high bits masked, sign extended (PS3.5 8.1.1).
 *
 * @param scratch where the samples may lie, as far as they do not lie in the source itself; left out, they are the caller's to keep
 * @throws AppError file.malformed, file.unsupported naming the attribute.
 */
export async function decodeStored(
  dicom: OpenDicom,
  form: PictureForm,
  index: number,
  table: FrameTable | null,
  scratch: Scratch | null = null,
): Promise<StoredFrame> {
  const { source } = dicom;
  const { codec } = form;
  if (codec === 'native') return decodeNative(dicom, form, index, scratch);
  const frames = table ?? (await findFrames(dicom, form.frames));
  const place = `${pixelField} at byte ${frames[index]![0]?.offset ?? 0}, frame ${index + 1}`;
  const bytes = await readFragments(dicom, frames[index]!);
  refuseBomb(source.file, place, bytes.length, Math.ceil(frameBits(form) / 8));
  try {
    const decoded = await pixelDecoders[codec]({
      file: source.file,
      bytes,
      width: form.columns,
      height: form.rows,
      components: form.samples,
      bitsAllocated: form.bitsAllocated,
      photometric: form.photometric,
      codec,
      scratch,
    });
    const shift = decoded.placedByHighBit ? form.highBit + 1 - form.bitsStored : 0;
    return { samples: toStored(decoded.bytes, form, decoded.bits, shift, scratch), isRgb: decoded.isRgb };
  } catch (error) {
    if (error instanceof AppError) {
      // A codec knows the marker, not the file around it.
      const inner = error.details?.field;
      throw new AppError(error.code, error.message, error.hint, {
        ...error.details,
        field: inner === undefined || inner === place ? place : `${place}: ${inner}`,
      });
    }
    const why = error instanceof Error ? error.message : String(error);
    throw malformed(source.file, place, `the pixels cannot be decoded: ${why}`);
  }
}

async function decodeNative(
  dicom: OpenDicom,
  form: PictureForm,
  index: number,
  scratch: Scratch | null,
): Promise<StoredFrame> {
  const bits = frameBits(form);
  if (form.bitsAllocated === 1) return { samples: await readBits(dicom, index * bits, bits), isRgb: false };
  const bytes = await readNative(dicom, form, index * (bits / 8), bits / 8, scratch !== null);
  const is422 = form.photometric === 'YBR_FULL_422';
  const data = is422 ? spread422(bytes) : form.planar ? interleave(bytes, form.bitsAllocated / 8) : bytes;
  const shift = form.highBit + 1 - form.bitsStored;
  return { samples: toStored(data, form, form.bitsAllocated, shift, scratch), isRgb: false };
}

/** Little-endian bytes of one frame. Big endian swaps words of OW, longer samples whole, and never OB (PS3.5 annex A.3). */
async function readNative(
  dicom: OpenDicom,
  form: PictureForm,
  from: number,
  size: number,
  passing: boolean,
): Promise<Buffer> {
  const { source, littleEndian } = dicom;
  const place = dicom.pixelData!;
  const wide = form.bitsAllocated > 8;
  if (littleEndian || (!wide && place.vr !== 'OW')) {
    const read = passing ? peek(source, place.offset + from, size, pixelField) : null;
    return read ?? source.read(place.offset + from, size, pixelField);
  }
  // Frames of an odd number of bytes share a word with the next one.
  const start = from & ~1;
  const end = Math.min((from + size + 1) & ~1, place.length ?? Infinity);
  const bytes = await source.read(place.offset + start, end - start, pixelField);
  if (form.bitsAllocated === 32) bytes.swap32();
  else bytes.subarray(0, bytes.length & ~1).swap16();
  return bytes.subarray(from - start, from - start + size);
}

/** One bit a pixel, packed from the least significant bit on and across frames (PS3.5 8.1.1). */
async function readBits(dicom: OpenDicom, from: number, count: number): Promise<Uint8Array> {
  const first = Math.floor(from / 16) * 2;
  const wanted = Math.ceil((from + count) / 16) * 2 - first;
  const place = dicom.pixelData!;
  const size = Math.min(wanted, place.length! - first);
  const bytes = await dicom.source.read(place.offset + first, size, pixelField);
  if (!dicom.littleEndian && place.vr === 'OW') bytes.subarray(0, bytes.length & ~1).swap16();
  const out = new Uint8Array(count);
  for (let n = 0, bit = from - 8 * first; n < count; n++, bit++) out[n] = (bytes[bit >> 3]! >> (bit & 7)) & 1;
  return out;
}

/** Little-endian samples -> the stored bits alone, sign extended. */
function toStored(
  bytes: Uint8Array,
  form: PictureForm,
  bits: 8 | 16 | 32,
  shift: number,
  scratch: Scratch | null,
): StoredFrame['samples'] {
  const count = form.rows * form.columns * form.samples;
  const size = count * (bits / 8);
  if (bytes.length < size) throw new Error(`${bytes.length} bytes decoded, ${size} expected`);
  const { bitsStored, signed } = form;
  const words = wordsOf(bytes, bits, count);
  // Nothing to mask and no sign to extend: the bytes are the samples.
  if (shift === 0 && bitsStored === bits && bits === form.bitsAllocated && !(signed && bits === 8)) {
    if (!signed) return words;
    const { buffer, byteOffset } = words;
    return bits === 16
      ? new Int16Array(buffer, byteOffset, count)
      : new Int32Array(buffer, byteOffset, count);
  }
  // Signed samples of one byte are given as words.
  const needed = count * Math.max(signed ? 2 : 1, form.bitsAllocated / 8);
  const memory = scratch?.take('stored', needed) ?? new ArrayBuffer(needed);
  const up = 32 - bitsStored;
  if (!signed) {
    const out = new { 1: Uint8Array, 8: Uint8Array, 16: Uint16Array, 32: Uint32Array }[form.bitsAllocated](
      memory,
      0,
      count,
    );
    for (let n = 0; n < count; n++) out[n] = ((words[n]! >>> shift) << up) >>> up;
    return out;
  }
  const out = new (form.bitsAllocated === 32 ? Int32Array : Int16Array)(memory, 0, count);
  for (let n = 0; n < count; n++) out[n] = ((words[n]! >>> shift) << up) >> up;
  return out;
}

/** The samples where they are if they are aligned, else copied. */
function wordsOf(
  bytes: Uint8Array,
  bits: 8 | 16 | 32,
  count: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (bits === 8) return bytes.subarray(0, count);
  const size = bits / 8;
  const own = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes.subarray(0, count * size));
  const { buffer, byteOffset } = own;
  return bits === 16
    ? new Uint16Array(buffer, byteOffset, count)
    : new Uint32Array(buffer, byteOffset, count);
}

/** RGB, 8 bits a channel, of a colour or palette frame. @throws AppError naming the palette's attribute */
export function toRgb(file: string, dicom: OpenDicom, form: PictureForm, stored: StoredFrame): Uint8Array {
  if (form.photometric === 'PALETTE COLOR') {
    const palette = readPalette(file, dicom.dataset, form.signed);
    const out = new Uint8Array(stored.samples.length * 3);
    for (let n = 0; n < stored.samples.length; n++) palette(stored.samples[n]!, out, 3 * n);
    return out;
  }
  const rgb = toEightBits(stored.samples, form.bitsStored);
  return stored.isRgb || form.photometric === 'RGB' ? rgb : ybrToRgb(rgb);
}
