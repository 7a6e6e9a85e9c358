import type { ProfileRow } from '../src-main/core/deidentification/profile';

/** A value that stands nowhere else, by which one attribute can be found again in whatever is written. */
export interface Mark {
  readonly row: ProfileRow;
  /** What must not be found: the value's bytes as text. */
  readonly text: string;
}

/** An element as bytes, explicit VR little endian unless `implicit`. */
export function rawElement(tag: string, vr: string, value: Uint8Array | string, implicit = false): Buffer {
  let bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  if (bytes.length & 1) bytes = Buffer.concat([bytes, Buffer.from(/^(UI|O.|UN)$/.test(vr) ? '\0' : ' ')]);
  const long = !implicit && /^(O.|SQ|SV|UC|UN|UR|UT|UV)$/.test(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
  if (implicit) head.writeUInt32LE(bytes.length, 4);
  else {
    head.write(vr, 4, 'latin1');
    if (long) head.writeUInt32LE(bytes.length, 8);
    else head.writeUInt16LE(bytes.length, 6);
  }
  return Buffer.concat([head, bytes]);
}

/** An item of defined length, or of undefined length with its delimiter. */
export function rawItem(body: Uint8Array, open = false): Buffer {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(open ? 0xffffffff : body.length, 4);
  return open
    ? Buffer.concat([head, body, Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0])])
    : Buffer.concat([head, body]);
}

/** A sequence of undefined length with its delimiter. */
export function openSequence(
  tag: string,
  vr: string,
  items: readonly Uint8Array[],
  implicit = false,
): Buffer {
  const head = rawElement(tag, vr, '', implicit);
  head.writeUInt32LE(0xffffffff, head.length - 4);
  return Buffer.concat([head, ...items, Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])]);
}

/** The tag of a row that stands for many. */
const oneTag = (key: string): string =>
  key === 'private' ? '00111001' : key.replace('50xxxxxx', '50003000').replace('60xx', '6000');

/**
 * One element a row of the table, each with a mark of its VR. Rows that PS3.6 gives no VR get LO.
 * @param salt another number gives other marks
 */
export function markedElements(
  rows: readonly ProfileRow[],
  salt: number,
  implicit = false,
): { tag: string; bytes: Buffer; mark: Mark }[] {
  return rows.map((row, n) => {
    const { vr, value, text } = marked(row.vr.split('/')[0] || 'LO', salt * 1000 + n, implicit);
    const tag = oneTag(row.key);
    return { tag, bytes: rawElement(tag, vr, value, implicit), mark: { row, text } };
  });
}

function marked(
  vr: string,
  n: number,
  implicit: boolean,
): { vr: string; value: Uint8Array | string; text: string } {
  const id = String(n).padStart(6, '0');
  const as = (text: string): { vr: string; value: string; text: string } => ({ vr, value: text, text });
  switch (vr) {
    case 'DA':
      return as(day(n));
    case 'DT':
      return { ...as(`${day(n)}123456.${id}`), text: day(n) };
    case 'TM':
      return as(`121314.${id}`);
    case 'UI':
      return as(`1.2.3.77${id}`);
    case 'DS':
      return as(`7.07${id}`);
    case 'IS':
      return as(`7${id}`);
    case 'AS':
      return as(`${String(n % 1000).padStart(3, '0')}Q`);
    case 'US':
      return { vr, value: Uint8Array.of(0xf5, n & 255), text: String.fromCharCode(0xf5, n & 255) };
    case 'SQ':
      return {
        vr,
        value: rawItem(
          Buffer.concat([
            rawElement('00080104', 'LO', `MARK${id}`, implicit),
            rawElement('00204000', 'LT', `MARK${id}`, implicit),
          ]),
        ),
        text: `MARK${id}`,
      };
    default:
      return as(`MARK${id}`);
  }
}

/** A day of its own: far from any real one, and no shift of up to ten years leads from one to another. */
function day(n: number): string {
  const year = 1200 + Math.floor((n % 1000) / 12) * 13 + (Math.floor(n / 1000) % 13);
  return `${year}${String((n % 12) + 1).padStart(2, '0')}${String(11 + (n % 17)).padStart(2, '0')}`;
}

/** Part 10 bytes of elements (sorted here) and pixel data with whatever follows. */
export function partTen(
  elements: readonly { tag: string; bytes: Uint8Array }[],
  tail: Uint8Array,
  syntax = '1.2.840.10008.1.2.1',
  meta: readonly Uint8Array[] = [],
): Buffer {
  const group = Buffer.concat([
    rawElement('00020001', 'OB', Uint8Array.of(0, 1)),
    rawElement('00020010', 'UI', syntax),
    ...meta,
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(group.length);
  const sorted = [...elements].sort((a, b) => (a.tag < b.tag ? -1 : 1)).map((e) => e.bytes);
  return Buffer.concat([
    Buffer.from('MZ MARKPREAMBLE'.padEnd(128)),
    Buffer.from('DICM'),
    rawElement('00020000', 'UL', length),
    group,
    ...sorted,
    tail,
  ]);
}
