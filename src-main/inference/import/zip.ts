import { inflateRawSync } from 'node:zlib';
import { crc32 } from '../../core/crc32';
import { refuse } from './refuse';

/**
 * Reads zip archives from memory (PKWARE APPNOTE 6.3, sections 4.3 and 4.5): stored and deflated entries, zip64, no
 * encryption. Nothing is written to disk and names are only compared, so that a name such as "../../x" does nothing.
 */
export interface ZipArchive {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Bytes an entry expands to. */
  sizeOf(name: string): number;
  /** @throws AppError model.invalid where the entry is missing, damaged, encrypted or larger than allowed */
  read(name: string, maxBytes: number): Uint8Array;
}

interface Entry {
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

const maxEntries = 100_000;
/** Deflate cannot do better than about 1032 to 1. */
const maxRatio = 1100;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/** @throws AppError model.invalid */
export function openZip(bytes: Uint8Array, file: string): ZipArchive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(bytes, view, file);
  const find = (name: string): Entry => {
    const entry = entries.get(name);
    if (!entry) throw refuse(file, name, 'the archive does not hold it');
    return entry;
  };
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    sizeOf: (name) => find(name).size,
    read: (name, maxBytes) => readEntry(bytes, view, file, name, find(name), maxBytes),
  };
}

function readDirectory(bytes: Uint8Array, view: DataView, file: string): Map<string, Entry> {
  const damaged = (why: string): never => {
    throw refuse(file, 'The zip directory', why);
  };
  const end = findEnd(view) ?? damaged('the archive is cut short');
  let count = view.getUint16(end + 10, true);
  let size = view.getUint32(end + 12, true);
  let at = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count)
    damaged('it is in several parts');
  const end64 = findEnd64(view, end);
  if (end64 !== null) {
    count = asNumber(view.getBigUint64(end64 + 32, true));
    size = asNumber(view.getBigUint64(end64 + 40, true));
    at = asNumber(view.getBigUint64(end64 + 48, true));
  }
  if (count > maxEntries) damaged(`it lists ${count} entries, more than ${maxEntries}`);
  const stop = at + size;
  if (!(stop <= bytes.length)) damaged('it lies outside the archive');
  const entries = new Map<string, Entry>();
  const decoder = new TextDecoder();
  for (let n = 0; n < count; n++) {
    if (at + 46 > stop || view.getUint32(at, true) !== 0x02014b50) damaged('an entry is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > stop) damaged('an entry is cut short');
    const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (entries.has(name)) damaged(`${JSON.stringify(name)} is there twice`);
    const wide = { size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true) };
    const header = view.getUint32(at + 42, true);
    const extra = readZip64(view, at + 46 + nameLength, extraLength, { ...wide, header });
    if (!extra) damaged(`the sizes of ${JSON.stringify(name)} are missing`);
    entries.set(name, {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      ...extra!,
    });
    at = next;
  }
  return entries;
}

/** The end record lies within the last 64 kB, behind it only a comment. */
function findEnd(view: DataView): number | null {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (
      view.getUint32(at, true) === 0x06054b50 &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  }
  return null;
}

function findEnd64(view: DataView, end: number): number | null {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) return null;
  const at = asNumber(view.getBigUint64(locator + 8, true));
  return at + 56 <= locator && view.getUint32(at, true) === 0x06064b50 ? at : null;
}

type Sizes = Pick<Entry, 'size' | 'packed' | 'header'>;

/** Sizes that do not fit 32 bits stand in extra field 1, in this order and only where needed (APPNOTE 4.5.3). */
function readZip64(view: DataView, from: number, length: number, sizes: Sizes): Sizes | null {
  const wanted = (['size', 'packed', 'header'] as const).filter((key) => sizes[key] === 0xffffffff);
  if (wanted.length === 0) return sizes;
  for (let at = from; at + 4 <= from + length;) {
    const id = view.getUint16(at, true);
    const bytes = view.getUint16(at + 2, true);
    if (at + 4 + bytes > from + length) return null;
    if (id === 1) {
      if (bytes < 8 * wanted.length) return null;
      const found: Record<string, number> = {};
      wanted.forEach((key, n) => (found[key] = asNumber(view.getBigUint64(at + 4 + 8 * n, true))));
      return { ...sizes, ...found };
    }
    at += 4 + bytes;
  }
  return null;
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  file: string,
  name: string,
  entry: Entry,
  maxBytes: number,
): Uint8Array {
  const bad = (why: string) => refuse(file, name, why);
  if (entry.size > maxBytes) throw bad(`it claims ${entry.size} bytes, more than ${maxBytes}`);
  if (entry.flags & 1) throw bad('it is encrypted');
  const { header } = entry;
  if (!(header + 30 <= bytes.length) || view.getUint32(header, true) !== 0x04034b50)
    throw bad('its place in the archive is damaged');
  const from = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (!(from + entry.packed <= bytes.length)) throw bad('it is cut short');
  const packed = bytes.subarray(from, from + entry.packed);
  const whole = expand(packed, entry, bad);
  if (crc32(whole) !== entry.crc) throw bad('its checksum differs');
  return whole;
}

function expand(packed: Uint8Array, { method, size }: Entry, bad: (why: string) => Error): Uint8Array {
  if (method === 0) {
    if (packed.length !== size) throw bad('its sizes contradict each other');
    return packed;
  }
  if (method !== 8) throw bad(`it is packed by method ${method}; only stored and deflated entries are read`);
  if (size > packed.length * maxRatio) throw bad(`${packed.length} packed bytes claim to hold ${size}`);
  let whole: Uint8Array;
  try {
    whole = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw bad('its packed data is damaged, or longer than it claims');
  }
  if (whole.length !== size) throw bad('it is shorter than it claims');
  return whole;
}

/** Above 2^53 nothing can be addressed anyway. */
const asNumber = (value: bigint): number => (value > 0x1fffffffffffffn ? Infinity : Number(value));
