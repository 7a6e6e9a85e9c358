import type { PixelRect } from '../../core/deidentification/burned-in';
import { textElement, uint16Element, type DataElement } from '../../core/deidentification/data-set';
import { stopIfCancelled, unsupported } from '../errors';
import { blankComments } from '../jpeg-comments';
import { decodeStored, toRgb, type StoredFrame } from './decode';
import { findFrames, readFragments } from './fragments';
import type { OpenDicom } from './open';
import { frameBits, isColour, readPictureForm, storedRange, type PictureForm } from './picture';
import { codecOf } from './sop-classes';
import { formatTag, tags } from './tags';
import { wordBytes, type WholeFile } from './whole-file';

/** Pixel data as they are written: header facts first, then the bytes, a frame or a megabyte at a time. */
export interface RewrittenPixels {
  readonly tag: number;
  /** '' in implicit VR. */
  readonly vr: string;
  /** Null: encapsulated, the chunks hold items and delimiter. */
  readonly length: number | null;
  readonly transferSyntaxUid: string;
  /** Elements that take the place of the data set's own, and tags that no longer fit. */
  readonly changed: readonly DataElement[];
  readonly dropped: readonly number[];
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Compressed in a way that Regio cannot look into: what it says beside its pixels stays. */
  readonly unseen: boolean;
}

export interface PixelChanges {
  /** Everything outside is blanked; null: nothing is. */
  readonly keepOnly: readonly PixelRect[] | null;
  /** Bits that are not stored may hold an overlay: write the stored bits alone. */
  readonly storedBitsOnly: boolean;
}

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const implicitLittleEndian = '1.2.840.10008.1.2';
const rle = '1.2.840.10008.1.2.5';
const offsetTables = [tags.extendedOffsetTable, tags.extendedOffsetTableLengths];

/**
 * The pixels of a file for a new one: copied where nothing in them changes, else decoded and written uncompressed.
 * Comments inside compressed frames are blanked, bytes after the last frame left out.
 *
 * @returns null where there are none
 * @throws AppError file.malformed | file.unsupported where they must be decoded and cannot be
 */
export async function rewritePixels(
  { dicom, implicit }: WholeFile,
  changes: PixelChanges,
  signal?: AbortSignal,
): Promise<RewrittenPixels | null> {
  const place = dicom.pixelData;
  if (!place) return null;
  const native = implicit ? implicitLittleEndian : explicitLittleEndian;
  const file = dicom.source.file;
  if (changes.keepOnly || changes.storedBitsOnly) {
    const form = readPictureForm(file, dicom);
    if (changes.keepOnly || form.codec === 'native')
      return { ...(await decoded(dicom, form, changes.keepOnly, signal)), transferSyntaxUid: native };
  }
  const shared = { tag: place.tag, changed: [], dropped: [], unseen: false };
  if (place.length === null) {
    const known = codecOf(dicom.transferSyntaxUid) !== null;
    const frames = known ? await findFrames(dicom, readPictureForm(file, dicom).frames) : null;
    const chunks = frames ? framesBlanked(dicom, frames, signal) : itemsAsTheyAre(dicom, signal);
    return {
      ...shared,
      vr: 'OB',
      length: null,
      transferSyntaxUid: dicom.transferSyntaxUid,
      chunks,
      unseen: !known,
    };
  }
  const length = nativeLength(dicom, place.length);
  return {
    ...shared,
    vr: place.vr,
    length: length + (length & 1),
    transferSyntaxUid: native,
    chunks: copied(dicom, length, signal),
  };
}

/** Bytes of the frames that are there, without what follows them; all bytes of forms that are only copied. */
function nativeLength(dicom: OpenDicom, promised: number): number {
  try {
    const form = readPictureForm(dicom.source.file, dicom);
    const needed = Math.ceil((frameBits(form) * form.frames) / 8);
    return Math.min(promised, needed + (needed & 1));
  } catch {
    return promised;
  }
}

const chunkBytes = 2 ** 20;

async function* copied(dicom: OpenDicom, length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const place = dicom.pixelData!;
  const size = dicom.littleEndian ? 1 : wordBytes(place.vr);
  for (let at = 0; at < length; at += chunkBytes) {
    stopIfCancelled(signal);
    const count = Math.min(chunkBytes, length - at);
    const bytes = Buffer.from(await dicom.source.read(place.offset + at, count, formatTag(place.tag)));
    const whole = bytes.subarray(0, count - (count % size));
    if (size === 2) whole.swap16();
    else if (size === 4) whole.swap32();
    else if (size === 8) whole.swap64();
    yield bytes;
  }
  if (length & 1) yield new Uint8Array(1);
}

type Fragments = Awaited<ReturnType<typeof findFrames>>;

async function* framesBlanked(
  dicom: OpenDicom,
  frames: Fragments,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const field = formatTag(tags.pixelData);
  const { source } = dicom;
  const start = dicom.pixelData!.offset;
  const tableLength = (await source.read(start, 8, field)).readUInt32LE(4);
  yield await source.read(start, 8 + tableLength, field);
  for (const frame of frames) {
    stopIfCancelled(signal);
    const bytes = Buffer.from(await readFragments(dicom, frame));
    if (blankComments(bytes) === null && dicom.transferSyntaxUid !== rle)
      throw unsupported(source.file, field, 'a compressed frame is wrapped in something that may hold text');
    let at = 0;
    for (const { length } of frame) {
      yield itemHeader(0xe000, length);
      yield bytes.subarray(at, at + length);
      at += length;
    }
  }
  yield itemHeader(0xe0dd, 0);
}

/** Video and codecs that Regio does not know: item by item, up to the delimiter. */
async function* itemsAsTheyAre(dicom: OpenDicom, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const field = formatTag(tags.pixelData);
  const { source } = dicom;
  for (let at = dicom.pixelData!.offset; ;) {
    stopIfCancelled(signal);
    const head = await source.read(at, 8, field);
    if (head.readUInt16LE(2) === 0xe0dd) break;
    const length = head.readUInt32LE(4);
    yield head;
    for (let from = 0; from < length; from += chunkBytes)
      yield await source.read(at + 8 + from, Math.min(chunkBytes, length - from), field);
    at += 8 + length;
  }
  yield itemHeader(0xe0dd, 0);
}

function itemHeader(element: number, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt16LE(element, 2);
  head.writeUInt32LE(length, 4);
  return head;
}

async function decoded(
  dicom: OpenDicom,
  form: PictureForm,
  keepOnly: readonly PixelRect[] | null,
  signal?: AbortSignal,
): Promise<Omit<RewrittenPixels, 'transferSyntaxUid'>> {
  const colour = isColour(form);
  const bits = colour ? 8 : form.bitsStored;
  const allocated = colour || form.bitsAllocated === 1 ? 8 : form.bitsAllocated;
  const length = form.rows * form.columns * (colour ? 3 : 1) * (allocated / 8) * form.frames;
  const table = form.codec === 'native' ? null : await findFrames(dicom, form.frames);
  const lossy = [
    '1.2.840.10008.1.2.4.50',
    '1.2.840.10008.1.2.4.51',
    '1.2.840.10008.1.2.4.81',
    '1.2.840.10008.1.2.4.91',
    '1.2.840.10008.1.2.4.203',
  ];
  return {
    tag: tags.pixelData,
    vr: dicom.pixelData!.vr === '' ? '' : allocated === 8 ? 'OB' : 'OW',
    length: length + (length & 1),
    changed: [
      uint16Element(tags.samplesPerPixel, colour ? 3 : 1),
      textElement(tags.photometricInterpretation, 'CS', colour ? 'RGB' : form.photometric),
      uint16Element(tags.bitsAllocated, allocated),
      uint16Element(tags.bitsStored, bits),
      uint16Element(tags.highBit, bits - 1),
      uint16Element(tags.pixelRepresentation, !colour && form.signed ? 1 : 0),
      ...(colour ? [uint16Element(tags.planarConfiguration, 0)] : []),
      // Once lossy, always lossy (PS3.3 C.7.6.1.1.5).
      ...(lossy.includes(dicom.transferSyntaxUid) ? [textElement(0x00282110, 'CS', '01')] : []),
    ],
    dropped: [...offsetTables, ...(colour ? paletteTags : [])],
    unseen: false,
    chunks: decodedFrames(dicom, form, table, keepOnly, signal),
  };
}

const paletteTags = [
  ...[tags.redDescriptor, tags.greenDescriptor, tags.blueDescriptor, tags.redData, tags.greenData],
  ...[tags.blueData, tags.redSegmented, 0x00281222, 0x00281223, 0x00281199],
  tags.smallestPixelValue,
  tags.largestPixelValue,
];

async function* decodedFrames(
  dicom: OpenDicom,
  form: PictureForm,
  table: Fragments | null,
  keepOnly: readonly PixelRect[] | null,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const colour = isColour(form);
  const [low, high] = storedRange(form);
  const black = colour ? 0 : form.photometric === 'MONOCHROME1' ? high : low;
  let total = 0;
  for (let frame = 0; frame < form.frames; frame++) {
    stopIfCancelled(signal);
    const stored = await decodeStored(dicom, form, frame, table);
    const samples = colour ? toRgb(dicom.source.file, dicom, form, stored) : stored.samples;
    if (keepOnly) blankOutside(samples, form.columns, form.rows, colour ? 3 : 1, keepOnly, black);
    const bytes = toBytes(samples, colour ? 8 : form.bitsAllocated);
    total += bytes.length;
    yield bytes;
  }
  if (total & 1) yield new Uint8Array(1);
}

type Samples = StoredFrame['samples'];

function blankOutside(
  samples: Samples,
  width: number,
  height: number,
  channels: number,
  rects: readonly PixelRect[],
  black: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = rects.filter(([, y0, , y1]) => y >= y0 && y < y1);
    for (let x = 0; x < width; x++) {
      if (row.some(([x0, , x1]) => x >= x0 && x < x1)) continue;
      const at = (y * width + x) * channels;
      samples.fill(black, at, at + channels);
    }
  }
}

function toBytes(samples: Samples, allocated: number): Uint8Array {
  if (allocated <= 8) return samples instanceof Uint8Array ? samples : Uint8Array.from(samples);
  const out = Buffer.alloc((samples.length * allocated) / 8);
  for (let n = 0; n < samples.length; n++) {
    if (allocated === 16) out.writeUInt16LE(samples[n]! & 0xffff, 2 * n);
    else out.writeInt32LE(samples[n]! | 0, 4 * n);
  }
  return out;
}
