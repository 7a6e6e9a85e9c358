import { decodeText } from './character-set';
import { formatTag, tags } from './tags';

export interface DicomElement {
  readonly tag: number;
  /** Two letters, or '' in implicit VR. */
  readonly vr: string;
  /** Where the value starts in the source: for messages. */
  readonly offset: number;
  readonly length: number;
  readonly value: Uint8Array;
  readonly items: readonly Dataset[] | null;
}

/** One data set or sequence item. Getters read by the type the attribute has in PS3.6; absent and empty give null. */
export class Dataset {
  private readonly elements = new Map<number, DicomElement>();

  constructor(
    private readonly littleEndian: boolean,
    private readonly parent: Dataset | null = null,
  ) {}

  /** The first of doubled elements stays. */
  add(element: DicomElement): void {
    if (!this.elements.has(element.tag)) this.elements.set(element.tag, element);
  }

  has(tag: number): boolean {
    return this.elements.has(tag);
  }

  get(tag: number): DicomElement | null {
    return this.elements.get(tag) ?? null;
  }

  /** Tag and byte offset of an element, for messages; of an absent one the tag, and where the data set was read to. */
  place(tag: number): string {
    const found = this.elements.get(tag);
    if (found) return `${formatTag(tag)} at byte ${found.offset}`;
    const last = [...this.elements.values()].pop();
    return `${formatTag(tag)}, absent by byte ${last ? last.offset + last.length : 0}`;
  }

  tagList(): readonly number[] {
    return [...this.elements.keys()];
  }

  /** Items of a sequence; empty where it is absent. */
  items(tag: number): readonly Dataset[] {
    return this.elements.get(tag)?.items ?? [];
  }

  /** Values of a text attribute, split at backslashes, trimmed of padding. */
  strings(tag: number): string[] {
    const text = this.text(tag);
    if (text === '') return [];
    return text.includes('\\') ? text.split('\\').map(trim) : [text];
  }

  /** The first value, '' where there is none. */
  string(tag: number): string {
    const text = this.text(tag);
    const end = text.indexOf('\\');
    return end < 0 ? text : trim(text.slice(0, end));
  }

  /** Decimal and integer strings (DS, IS). NaN stays NaN, so that the caller can tell it from absent. */
  decimals(tag: number): number[] {
    return this.strings(tag).map((s) => (s === '' ? NaN : Number(s.replace(',', '.'))));
  }

  decimal(tag: number): number | null {
    return this.decimals(tag)[0] ?? null;
  }

  /** Unsigned 16-bit (US). */
  uint16(tag: number): number | null {
    const value = this.elements.get(tag)?.value;
    return value && value.length >= 2 ? this.view(value).getUint16(0, this.littleEndian) : null;
  }

  /** 16-bit of either sign (US or SS by Pixel Representation). */
  int16(tag: number, signed: boolean): number | null {
    const value = this.elements.get(tag)?.value;
    if (!value || value.length < 2) return null;
    const view = this.view(value);
    return signed ? view.getInt16(0, this.littleEndian) : view.getUint16(0, this.littleEndian);
  }

  uint16s(tag: number): number[] {
    const value = this.elements.get(tag)?.value;
    if (!value) return [];
    const view = this.view(value);
    return Array.from({ length: value.length >> 1 }, (_, n) => view.getUint16(2 * n, this.littleEndian));
  }

  /** Unsigned 32-bit (UL). */
  uint32(tag: number): number | null {
    const value = this.elements.get(tag)?.value;
    return value && value.length >= 4 ? this.view(value).getUint32(0, this.littleEndian) : null;
  }

  /** 64-bit unsigned (OV), as numbers. */
  uint64s(tag: number): number[] {
    const value = this.elements.get(tag)?.value;
    if (!value) return [];
    const view = this.view(value);
    return Array.from({ length: value.length >> 3 }, (_, n) =>
      Number(view.getBigUint64(8 * n, this.littleEndian)),
    );
  }

  /** Binary doubles (FD) where the VR says so, else decimal strings. */
  doubles(tag: number): number[] {
    const element = this.elements.get(tag);
    if (!element) return [];
    if (element.vr !== 'FD' && element.vr !== '') return this.decimals(tag);
    const view = this.view(element.value);
    return Array.from({ length: element.value.length >> 3 }, (_, n) =>
      view.getFloat64(8 * n, this.littleEndian),
    );
  }

  private text(tag: number): string {
    const found = this.elements.get(tag);
    if (!found || found.length === 0) return '';
    const { value } = found;
    return (
      plainText(value) ??
      trim(decodeText(value, this.characterSets(), found.vr === 'PN' || nameTags.has(tag)))
    );
  }

  private characterSets(): readonly string[] {
    const own = this.elements.get(tags.specificCharacterSet);
    if (!own) return this.parent?.characterSets() ?? [];
    return Buffer.from(own.value).toString('latin1').split('\\').map(trim);
  }

  private view(value: Uint8Array): DataView {
    return new DataView(value.buffer, value.byteOffset, value.byteLength);
  }
}

const nameTags: ReadonlySet<number> = new Set([tags.patientName, tags.referringPhysician]);
/**
 * Text of printable ASCII without its padding, which is the same in every character set: nearly all of a header, at a
 * third of the time. null for any other.
 */
function plainText(bytes: Uint8Array): string | null {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
  let from = 0;
  while (from < end && bytes[from] === 0x20) from++;
  if (end - from > 256) return null;
  let text = '';
  for (let n = from; n < end; n++) {
    const byte = bytes[n]!;
    if (byte < 0x20 || byte > 0x7e) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

const trim = (s: string): string => s.replace(/^ +|[ \0]+$/g, '');
