import { describe, expect, it } from 'vitest';
import { decodeText } from './character-set';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** The examples of PS3.5 annexes H, I and J, as their bytes. */
describe('character sets', () => {
  it.each([
    ['one alone', ['ISO_IR 100'], 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    ['UTF-8', ['ISO_IR 192'], 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', 'Wang^XiaoDong=王^小東'],
    ['GB18030', ['GB18030'], 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', 'Wang^XiaoDong=王^小东'],
    [
      'Japanese, H.3.1',
      ['', 'ISO 2022 IR 87'],
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'Japanese with half-width katakana, H.3.2',
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      'Korean, I.2',
      ['', 'ISO 2022 IR 149'],
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [
      'Greek called into a Latin name',
      ['ISO 2022 IR 100', 'ISO 2022 IR 126'],
      'J\xe9r\xf4me\\\x1b-F\xc4\xe9\xef\xed',
      'Jérôme\\Διον',
    ],
    [
      'Chinese, K.3',
      ['', 'ISO 2022 IR 58'],
      'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab',
      'Zhang^XiaoDong=张^小东',
    ],
    ['two named, none called', ['', 'ISO_IR 144'], '\xbb\xee\xda', 'Люк'],
  ])('%s', (_name, sets, text, want) => {
    expect(decodeText(bytes(text), sets, true)).toBe(want);
  });

  it('go back to the first after a caret in names alone', () => {
    const text = bytes('\x1b-F\xc4^\xc4');
    expect(decodeText(text, ['', 'ISO 2022 IR 126'], true)).toBe('Δ^Ä');
    expect(decodeText(text, ['', 'ISO 2022 IR 126'], false)).toBe('Δ^Δ');
  });

  // What Dataset reads without asking for the set.
  it.each(
    ['', 100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 13, 87, 159, 166, 192, 'GB18030', 'GBK'].flatMap(
      (set) => (typeof set === 'string' ? [set] : [`ISO_IR ${set}`, `ISO 2022 IR ${set}`]),
    ),
  )('printable ASCII is itself in %s', (set) => {
    const ascii = String.fromCharCode(...Array.from({ length: 0x5f }, (_, n) => 0x20 + n));
    for (const sets of [[set], ['', set]]) expect(decodeText(bytes(ascii), sets, true)).toBe(ascii);
  });
});
