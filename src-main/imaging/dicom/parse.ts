import { malformed, unsupported } from '../errors';
import { Dataset, type DicomElement } from './dataset';
import { formatTag, knownSequences, tags } from './tags';

/**
 * Reads data elements (PS3.5 section 7) out of the first bytes of a data set, up to the pixels. Every
 * length is held against the size of the file before it is used, and every refusal names tag and byte.
 * Own code, since dcmjs reads the whole file, has no limits and names neither (docs/adr/0003).
 */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

export interface PixelDataPlace {
  readonly tag: number;
  readonly vr: string;
  readonly offset: number;
  /** null: encapsulated, of undefined length. */
  readonly length: number | null;
}

/** The bytes given end inside an element that the file still holds: come again with at least `bytes`. */
export class NeedMoreBytes extends Error {
  constructor(readonly bytes: number) {
    super(`${bytes} bytes needed`);
  }
}

const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const shortVrs = new Set([
  ...[
    'AE',
    'AS',
    'AT',
    'CS',
    'DA',
    'DS',
    'DT',
    'FD',
    'FL',
    'IS',
    'LO',
    'LT',
    'PN',
    'SH',
    'SL',
    'SS',
    'ST',
    'TM',
  ],
  ...['UI', 'UL', 'US'],
]);
/** True for the two letters of a value representation (PS3.5 6.2). */
export const isValueRepresentation = (vr: string): boolean => longVrs.has(vr) || shortVrs.has(vr);

/** By their two bytes: headers have hundreds, and making a string of each takes a tenth of the time. */
const vrOfCode: ReadonlyMap<number, { readonly vr: string; readonly isLong: boolean }> = new Map(
  [...longVrs, ...shortVrs].map((vr) => [
    (vr.charCodeAt(0) << 8) | vr.charCodeAt(1),
    { vr, isLong: longVrs.has(vr) },
  ]),
);

const none = new Uint8Array(0);

/** Its value is looked up when it is asked for: most of a header's are not. */
class PlainElement implements DicomElement {
  readonly items = null;

  constructor(
    readonly tag: number,
    readonly vr: string,
    readonly offset: number,
    readonly length: number,
    private readonly bytes: Buffer,
  ) {}

  get value(): Uint8Array {
    return this.bytes.subarray(this.offset, this.offset + this.length);
  }
}

const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const maxNesting = 24;
const pixelTags: ReadonlySet<number> = new Set([
  tags.pixelData,
  tags.floatPixelData,
  tags.doubleFloatPixelData,
]);

interface Header {
  tag: number;
  vr: string;
  length: number;
  /** Where the value starts. */
  value: number;
}

export class ElementReader {
  position: number;

  /**
   * @param bytes the first bytes of the source
   * @param size bytes of the whole source
   * @param isSequence tells sequences that the file does not call so (implicit VR, UN) beyond those the importer needs
   */
  constructor(
    private readonly file: string,
    private readonly bytes: Buffer,
    private readonly size: number,
    start: number,
    private readonly encoding: Encoding,
    private readonly isSequence: (tag: number) => boolean = () => false,
  ) {
    this.position = start;
  }

  /** Group 0002 (PS3.10 7.1), always explicit little endian. Leaves the position at the data set. */
  readMeta(): Dataset {
    const meta = new Dataset(true);
    while (this.position + 8 <= this.size) {
      this.need(this.position + 8);
      if (this.bytes.readUInt16LE(this.position) !== 0x0002) break;
      this.readElement(meta, this.encoding, this.size, 0);
    }
    return meta;
  }

  /** Elements up to pixel data or the end of the file. */
  readDataset(): { dataset: Dataset; pixelData: PixelDataPlace | null } {
    const dataset = new Dataset(this.encoding.littleEndian);
    while (this.position + 8 <= this.size) {
      const start = this.position;
      const header = this.readHeader(this.encoding, this.size);
      if (pixelTags.has(header.tag)) {
        const length = header.length === undefinedLength ? null : header.length;
        if (length !== null && header.value + length > this.size) {
          throw this.over(header, start);
        }
        return { dataset, pixelData: { tag: header.tag, vr: header.vr, offset: header.value, length } };
      }
      this.readElement(dataset, this.encoding, this.size, 0, start, header);
    }
    return { dataset, pixelData: null };
  }

  private readElement(
    into: Dataset,
    encoding: Encoding,
    end: number,
    depth: number,
    start = this.position,
    header = this.readHeader(encoding, end),
  ): void {
    if (depth > maxNesting) {
      throw malformed(this.file, this.place(header.tag, start), 'sequences are nested too deeply');
    }
    if (header.tag >>> 16 === 0xfffe) {
      throw malformed(this.file, this.place(header.tag, start), 'a delimiter stands where an element should');
    }
    const isSequence =
      header.vr === 'SQ' ||
      header.length === undefinedLength ||
      (header.vr === '' && knownSequences.has(header.tag)) ||
      ((header.vr === '' || header.vr === 'UN') && this.isSequence(header.tag));
    if (header.length !== undefinedLength && header.value + header.length > end)
      throw this.over(header, start);
    if (isSequence) {
      // UN of undefined length holds implicit little endian, whatever surrounds it (PS3.5 6.2.2).
      const inner = header.vr === 'UN' ? { explicit: false, littleEndian: true } : encoding;
      const items = this.readItems(header, inner, into, end, depth + 1);
      into.add({ tag: header.tag, vr: 'SQ', offset: header.value, length: 0, value: none, items });
      return;
    }
    this.need(header.value + header.length);
    into.add(new PlainElement(header.tag, header.vr, header.value, header.length, this.bytes));
    this.position = header.value + header.length;
  }

  private readItems(
    sequence: Header,
    encoding: Encoding,
    parent: Dataset,
    end: number,
    depth: number,
  ): Dataset[] {
    const items: Dataset[] = [];
    const open = sequence.length === undefinedLength;
    const stop = open ? end : sequence.value + sequence.length;
    this.position = sequence.value;
    while (this.position < stop) {
      const start = this.position;
      const header = this.readHeader({ ...encoding, explicit: false }, stop);
      if (header.tag === sequenceEnd && open) return items;
      if (header.tag !== item) {
        throw malformed(
          this.file,
          this.place(sequence.tag, start),
          `${formatTag(header.tag)} stands where an item should`,
        );
      }
      const openItem = header.length === undefinedLength;
      const itemStop = openItem ? stop : header.value + header.length;
      if (itemStop > stop) throw this.over(header, start);
      const dataset = new Dataset(encoding.littleEndian, parent);
      for (;;) {
        if (this.position >= itemStop) {
          if (openItem) throw malformed(this.file, this.place(sequence.tag, start), 'an item has no end');
          break;
        }
        if (openItem && this.peekTag(encoding.littleEndian) === itemEnd) {
          this.position += 8;
          break;
        }
        this.readElement(dataset, encoding, itemStop, depth + 1);
      }
      items.push(dataset);
    }
    if (open) throw malformed(this.file, this.place(sequence.tag, sequence.value), 'the sequence has no end');
    return items;
  }

  private peekTag(littleEndian: boolean): number {
    this.need(this.position + 8);
    const { bytes, position: p } = this;
    return littleEndian
      ? ((bytes[p + 1]! << 24) | (bytes[p]! << 16) | (bytes[p + 3]! << 8) | bytes[p + 2]!) >>> 0
      : bytes.readUInt32BE(p);
  }

  /** Tag, VR and length; moves the position to the value. */
  private readHeader({ explicit, littleEndian }: Encoding, end: number): Header {
    const start = this.position;
    if (start + 8 > end) throw malformed(this.file, `byte ${start}`, 'the data end inside an element');
    const tag = this.peekTag(littleEndian);
    const u32 = (at: number): number =>
      littleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
    if (!explicit || tag >>> 16 === 0xfffe) {
      this.position = start + 8;
      return { tag, vr: '', length: u32(start + 4), value: start + 8 };
    }
    const { bytes } = this;
    const known = vrOfCode.get((bytes[start + 4]! << 8) | bytes[start + 5]!);
    if (!known) {
      const shown = bytes.toString('latin1', start + 4, start + 6).replace(/[^\x20-\x7e]/g, '?');
      throw malformed(this.file, this.place(tag, start), `"${shown}" is no value representation`);
    }
    const { vr } = known;
    if (!known.isLong) {
      const length = littleEndian ? bytes.readUInt16LE(start + 6) : bytes.readUInt16BE(start + 6);
      this.position = start + 8;
      return { tag, vr, length, value: start + 8 };
    }
    if (start + 12 > end)
      throw malformed(this.file, this.place(tag, start), 'the data end inside an element');
    this.need(start + 12);
    this.position = start + 12;
    return { tag, vr, length: u32(start + 8), value: start + 12 };
  }

  private need(end: number): void {
    if (end <= this.bytes.length) return;
    if (end > this.size) throw malformed(this.file, `byte ${this.size}`, 'the file ends inside an element');
    throw new NeedMoreBytes(end);
  }

  private over(header: Header, start: number): Error {
    const promised = header.length === undefinedLength ? 'an undefined length' : `${header.length} bytes`;
    return malformed(
      this.file,
      this.place(header.tag, start),
      `the element promises ${promised}, which runs over its end`,
    );
  }

  private place(tag: number, offset: number): string {
    return `${formatTag(tag)} at byte ${offset}`;
  }
}

/** How a transfer syntax encodes the data set; the pixels' own compression is the decoder's business. */
export function encodingOf(file: string, transferSyntaxUid: string): Encoding {
  if (transferSyntaxUid === '1.2.840.10008.1.2') return { explicit: false, littleEndian: true };
  if (transferSyntaxUid === '1.2.840.10008.1.2.2') return { explicit: true, littleEndian: false };
  if (/^1\.2\.840\.10008\.1\.2\.(1(\.99)?|4\.\d+|5|6\.\d|7\.\d)$/.test(transferSyntaxUid)) {
    return { explicit: true, littleEndian: true };
  }
  throw unsupported(
    file,
    formatTag(tags.transferSyntaxUid),
    `transfer syntax ${transferSyntaxUid || '(none)'}`,
  );
}
