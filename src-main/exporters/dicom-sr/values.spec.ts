import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uidFromName, uidOr } from './uid';
import {
  codeString,
  decimalString,
  isUid,
  longString,
  personName,
  sourceText,
  timeValue,
  unlimitedText,
} from './values';

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const controls = /[\u0000-\u001f]/;

describe('DICOM values', () => {
  it('writes any finite number as a decimal string of 16 characters, as exactly as fits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = decimalString(number);
        expect(text.length).toBeLessThanOrEqual(16);
        expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/);
        expect(Math.abs(Number(text) - number)).toBeLessThanOrEqual(Math.abs(number) * 1e-8);
      }),
    );
    expect([0.1 + 0.2, -1234.123456789012, 40, -0].map(decimalString)).toEqual([
      '0.3',
      '-1234.123456789',
      '40',
      '0',
    ]);
    expect(() => decimalString(NaN)).toThrow(RangeError);
  });

  it('keeps text within its VR', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const form of [longString, personName]) {
          expect(Array.from(form(text)).length).toBeLessThanOrEqual(64);
          expect(form(text)).not.toMatch(/\\/);
          expect(form(text)).not.toMatch(controls);
        }
        expect(personName(text)).not.toContain('=');
        expect(codeString(text)).toMatch(/^[A-Z0-9 _]{0,16}$/);
        expect(unlimitedText(text).replace(/\r\n/g, '')).not.toMatch(controls);
      }),
    );
    expect(sourceText('Yamada^Tarou=山田^太郎')).toBe('Yamada^Tarou=山田^太郎');
    expect(['101530.25', '10', '1060', 'noon'].map(timeValue)).toEqual(['101530.25', '10', '', '']);
  });

  it('derives UIDs that are valid, stable and different', () => {
    const uids = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const uid = uidFromName(i % 2 ? 'a' : 'b', String(i >> 1));
      expect(isUid(uid)).toBe(true);
      uids.add(uid);
    }
    expect(uids.size).toBe(2000);
    expect(uidFromName('series', 'x')).toBe(uidFromName('series', 'x'));
    expect(uidOr('1.2.3', 'series', 'x')).toBe('1.2.3');
    for (const bad of ['', '1.02.3', 'abc', `1.${'2'.repeat(64)}`])
      expect(uidOr(bad, 'series', 'x')).toMatch(/^2\.25\./);
  });
});
