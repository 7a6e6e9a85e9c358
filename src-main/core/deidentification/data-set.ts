/** A DICOM data set (PS3.5 section 7) as de-identification sees it: raw little-endian values by tag. */

export interface DataElement {
  readonly tag: number;
  /** Two letters; `UN` where neither the file nor the dictionary knows it. */
  readonly vr: string;
  /** Little endian, unpadded or padded; empty for sequences. */
  readonly value: Uint8Array;
  /** Items of a sequence, else null. */
  readonly items: readonly DataSet[] | null;
}

/** By tag; the order is the writer's business. */
export type DataSet = ReadonlyMap<number, DataElement>;

/** What PS3.6 says of a tag. */
export interface DictionaryEntry {
  readonly vr: string;
  readonly name: string;
}
export type Dictionary = (tag: number) => DictionaryEntry | null;

export const textElement = (tag: number, vr: string, text: string): DataElement => ({
  tag,
  vr,
  value: ascii(text),
  items: null,
});

export const sequence = (tag: number, items: readonly DataSet[]): DataElement => ({
  tag,
  vr: 'SQ',
  value: new Uint8Array(0),
  items,
});

export const dataSet = (...elements: readonly DataElement[]): DataSet =>
  new Map(elements.map((e) => [e.tag, e]));

/** Values byte by byte as Latin-1, without padding. What is compared and hashed here is ASCII in DICOM. */
export function textOf(element: DataElement | undefined): string {
  if (!element) return '';
  let text = '';
  for (const byte of element.value) text += String.fromCharCode(byte);
  return text.replace(/^ +|[ \0]+$/g, '');
}

/** Unsigned 16 and 32-bit values (US, UL). */
export function numbersOf(element: DataElement | undefined, bytes: 2 | 4): number[] {
  if (!element) return [];
  const { value } = element;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: Math.floor(value.length / bytes) }, (_, n) =>
    bytes === 2 ? view.getUint16(2 * n, true) : view.getUint32(4 * n, true),
  );
}

export function uint16Element(tag: number, value: number): DataElement {
  return { tag, vr: 'US', value: Uint8Array.of(value & 255, value >> 8), items: null };
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0) & 0x7f);

export const groupOf = (tag: number): number => tag >>> 16;
export const isPrivate = (tag: number): boolean => (groupOf(tag) & 1) === 1;
/** (gggg,eeee) */
export function tagText(tag: number): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
