import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { add, scale } from '../src-main/core/geometry/vec3';
import type { Volume } from '../src-main/core/volume/volume';
import { encodePixels, type CompressedSyntax } from './encode-pixels';

/** A small DICOM Part 10 writer of its own, so that the reader is not tested with itself. */
export type DicomSyntax = 'implicit' | 'explicit' | 'big-endian' | 'deflated' | CompressedSyntax;

const uids: Readonly<Record<DicomSyntax, string>> = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  'big-endian': '1.2.840.10008.1.2.2',
  deflated: '1.2.840.10008.1.2.1.99',
  rle: '1.2.840.10008.1.2.5',
  jpeg: '1.2.840.10008.1.2.4.50',
  'jpeg-12': '1.2.840.10008.1.2.4.51',
  'jpeg-lossless': '1.2.840.10008.1.2.4.70',
  'jpeg-lossless-57': '1.2.840.10008.1.2.4.57',
  jpegls: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  'jpeg2000-lossy': '1.2.840.10008.1.2.4.91',
  htj2k: '1.2.840.10008.1.2.4.201',
};

/** [tag as 8 hex digits, VR, value]: text, numbers of US, bytes, or the items of a sequence. */
export type WrittenElement = readonly [
  string,
  string,
  string | number | Uint8Array | readonly (readonly WrittenElement[])[],
];

const isItems = (value: WrittenElement[2]): value is readonly (readonly WrittenElement[])[] =>
  Array.isArray(value);

const element = ([tag, vr, value]: WrittenElement, explicit: boolean, big: boolean): Buffer => {
  let bytes: Buffer;
  if (isItems(value)) {
    // Items of defined length in sequences of undefined length: both forms get read.
    const items = value.map((item) => {
      const inner = elementsInOrder(item, explicit, big);
      return Buffer.concat([header('FFFEE000', '', inner.length, false, big), inner]);
    });
    return Buffer.concat([
      header(tag, vr, 0xffffffff, explicit, big),
      ...items,
      header('FFFEE0DD', '', 0, false, big),
    ]);
  }
  if (typeof value === 'string') {
    bytes = Buffer.from(value, 'utf8');
    if (bytes.length % 2) bytes = Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  } else if (typeof value === 'number') {
    bytes = Buffer.alloc(2);
    if (big) bytes.writeUInt16BE(value & 0xffff);
    else bytes.writeUInt16LE(value & 0xffff);
  } else {
    bytes = Buffer.from(value);
    if (bytes.length % 2) bytes = Buffer.concat([bytes, Buffer.alloc(1)]);
  }
  return Buffer.concat([header(tag, vr, bytes.length, explicit, big), bytes]);
};

function header(tag: string, vr: string, length: number, explicit: boolean, big: boolean): Buffer {
  const long = ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
  const h = Buffer.alloc(explicit && long ? 12 : 8);
  const u16 = (v: number, at: number): number => (big ? h.writeUInt16BE(v, at) : h.writeUInt16LE(v, at));
  const u32 = (v: number, at: number): number => (big ? h.writeUInt32BE(v, at) : h.writeUInt32LE(v, at));
  u16(parseInt(tag.slice(0, 4), 16), 0);
  u16(parseInt(tag.slice(4), 16), 2);
  if (!explicit) u32(length, 4);
  else {
    h.write(vr, 4, 'latin1');
    if (long) u32(length, 8);
    else u16(length, 6);
  }
  return h;
}

const elementsInOrder = (list: readonly WrittenElement[], explicit: boolean, big: boolean): Buffer =>
  Buffer.concat([...list].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map((e) => element(e, explicit, big)));

export interface DicomFileOptions {
  syntax?: DicomSyntax;
  columns: number;
  rows: number;
  /** Little-endian samples, frame after frame; two bytes each unless `bits` is 8. */
  pixels: Buffer;
  elements: readonly WrittenElement[];
  /** Of `pixels`; what the encoders are told. */
  bits?: number;
  components?: number;
  frames?: number;
  /** What the encoders are told where the syntax keeps the sign. */
  signed?: boolean;
  /** Writes each compressed frame in pieces of this many bytes. */
  fragmentBytes?: number;
  /** Fills the basic offset table. */
  offsetTable?: boolean;
}

/** Part 10 bytes: preamble, meta group, the elements in tag order, pixel data. */
export async function dicomBytes(options: DicomFileOptions): Promise<Buffer> {
  const { syntax = 'explicit', pixels, elements } = options;
  const explicit = syntax !== 'implicit';
  const big = syntax === 'big-endian';
  const meta = Buffer.concat(
    (
      [
        ['00020001', 'OB', Uint8Array.of(0, 1)],
        ['00020010', 'UI', uids[syntax]],
      ] as const
    ).map((e) => element(e, true, false)),
  );
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(meta.length);
  const start = [
    Buffer.alloc(128),
    Buffer.from('DICM'),
    header('00020000', 'UL', 4, true, false),
    groupLength,
    meta,
  ];
  const body = elementsInOrder(elements, explicit, big);
  if (syntax === 'explicit' || syntax === 'implicit' || syntax === 'big-endian' || syntax === 'deflated') {
    const bytes = Buffer.from(pixels);
    if (big) bytes.swap16();
    const dataset = Buffer.concat([body, element(['7FE00010', 'OW', bytes], explicit, big)]);
    return Buffer.concat([...start, syntax === 'deflated' ? deflateRawSync(dataset) : dataset]);
  }
  return Buffer.concat([...start, body, ...(await encapsulated(syntax, options))]);
}

const item = (bytes: Buffer): Buffer =>
  Buffer.concat([header('FFFEE000', '', bytes.length, false, false), bytes]);

async function encapsulated(syntax: CompressedSyntax, options: DicomFileOptions): Promise<Buffer[]> {
  const { columns: width, rows: height, pixels, bits = 16, components = 1, frames = 1 } = options;
  const signed = options.signed ?? syntax === 'jpeg2000';
  const size = pixels.length / frames;
  const items: Buffer[][] = [];
  for (let n = 0; n < frames; n++) {
    const frame = pixels.subarray(n * size, (n + 1) * size);
    const encoded = await encodePixels(syntax, frame, { width, height, components, bits, signed });
    const step = options.fragmentBytes ?? encoded.length;
    items.push(
      Array.from({ length: Math.ceil(encoded.length / step) }, (_, k) =>
        item(encoded.subarray(k * step, (k + 1) * step)),
      ),
    );
  }
  const table = Buffer.alloc(options.offsetTable ? 4 * frames : 0);
  let offset = 0;
  items.forEach((pieces, n) => {
    if (options.offsetTable) table.writeUInt32LE(offset, 4 * n);
    offset += pieces.reduce((sum, p) => sum + p.length, 0);
  });
  return [
    header('7FE00010', 'OB', 0xffffffff, true, false),
    item(table),
    ...items.flat(),
    header('FFFEE0DD', '', 0, false, false),
  ];
}

export interface DicomSeriesOptions {
  syntax?: DicomSyntax;
  patientName?: string;
  seriesUid?: string;
  bodyPart?: string;
  /** Replaces or adds elements of slice k; null leaves the slice out. */
  edit?: (k: number) => readonly WrittenElement[] | null;
}

/** Writes a CT or MR volume as one file a slice (stored = value + 1024 for CT), numbered backwards. Returns the files in k order. */
export function writeDicomSeries(
  folder: string,
  v: Volume,
  options: DicomSeriesOptions = {},
): Promise<string[]> {
  const length = v.dims[0] * v.dims[1];
  return writeDicomSlices(folder, v, (k) => v.data.subarray(k * length, (k + 1) * length), options);
}

/** The same of a volume that is made slice by slice: one of a gigabyte is never in memory. */
export async function writeDicomSlices(
  folder: string,
  v: Omit<Volume, 'data'>,
  sliceOf: (k: number) => ArrayLike<number>,
  options: DicomSeriesOptions = {},
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const {
    syntax = 'explicit',
    seriesUid = '1.2.826.0.1.3680043.8.498.2',
    patientName = 'Phantom^Made',
  } = options;
  const [columns, rows, count] = v.dims;
  const offset = v.modality === 'CT' ? 1024 : 0;
  const files: string[] = [];
  for (let k = 0; k < count; k++) {
    const edits = options.edit ? options.edit(k) : [];
    if (edits === null) continue;
    const slice = sliceOf(k);
    const stored = new Int16Array(columns * rows);
    for (let n = 0; n < stored.length; n++) stored[n] = slice[n]! + offset;
    const origin = add(v.origin, scale(v.direction[2], v.spacing[2] * k));
    const own: WrittenElement[] = [
      ['00080005', 'CS', 'ISO_IR 192'],
      ['00080016', 'UI', v.modality === 'CT' ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.1.4'],
      ['00080018', 'UI', `${seriesUid}.${k + 1}`],
      ['00080020', 'DA', '20240131'],
      ['00080060', 'CS', v.modality],
      ['0008103E', 'LO', 'made series'],
      ['00100010', 'PN', patientName],
      ['00100020', 'LO', 'PH-1'],
      ['00100030', 'DA', '19600229'],
      ['00100040', 'CS', 'O'],
      ['00180015', 'CS', options.bodyPart ?? (v.modality === 'CT' ? 'CHEST' : 'BRAIN')],
      ['0020000D', 'UI', '1.2.826.0.1.3680043.8.498.1'],
      ['0020000E', 'UI', seriesUid],
      ['00200013', 'IS', String(count - k)],
      ['00200032', 'DS', origin.map((x) => x.toFixed(4)).join('\\')],
      ['00200037', 'DS', [...v.direction[0], ...v.direction[1]].map((x) => x.toFixed(8)).join('\\')],
      ['00200052', 'UI', '1.2.826.0.1.3680043.8.498.3'],
      ['00280002', 'US', 1],
      ['00280004', 'CS', 'MONOCHROME2'],
      ['00280010', 'US', rows],
      ['00280011', 'US', columns],
      ['00280030', 'DS', `${v.spacing[1]}\\${v.spacing[0]}`],
      ['00280100', 'US', 16],
      ['00280101', 'US', 16],
      ['00280102', 'US', 15],
      ['00280103', 'US', 1],
      ['00281052', 'DS', String(-offset)],
      ['00281053', 'DS', '1'],
    ];
    const replaced = new Set(edits.map((e) => e[0]));
    const elements = [...own.filter((e) => !replaced.has(e[0])), ...edits];
    const file = join(folder, `IM${String(count - k).padStart(4, '0')}.dcm`);
    writeFileSync(
      file,
      await dicomBytes({ syntax, columns, rows, pixels: Buffer.from(stored.buffer), elements }),
    );
    files.push(file);
  }
  return files;
}
