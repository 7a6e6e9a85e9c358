/** Specific Character Set (0008,0005) defined terms -> WHATWG labels (PS3.3 C.12.1.1.2). */
const labels: Readonly<Record<string, string>> = {
  '': 'latin1',
  'ISO_IR 6': 'latin1',
  'ISO 2022 IR 6': 'latin1',
  'ISO_IR 100': 'latin1',
  'ISO 2022 IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO 2022 IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO 2022 IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO 2022 IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO 2022 IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO 2022 IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO 2022 IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO 2022 IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO 2022 IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO 2022 IR 13': 'shift_jis',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 159': 'iso-2022-jp',
  'ISO_IR 87': 'iso-2022-jp',
  'ISO_IR 159': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb2312',
  'ISO_IR 166': 'windows-874',
  'ISO 2022 IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** A set that an escape sequence calls to G0 (bytes below 80) or G1 (PS3.3 C.12.1.1.2, tables C.12-3 and C.12-4). */
interface Designated {
  readonly g: 0 | 1;
  readonly label: string;
  /** What is done to each byte before the label's decoder reads it. */
  readonly form?: 'high' | 'supplementary' | undefined;
}

const escapes: Readonly<Record<string, Designated>> = {
  '(B': { g: 0, label: 'latin1' },
  '(J': { g: 0, label: 'shift_jis' },
  ')I': { g: 1, label: 'shift_jis' },
  '-A': { g: 1, label: 'latin1' },
  '-B': { g: 1, label: 'iso-8859-2' },
  '-C': { g: 1, label: 'iso-8859-3' },
  '-D': { g: 1, label: 'iso-8859-4' },
  '-L': { g: 1, label: 'iso-8859-5' },
  '-G': { g: 1, label: 'iso-8859-6' },
  '-F': { g: 1, label: 'iso-8859-7' },
  '-H': { g: 1, label: 'iso-8859-8' },
  '-M': { g: 1, label: 'windows-1254' },
  '-b': { g: 1, label: 'iso-8859-15' },
  '-T': { g: 1, label: 'windows-874' },
  // Two bytes a character of seven bits each: EUC is the same with the eighth bit set.
  $B: { g: 0, label: 'euc-jp', form: 'high' },
  '$@': { g: 0, label: 'euc-jp', form: 'high' },
  '$(D': { g: 0, label: 'euc-jp', form: 'supplementary' },
  '$)C': { g: 1, label: 'euc-kr' },
  '$)A': { g: 1, label: 'gbk' },
};
const escapeByte = 0x1b;
const delimiters = new Set(['\t', '\n', '\f', '\r', '\\'].map((c) => c.charCodeAt(0)));
const nameDelimiters = new Set([...delimiters, '^'.charCodeAt(0), '='.charCodeAt(0)]);

/**
 * Text in the data set's character sets: the first is in force at the start and after each delimiter, the others are
 * called by escape sequences (ISO 2022).
 *
 * @param isName carets and equal signs are delimiters too (PN)
 */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[], isName = false): string {
  const first = labels[characterSets[0]?.trim() ?? ''] ?? 'latin1';
  if (!bytes.includes(escapeByte)) {
    // Writers that name two sets and use no escape mean the second.
    const only =
      characterSets.length > 1 && first === 'latin1' ? characterSets[1]! : (characterSets[0] ?? '');
    return decoded(bytes, labels[only.trim()] ?? 'latin1');
  }
  const start: readonly [Designated, Designated] = [
    { g: 0, label: first === 'shift_jis' ? 'shift_jis' : 'latin1' },
    { g: 1, label: first === 'iso-2022-jp' ? 'shift_jis' : first },
  ];
  let active = [...start];
  const ends = isName ? nameDelimiters : delimiters;
  let text = '';
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] === escapeByte) {
      const length = bytes[at + 1] === 0x24 && (bytes[at + 2] === 0x28 || bytes[at + 2] === 0x29) ? 3 : 2;
      const called = escapes[Buffer.from(bytes.subarray(at + 1, at + 1 + length)).toString('latin1')];
      if (called) active[called.g] = called;
      // An unknown sequence is dropped with its final byte.
      at += 1 + length;
      continue;
    }
    const g = bytes[at]! < 0x80 ? 0 : 1;
    const set = active[g]!;
    if (set.form === undefined && ends.has(bytes[at]!)) {
      active = [...start];
      text += String.fromCharCode(bytes[at++]!);
      continue;
    }
    let end = at + 1;
    while (
      end < bytes.length &&
      bytes[end] !== escapeByte &&
      bytes[end]! < 0x80 === (g === 0) &&
      (set.form !== undefined || !ends.has(bytes[end]!))
    ) {
      end++;
    }
    text += decoded(formed(bytes.subarray(at, end), set.form), set.label);
    at = end;
  }
  return text;
}

function formed(bytes: Uint8Array, form: Designated['form']): Uint8Array {
  if (form === undefined) return bytes;
  const high = Array.from(bytes, (b) => b | 0x80);
  // EUC-JP calls JIS X 0212 by a byte 8F before each character.
  return Uint8Array.from(form === 'high' ? high : high.flatMap((b, n) => (n % 2 === 0 ? [0x8f, b] : [b])));
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();
function decoded(bytes: Uint8Array, label: string): string {
  // Not WHATWG's latin1, which is windows-1252.
  if (label === 'latin1') return Buffer.from(bytes).toString('latin1');
  let decoder = decoders.get(label);
  if (!decoder) decoders.set(label, (decoder = new TextDecoder(label)));
  return decoder.decode(bytes);
}
