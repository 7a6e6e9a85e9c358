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
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb2312',
  'ISO_IR 166': 'windows-874',
  'ISO 2022 IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Text in the data set's character set; with code extensions, the last set named decides. */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[]): string {
  const last = characterSets[characterSets.length - 1]?.trim() ?? '';
  const label = labels[last] ?? 'latin1';
  if (label === 'latin1') return Buffer.from(bytes).toString('latin1');
  const decoded = new TextDecoder(label).decode(bytes);
  // Escape sequences of ISO 2022 that the decoder of an 8-bit set leaves in place.
  return label === 'iso-2022-jp' ? decoded : decoded.replace(/\x1b\$?[()-][A-Z0-9]/g, ''); // eslint-disable-line no-control-regex
}
