import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvRecords, parseCsv, readCsv } from './csv-table';

const cells = (text: string): string[][] => parseCsv(text, 'x.csv').map((row) => [...row.cells]);

describe('parseCsv', () => {
  it('reads quotes, both line ends, empty lines and a byte-order mark', () => {
    expect(cells('\ufeffa,b\r\n"1, ""x""", 2 \n\n,\n"two\nlines",3')).toEqual([
      ['a', 'b'],
      ['1, "x"', '2'],
      ['', ''],
      ['two\nlines', '3'],
    ]);
    expect(cells('')).toEqual([]);
    expect(cells('a,')).toEqual([['a', '']]);
  });

  it('counts lines as an editor does', () => {
    expect(parseCsv('a\n\n"b\nc"\nd', 'x.csv').map((row) => row.line)).toEqual([1, 3, 5]);
  });

  it('says where a quote was opened that never closes', () => {
    expect(() => parseCsv('a\n"b\nc\n', 'x.csv')).toThrow('Line 2: a quote is never closed.');
  });

  it('reads back what csv-stringify writes', () => {
    const anyCell = fc
      .string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', ' ', 'é') })
      .map((s) => s.trim());
    const anyRows = fc.array(fc.tuple(anyCell, anyCell, fc.constant('x')), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyRows, (rows) => {
        expect(cells(stringify(rows))).toEqual(rows);
      }),
    );
  });
});

describe('csvRecords', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-csv-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (text: string): string => {
    const file = join(folder, 'x.csv');
    writeFileSync(file, text);
    return file;
  };
  const detail = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      const { code, message, details } = error as {
        code: string;
        message: string;
        details: { field: string };
      };
      return [code, message, details.field];
    }
    return null;
  };

  it('finds columns by name, in any order', () => {
    const [row] = csvRecords(write('z,id,x\n9,one,-1.5e1\n'), ['id', 'x']);
    expect([row!.text('id'), row!.number('x')]).toEqual(['one', -15]);
  });

  it('names file, line and column of what is wrong', () => {
    expect(detail(() => csvRecords(write(''), ['id']))).toEqual([
      'file.malformed',
      'Line 1: there is no header; expected id.',
      'line 1',
    ]);
    expect(detail(() => csvRecords(write('id\n1'), ['id', 'x']))).toEqual([
      'file.malformed',
      'Line 1, x: the header lacks this column; expected id,x.',
      'line 1, x',
    ]);
    const [good, bad, short] = csvRecords(write('id,x\na,1\nb,two\nc'), ['id', 'x']);
    expect(good!.number('x')).toBe(1);
    expect(detail(() => bad!.number('x'))).toEqual([
      'file.malformed',
      'Line 3, x: "two" is not a number.',
      'line 3, x',
    ]);
    expect(detail(() => short!.number('x'))).toEqual([
      'file.malformed',
      'Line 4, x: there is no value.',
      'line 4, x',
    ]);
    expect(detail(() => readCsv(join(folder, 'none.csv')))).toEqual([
      'file.unreadable',
      expect.any(String),
      undefined,
    ]);
  });
});
