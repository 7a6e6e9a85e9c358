import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPart10, type ReadDataset } from '../../test-support/read-part10';
import {
  markedElements,
  openSequence,
  partTen,
  rawElement,
  rawItem,
  type Mark,
} from '../../test-support/marked-dicom';
import { itWithTools, runTool } from '../../test-support/external-tools';
import { jpegBytes } from '../../test-support/write-raster';
import type { EngineInput } from '../contract/engine-protocol';
import { profileOptions, profileRows, type ProfileOption } from '../core/deidentification/profile';
import { scanPaths } from '../imaging';
import { deidentifyFiles } from './deidentify';

let folder: string;
let source: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-deid-'));
  source = join(folder, 'source');
  out = join(folder, 'out');
  mkdirSync(source);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secret = 'ab'.repeat(32);
const run = (input: Partial<EngineInput<'deidentify'>> = {}) =>
  deidentifyFiles({
    paths: [source],
    outFolder: out,
    options: [],
    keepBurnedIn: false,
    secret,
    software: 'Regio test',
    ...input,
  });

/** Files below a folder, relative. */
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => relative(root, join(e.parentPath, e.name)))
    .sort();

/** Everything written, names and bytes, as one Latin-1 text. */
const everything = (): string =>
  filesIn(out)
    .map((f) => `${f}\n${readFileSync(join(out, f), 'latin1')}`)
    .join('\n');

type Element = { tag: string; bytes: Buffer };
const text = (tag: string, vr: string, value: string): Element => ({
  tag,
  bytes: rawElement(tag, vr, value),
});
const number = (tag: string, value: number): Element => ({
  tag,
  bytes: rawElement(tag, 'US', Uint8Array.of(value & 255, value >> 8)),
});
const long = (tag: string, value: number): Buffer =>
  rawElement(tag, 'UL', Uint8Array.of(value & 255, value >> 8, 0, 0));

/** A CT of 4 x 4 pixels with the elements given in place of its own. */
function ct(elements: readonly Element[] = [], pixels: Uint8Array = new Uint8Array(32)): Buffer {
  const own = [
    text('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    text('00080018', 'UI', '1.2.3.4.1'),
    text('00080060', 'CS', 'CT'),
    text('00100010', 'PN', 'Doe^Jane'),
    text('00100020', 'LO', 'PAT-1'),
    text('0020000D', 'UI', '1.2.3.4'),
    text('0020000E', 'UI', '1.2.3.4.9'),
    text('00200032', 'DS', '0\\0\\0'),
    text('00200037', 'DS', '1\\0\\0\\0\\1\\0'),
    text('00280004', 'CS', 'MONOCHROME2'),
    text('00280030', 'DS', '1\\1'),
    ...[number('00280002', 1), number('00280010', 4), number('00280011', 4), number('00280100', 16)],
    ...[number('00280101', 16), number('00280102', 15), number('00280103', 0)],
  ].filter((e) => !elements.some((x) => x.tag === e.tag));
  return partTen([...own, ...elements], rawElement('7FE00010', 'OW', pixels));
}

const imageTags = /^(00080016|00080018|0020000D|0020000E)$/;

/** All rows but the ones that make the file what it is and that stand in group 0002. */
const markable = profileRows.filter((r) => r.key !== '00020003');

/** One file with a mark in every attribute of the table, at top level and in an item of a sequence that stays. */
function markedFile(): { bytes: Buffer; marks: Mark[] } {
  const top = markedElements(markable, 0);
  const nested = markedElements(
    markable.filter((r) => !imageTags.test(r.key)),
    1,
  );
  const body = Buffer.concat([...nested].sort((a, b) => (a.tag < b.tag ? -1 : 1)).map((e) => e.bytes));
  const creator = text('00110010', 'LO', 'MARKCREATOR');
  const inside = { tag: '00081115', bytes: openSequence('00081115', 'SQ', [rawItem(body, true)]) };
  const bytes = ct(
    [
      ...top,
      creator,
      inside,
      text('00131001', 'UN', 'MARKPRIVATE'),
      text('00081197', 'SH', 'MARKMISUSED'),
      text('00081FFE', 'SH', 'MARKUNKNOWN'),
    ],
    new Uint8Array(32),
  );
  const meta = [rawElement('00020003', 'UI', '1.2.3.77999998'), rawElement('00020016', 'AE', 'MARKAE')];
  return {
    bytes: Buffer.concat([
      bytes.subarray(0, 132),
      Buffer.concat(meta),
      bytes.subarray(132),
      rawElement('FFFCFFFC', 'OB', 'MARKPADDING'),
    ]),
    marks: [...top, ...nested].map((e) => e.mark),
  };
}

const left = (marks: readonly Mark[]): string[] => {
  const written = everything();
  return marks
    .filter((m) => written.includes(m.text))
    .map((m) => m.row.key)
    .sort();
};

describe('the confidentiality table', () => {
  it('has the 621 rows of edition 2024b and what came later, each tag once', () => {
    expect(profileRows.filter((r) => r.edition === '2024b')).toHaveLength(621);
    expect(profileRows).toHaveLength(656);
    expect(new Set(profileRows.map((r) => r.key)).size).toBe(656);
    for (const { basic, options } of profileRows) {
      expect(basic).toMatch(/^(X|Z|D|U|X\/Z|X\/D|Z\/D|X\/Z\/D|X\/Z\/U\*)$/);
      for (const option of options) expect(option).toMatch(/^[PUVIHFMTSG][KC]$/);
    }
  });
});

describe('P1: a mark in each attribute', () => {
  it('leaves none in what is written, at any depth, in names, preamble, file meta or behind the pixels', async () => {
    const { bytes, marks } = markedFile();
    mkdirSync(join(source, 'MARKFOLDER'));
    writeFileSync(join(source, 'MARKFOLDER', 'MARKNAME.dcm'), bytes);
    const report = await run();
    expect(report.skipped).toEqual([]);
    expect(report.files).toHaveLength(1);
    expect(marks.length).toBe(2 * (profileRows.length - 1) - 3);
    expect(left(marks)).toEqual([]);
    const found = /.{0,40}(MARK|77999998|Doe|Jane|PAT-1|1\.2\.3\.[4-7]).{0,20}/s.exec(everything());
    expect(found?.[0] ?? '').toBe('');
    process.stdout.write(`P1: ${left(marks).length} of ${marks.length} marks left\n`);
  });

  it.each(profileOptions)('keeps under %s only what the table lets it keep', async (option) => {
    const { bytes, marks } = markedFile();
    writeFileSync(join(source, 'a.dcm'), bytes);
    const report = await run({ options: [option] });
    expect(report.files).toHaveLength(1);
    const letter: Readonly<Record<ProfileOption, string>> = {
      'retain-safe-private': 'P',
      'retain-uids': 'U',
      'retain-device-identity': 'V',
      'retain-institution-identity': 'I',
      'retain-patient-characteristics': 'H',
      'retain-long-full-dates': 'F',
      'retain-long-modified-dates': 'M',
      'clean-descriptors': 'T',
      'clean-structured-content': 'S',
    };
    // Of dates that are shifted the time of day stays as it was.
    const mayStay = (m: Mark): boolean =>
      m.row.options.includes(`${letter[option]}K`) ||
      (option === 'retain-long-modified-dates' && m.row.vr === 'TM' && m.row.options.includes('MC')) ||
      (option === 'retain-patient-characteristics' && m.row.options.includes('HC') && m.row.vr === 'DS');
    expect(left(marks.filter((m) => !mayStay(m)))).toEqual([]);
  });

  it('leaves none in implicit VR, where sequences do not say so, nor in UN', async () => {
    const item = markedElements(markable, 2, true);
    const body = Buffer.concat(item.sort((a, b) => (a.tag < b.tag ? -1 : 1)).map((e) => e.bytes));
    writeFileSync(
      join(source, 'un.dcm'),
      ct([{ tag: '00081115', bytes: rawElement('00081115', 'UN', rawItem(body)) }]),
    );
    const implicit = (tag: string, value: string | Uint8Array): Element => ({
      tag,
      bytes: rawElement(tag, 'OW', value, true),
    });
    const elements = [
      implicit('00080016', '1.2.840.10008.5.1.4.1.1.2'),
      implicit('00080018', '1.2.3.4.2'),
      implicit('0020000D', '1.2.3.4'),
      implicit('0020000E', '1.2.3.4.9'),
      implicit('00081115', rawItem(body)),
      ...[implicit('00280002', Uint8Array.of(1, 0)), implicit('00280004', 'MONOCHROME2')],
      ...[implicit('00280010', Uint8Array.of(4, 0)), implicit('00280011', Uint8Array.of(4, 0))],
      ...[implicit('00280100', Uint8Array.of(16, 0)), implicit('00280101', Uint8Array.of(16, 0))],
      ...[implicit('00280102', Uint8Array.of(15, 0)), implicit('00280103', Uint8Array.of(0, 0))],
    ];
    const pixels = rawElement('7FE00010', 'OW', new Uint8Array(32), true);
    writeFileSync(join(source, 'implicit.dcm'), partTen(elements, pixels, '1.2.840.10008.1.2'));
    const report = await run();
    expect(report.files).toHaveLength(2);
    expect(left(item.map((e) => e.mark))).toEqual([]);
    expect((await scanPaths([out])).series.flatMap((s) => s.files)).toHaveLength(2);
  });

  it('leaves none in a photograph, and the picture as it was', async () => {
    const photo = { width: 8, height: 8, data: Uint8Array.from({ length: 192 }, (_, n) => (n * 7) & 255) };
    const jpeg = jpegBytes(photo, 6);
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 9]), Buffer.from('MARKCOM')]);
    writeFileSync(
      join(source, 'MARK1.jpg'),
      Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), Buffer.from('MARKTAIL')]),
    );
    writeFileSync(join(source, 'MARK2.png'), pngWithText(photo));
    const report = await run();
    expect(report.files.map((f) => f.format).sort()).toEqual(['jpeg', 'png']);
    expect(everything()).not.toContain('MARK');
    const before = (await scanPaths([source])).series.map((s) => s.pixels);
    const after = (await scanPaths([out])).series.map((s) => s.pixels);
    expect(after).toHaveLength(2);
    expect(after.map((p) => JSON.stringify(p)).sort()).toEqual(before.map((p) => JSON.stringify(p)).sort());
  });
});

function pngWithText(photo: { width: number; height: number; data: Uint8Array }): Buffer {
  return Buffer.from(encodePng({ ...photo, channels: 3, depth: 8, text: { Author: 'MARKTEXT' } }));
}

const first = (dict: ReadDataset, tag: string): unknown => dict[tag]?.Value[0];

describe('what is written', () => {
  it('is sound DICOM to our reader and to dcmjs, says that it was de-identified, and its pixels are the same', async () => {
    const pixels = Uint8Array.from({ length: 32 }, (_, n) => n * 3);
    writeFileSync(join(source, 'a.dcm'), ct([text('00080020', 'DA', '20200229')], pixels));
    const before = readFileSync(join(source, 'a.dcm'));
    const report = await run({ options: ['retain-long-modified-dates'] });
    const bytes = readFileSync(join(out, report.files[0]!.output));
    const { meta, dict } = readPart10(bytes);
    expect(bytes.subarray(0, 128).every((b) => b === 0)).toBe(true);
    expect(first(meta, '00020003')).toBe(first(dict, '00080018'));
    expect(first(dict, '00080018')).toMatch(/^2\.25\.\d{1,39}$/);
    expect(first(dict, '00120062')).toBe('YES');
    expect(first(dict, '00280303')).toBe('MODIFIED');
    expect(dict['00120064']!.Value.map((i) => (i as ReadDataset)['00080100']!.Value[0])).toEqual([
      '113100',
      '113107',
    ]);
    const date = String(first(dict, '00080020'));
    expect(date).toMatch(/^20(0|1|20)\d+$/);
    expect(date).not.toBe('20200229');
    expect(Buffer.from(first(dict, '7FE00010') as ArrayBuffer)).toEqual(Buffer.from(pixels));
    const { series, skipped } = await scanPaths([out]);
    expect(skipped.map((s) => s.file).filter((f) => f.endsWith('.dcm'))).toEqual([]);
    expect(series[0]).toMatchObject({ format: 'dicom', modality: 'CT' });
    // The source is only read.
    expect(readFileSync(join(source, 'a.dcm')).equals(before)).toBe(true);
  });

  it('keeps references between files, dates apart and patients apart; another run with the secret fits', async () => {
    const instance = (uid: string, id: string, date: string, refers: string): Buffer =>
      ct([
        text('00080018', 'UI', uid),
        text('00080022', 'DA', date),
        text('00100020', 'LO', id),
        text('0020000D', 'UI', `1.2.3.${id}`),
        {
          tag: '00081140',
          bytes: openSequence('00081140', 'SQ', [rawItem(rawElement('00081155', 'UI', refers))]),
        },
      ]);
    writeFileSync(join(source, 'a.dcm'), instance('1.2.3.1', '7', '20210103', '1.2.3.2'));
    writeFileSync(join(source, 'b.dcm'), instance('1.2.3.2', '7', '20210110', '1.2.3.1'));
    writeFileSync(join(source, 'c.dcm'), instance('1.2.3.3', '8', '20210110', '1.2.3.9'));
    const read = async (outFolder: string, key: string, paths = [source]): Promise<ReadDataset[]> => {
      const report = await run({ outFolder, secret: key, paths, options: ['retain-long-modified-dates'] });
      return report.files.map((f) => readPart10(readFileSync(join(outFolder, f.output))).dict);
    };
    const [a, b, c] = (await read(out, secret)) as [ReadDataset, ReadDataset, ReadDataset];
    const refers = (d: ReadDataset): unknown => first(d['00081140']!.Value[0] as ReadDataset, '00081155');
    const days = (d: ReadDataset): number => {
      const t = String(first(d, '00080022'));
      return Date.UTC(Number(t.slice(0, 4)), Number(t.slice(4, 6)) - 1, Number(t.slice(6))) / 86_400_000;
    };
    expect(refers(a)).toBe(first(b, '00080018'));
    expect(refers(b)).toBe(first(a, '00080018'));
    expect(days(b) - days(a)).toBe(7);
    expect(days(c)).not.toBe(days(b));
    expect(first(a, '00100020')).toBe(first(b, '00100020'));
    expect(first(a, '00100020')).not.toBe(first(c, '00100020'));
    expect(first(a, '0020000D')).toBe(first(b, '0020000D'));
    const [again] = await read(join(folder, 'again'), secret, [join(source, 'b.dcm')]);
    expect(again).toEqual(b);
    const [other] = await read(join(folder, 'other'), 'cd'.repeat(32), [join(source, 'b.dcm')]);
    expect(first(other!, '00080018')).not.toBe(first(b, '00080018'));
    expect(first(other!, '00100020')).not.toBe(first(b, '00100020'));
  });

  it('takes overlays out of unused pixel bits, and big endian to little', async () => {
    const overlay = [
      number('60000102', 15),
      number('60000100', 16),
      number('60000010', 4),
      number('60000011', 4),
    ];
    const stored = Uint16Array.from({ length: 16 }, (_, n) => 0x8000 | (n * 11));
    writeFileSync(
      join(source, 'a.dcm'),
      ct([...overlay, number('00280101', 12), number('00280102', 11)], new Uint8Array(stored.buffer)),
    );
    const report = await run();
    const { dict } = readPart10(readFileSync(join(out, report.files[0]!.output)));
    const pixels = new Uint16Array(first(dict, '7FE00010') as ArrayBuffer);
    expect([...pixels]).toEqual(Array.from({ length: 16 }, (_, n) => n * 11));
    expect(Object.keys(dict).filter((t) => t.startsWith('60'))).toEqual([]);
  });

  itWithTools('is sound to dcmftest and dcmdump', ['dcmftest', 'dcmdump'], async () => {
    writeFileSync(join(source, 'a.dcm'), markedFile().bytes);
    const report = await run();
    const bytes = readFileSync(join(out, report.files[0]!.output));
    expect(runTool('dcmftest', ['{}'], bytes).output).toMatch(/^yes:/);
    expect(
      runTool('dcmdump', ['{}'], bytes)
        .output.split('\n')
        .filter((l) => /^[EF]: /.test(l)),
    ).toEqual([]);
  });
});

/** An ultrasound of 8 x 6 RGB pixels, the mark in its top row, one region below. */
function ultrasound(elements: readonly Element[], compressed = false): Buffer {
  const data = new Uint8Array(8 * 6 * 3).fill(90);
  data.fill(200, 0, 24);
  const region = Buffer.concat([
    ...[long('00186018', 1), long('0018601A', 2), long('0018601C', 6), long('0018601E', 5)],
  ]);
  const own = [
    text('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.6.1'),
    text('00080018', 'UI', '1.2.3.4.1'),
    text('00080060', 'CS', 'US'),
    text('0020000D', 'UI', '1.2.3.4'),
    text('0020000E', 'UI', '1.2.3.4.9'),
    text('00280004', 'CS', 'RGB'),
    { tag: '00186011', bytes: openSequence('00186011', 'SQ', [rawItem(region)]) },
    ...[number('00280002', 3), number('00280006', 0), number('00280010', 6), number('00280011', 8)],
    ...[number('00280100', 8), number('00280101', 8), number('00280102', 7), number('00280103', 0)],
  ].filter((e) => !elements.some((x) => x.tag === e.tag));
  const all = [...own, ...elements].filter((e) => e.bytes.length > 0);
  if (!compressed) return partTen(all, rawElement('7FE00010', 'OB', data));
  const jpeg = jpegBytes({ width: 8, height: 6, data });
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 10]), Buffer.from('MARKJPEG')]);
  const frame = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
  const even = frame.length & 1 ? Buffer.concat([frame, Buffer.alloc(1)]) : frame;
  const encapsulated = openSequence('7FE00010', 'OB', [rawItem(new Uint8Array(0)), rawItem(even)]);
  return partTen(all, encapsulated, '1.2.840.10008.1.2.4.50');
}
const noRegions: Element = { tag: '00186011', bytes: Buffer.alloc(0) };

describe('text in the pixels', () => {
  it.each([false, true])('is blanked outside the ultrasound regions (compressed: %s)', async (compressed) => {
    writeFileSync(join(source, 'us.dcm'), ultrasound([], compressed));
    const report = await run();
    expect(report.files[0]).toMatchObject({ masked: true });
    const { meta, dict } = readPart10(readFileSync(join(out, report.files[0]!.output)));
    expect(first(meta, '00020010')).toBe('1.2.840.10008.1.2.1');
    const rgb = new Uint8Array(first(dict, '7FE00010') as ArrayBuffer);
    const at = (x: number, y: number): number => rgb[(y * 8 + x) * 3]!;
    for (let y = 0; y < 6; y++)
      for (let x = 0; x < 8; x++)
        if (x >= 1 && x <= 6 && y >= 2) expect(at(x, y)).toBeGreaterThan(50);
        else expect(at(x, y), `${x},${y}`).toBe(0);
    expect(everything()).not.toContain('MARK');
  });

  it('is flagged where nothing says where it is, and withheld where the file says that it is there', async () => {
    writeFileSync(join(source, 'a.dcm'), ultrasound([noRegions], true));
    writeFileSync(
      join(source, 'b.dcm'),
      ultrasound([noRegions, text('00280301', 'CS', 'YES'), text('00080018', 'UI', '1.2.3.4.2')]),
    );
    const report = await run();
    expect(report.files.map((f) => [f.masked, f.burnedIn !== ''])).toEqual([[false, true]]);
    expect(report.skipped).toMatchObject([{ field: '(0028,0301)' }]);
    // The frame stays compressed; the comment in it does not stay.
    expect(everything()).not.toContain('MARK');
    const kept = await run({ keepBurnedIn: true, outFolder: join(folder, 'kept') });
    expect(kept.files).toHaveLength(2);
  });
});

describe('a run', () => {
  it('names what it does not write and goes on; what is written beside the files names no source', async () => {
    writeFileSync(join(source, 'MARKnote.txt'), 'Jane Doe, born 1 May');
    writeFileSync(join(source, 'MARKempty.dcm'), '');
    writeFileSync(join(source, 'MARKbroken.dcm'), ct().subarray(0, 300));
    writeFileSync(join(source, 'a.dcm'), ct());
    writeFileSync(join(source, 'b.dcm'), ct());
    const report = await run();
    expect(report.files).toHaveLength(1);
    expect(report.skipped.map((s) => s.file.slice(source.length + 1)).sort()).toEqual([
      'MARKbroken.dcm',
      'MARKempty.dcm',
      'MARKnote.txt',
      'b.dcm',
    ]);
    expect(
      filesIn(out).map((f) => f.replace(/\\/g, '/').replace(/-[0-9A-Z]{10}|[0-9A-Z]{10}/g, '*')),
    ).toEqual(['ANON*/study*/series*/*.dcm', 'deidentification-report.json', 'deidentification-report.txt']);
    expect(everything()).not.toMatch(/MARK|Doe|source/);
    const published = JSON.parse(readFileSync(join(out, 'deidentification-report.json'), 'utf8')) as {
      actionSets: { tag: string; action: string }[][];
    };
    expect(published.actionSets[0]).toContainEqual(
      expect.objectContaining({ tag: '(0010,0010)', action: 'replaced' }),
    );
    expect(readFileSync(join(out, 'deidentification-report.txt'), 'utf8')).toContain(
      "(0010,0010) Patient's Name: replaced (profile)",
    );
  });

  it('refuses an output folder inside the sources or around them, before it writes', async () => {
    writeFileSync(join(source, 'a.dcm'), ct());
    await expect(run({ outFolder: join(source, 'out') })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(run({ outFolder: folder })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(
      run({ options: ['retain-long-full-dates', 'retain-long-modified-dates'] }),
    ).rejects.toMatchObject({ code: 'request.invalid' });
    expect(filesIn(source)).toEqual(['a.dcm']);
  });

  it('says in every report whether a later run gives the same pseudonyms', async () => {
    writeFileSync(join(source, 'a.dcm'), ct([], randomBytes(32)));
    for (const [secretKept, word, sentence] of [
      [true, 'kept', 'with a key that is kept'],
      [false, 'this-run', 'nobody keeps the key'],
    ] as const) {
      const outFolder = join(folder, word);
      expect((await run({ outFolder, secretKept })).pseudonyms).toBe(word);
      const beside = (name: string): string => readFileSync(join(outFolder, name), 'utf8');
      expect(JSON.parse(beside('deidentification-report.json'))).toMatchObject({ pseudonyms: word });
      expect(beside('deidentification-report.txt')).toContain(sentence);
    }
  });

  it('stops when told to and leaves nothing under a temporary name', async () => {
    for (let n = 0; n < 4; n++)
      writeFileSync(join(source, `${n}.dcm`), ct([text('00080018', 'UI', `1.2.3.5.${n}`)], randomBytes(32)));
    const controller = new AbortController();
    const input = {
      paths: [source],
      outFolder: out,
      options: [],
      keepBurnedIn: false,
      secret,
      software: 'x',
    };
    const opts = { signal: controller.signal, onProgress: (f: number) => f >= 0.5 && controller.abort() };
    await expect(deidentifyFiles(input, opts)).rejects.toMatchObject({ code: 'job.cancelled' });
    const left = filesIn(out);
    expect(left).toHaveLength(2);
    expect(left.filter((f) => f.includes('.tmp'))).toEqual([]);
    for (const f of left) expect(statSync(join(out, f)).size).toBeGreaterThan(300);
  });
});
