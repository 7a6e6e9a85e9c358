import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom, polypPhoto } from '../../../test-support/phantoms';
import { dicomdirBytes } from '../../../test-support/write-dicomdir';
import { writeDicomSeries } from '../../../test-support/write-dicom';
import { metaImageBytes, niftiBytes, nrrdBytes, voxelBytes } from '../../../test-support/write-grid';
import { jpegBytes } from '../../../test-support/write-raster';
import { makeZip, type MadeZipEntry } from '../../../test-support/write-torch';
import { loadVolume, scanPaths } from '../index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-zip-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const zipped = (entries: readonly MadeZipEntry[], name = 'x.zip'): string => {
  writeFileSync(at(name), makeZip(entries));
  return at(name);
};

const small = ctPhantom({ dims: [4, 5, 6] });
const good: MadeZipEntry = { name: 'good.nrrd', bytes: nrrdBytes(small) };
const bytesOf = (data: ArrayBufferView): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe('a zip', () => {
  it.each([true, false])(
    'of a DICOM series (deflated: %s) is one volume, the same as the folder',
    async (deflated) => {
      const v = ctPhantom({ dims: [20, 16, 9], spacing: [1, 1, 2] });
      const files = await writeDicomSeries(at('dicom'), v);
      const zip = zipped([
        { name: 'study/', bytes: Buffer.alloc(0) },
        ...files.map((f) => ({ name: `study/ct/${basename(f)}`, bytes: readFileSync(f), deflated })),
        { name: 'study/readme.txt', bytes: Buffer.from('no image'), deflated },
      ]);
      const fromZip = await scanPaths([zip]);
      const [a, b] = [fromZip.series, (await scanPaths([at('dicom')])).series];
      expect(a).toHaveLength(1);
      expect(a[0]).toMatchObject({ pixels: b[0]!.pixels, seriesInstanceUid: b[0]!.seriesInstanceUid });
      expect(a[0]!.files[0]).toBe(`${zip}!/study/ct/${basename(files[0]!)}`);
      expect((await loadVolume(a[0]!)).data).toEqual((await loadVolume(b[0]!)).data);
      expect(fromZip.skipped).toMatchObject([{ file: `${zip}!/study/readme.txt`, reason: /Not an image/ }]);
      // Both together: the same instances twice are one.
      const both = await scanPaths([zip, at('dicom')]);
      expect(both.series).toHaveLength(1);
      expect(both.skipped.filter((s) => /same image/.test(s.reason))).toHaveLength(9);
      // Nothing was unpacked beside it.
      expect(readdirSync(folder).sort()).toEqual(['dicom', 'x.zip']);
    },
  );

  it('holds every other format, pairs too, and names what it does not read', async () => {
    const pair = niftiBytes(small, {
      edit: (h) => {
        h.write('ni1\0', 344, 'latin1');
        h.writeFloatLE(0, 108);
      },
    });
    const zip = zipped([
      { name: 'a/pair.hdr', bytes: pair.subarray(0, 348), deflated: true },
      {
        name: 'a/pair.img',
        bytes: voxelBytes({ ...small, data: small.data.map((x) => x + 1) as Int16Array }, false),
      },
      { name: 'a/b.mhd', bytes: metaImageBytes(small, { dataFile: 'b.zraw' }) },
      { name: 'a/b.zraw', bytes: voxelBytes(small, true), deflated: true },
      { name: 'c.nii.gz', bytes: gzipSync(niftiBytes(small)), deflated: true },
      { ...good, deflated: true },
      { name: 'photo.jpg', bytes: jpegBytes(polypPhoto(16, 16)) },
      { name: 'inner.zip', bytes: makeZip([good]), deflated: true },
      { name: 'empty.dcm', bytes: Buffer.alloc(0) },
    ]);
    const { series, skipped } = await scanPaths([zip]);
    expect(series.map((s) => s.format)).toEqual(['nifti', 'metaimage', 'nifti', 'nrrd', 'jpeg']);
    expect(series[0]!.files).toEqual([`${zip}!/a/pair.hdr`, `${zip}!/a/pair.img`]);
    for (const s of series.slice(1, 4)) {
      expect(bytesOf((await loadVolume(s)).data).equals(bytesOf(small.data))).toBe(true);
    }
    expect(skipped).toEqual([
      { file: `${zip}!/inner.zip`, reason: 'An archive inside an archive: unpack it first.' },
      { file: `${zip}!/empty.dcm`, reason: 'The file is empty.' },
    ]);
    // A file in it can be asked for by its path; in a path of a real folder the mark means nothing.
    expect((await scanPaths([`${zip}!/good.nrrd`])).series[0]!.files).toEqual([`${zip}!/good.nrrd`]);
    mkdirSync(at('x.zip!'));
    writeFileSync(at('x.zip!/good.nrrd'), 'no image');
    expect((await scanPaths([`${zip}!/good.nrrd`])).series).toEqual([]);
  });

  it('changed since the import is refused', async () => {
    const { series } = await scanPaths([zipped([good])]);
    zipped([good, { name: 'more.txt', bytes: Buffer.from('more') }]);
    await expect(loadVolume(series[0]!)).rejects.toMatchObject({ code: 'series.missing-files' });
    rmSync(at('x.zip'));
    await expect(loadVolume(series[0]!)).rejects.toMatchObject({ code: 'series.missing-files' });
  });
});

describe('a hostile zip (F5)', () => {
  const names = [
    '../good.nrrd',
    'a/../../good.nrrd',
    '..\\good.nrrd',
    '/etc/good.nrrd',
    '\\\\server\\share\\good.nrrd',
    'C:\\good.nrrd',
    'c:good.nrrd',
    'good\0.nrrd',
    'good\n.nrrd',
  ];
  it.each(names)('with an entry %j names it, reads the rest, and writes nothing', async (name) => {
    const zip = zipped([
      { ...good, name, flags: 0x800 },
      { ...good, name: 'fine.nrrd' },
    ]);
    const { series, skipped } = await scanPaths([zip]);
    expect(series.map((s) => s.files)).toEqual([[`${zip}!/fine.nrrd`]]);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]!.reason).toMatch(/out of the archive|characters that no file name holds/);
    expect(readdirSync(folder)).toEqual(['x.zip']);
  });

  it('with links, devices, encrypted and strangely packed entries names each', async () => {
    const zip = zipped([
      { name: 'link.nrrd', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 },
      { name: 'device', bytes: Buffer.alloc(0), mode: 0o020666 },
      { ...good, name: 'secret.nrrd', flags: 1 },
      { ...good, name: 'lzma.nrrd', method: 14 },
      { ...good, mode: 0o100644 },
    ]);
    const { series, skipped } = await scanPaths([zip]);
    expect(series.map((s) => s.files)).toEqual([[`${zip}!/good.nrrd`]]);
    expect(skipped.map((s) => s.reason)).toEqual([
      'A link, which is not followed.',
      'Not a regular file.',
      'It is encrypted: unpack the archive with its password first.',
      'It is compressed by LZMA, which is not read: unpack the archive first.',
    ]);
  });

  it('with two entries of one name reads the first; names that differ in case are two files', async () => {
    const other = nrrdBytes(ctPhantom({ dims: [3, 3, 3] }));
    const zip = zipped([good, { name: 'good.nrrd', bytes: other }, { name: 'GOOD.nrrd', bytes: other }]);
    const { series, skipped } = await scanPaths([zip]);
    expect(series.map((s) => s.pixels.kind === 'volume' && s.pixels.geometry.dims)).toEqual([
      [4, 5, 6],
      [3, 3, 3],
    ]);
    expect(skipped).toMatchObject([{ reason: 'Another entry has the same name.' }]);
  });

  const cut = makeZip([good]);
  it.each([
    ['cut', () => cut.subarray(0, -30), /the archive is damaged/],
    [
      'cut in the middle of an entry',
      () => Buffer.concat([cut.subarray(0, 60), cut.subarray(100)]),
      /archive is damaged|reaches past the end|are promised/,
    ],
    [
      'of overlapping entries',
      () => makeZip([good, { ...good, name: 'b', sharedWith: 0 }]),
      /two entries share byte 0/,
    ],
    [
      'of 50,001 entries',
      () => makeZip(Array.from({ length: 50_001 }, (_, n) => ({ name: `${n}`, bytes: Buffer.alloc(0) }))),
      /50001 entries, more than 50000/,
    ],
    [
      'of few bytes that hold many',
      () => makeZip([{ name: 'a', bytes: Buffer.from('a'), deflated: true, claims: { size: 900_000_000 } }]),
      /claim to hold 900000000/,
    ],
    ['without entries', () => makeZip([]), /The archive is empty/],
  ] as const)('%s is refused', async (_what, bytes, reason) => {
    writeFileSync(at('x.zip'), bytes());
    const { series, skipped } = await scanPaths([folder]);
    expect(series).toEqual([]);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]!.reason).toMatch(reason);
  });

  it.each([
    ['a wrong checksum', { crc: 1 }, /its checksum is wrong/],
    ['more bytes than it says', { size: good.bytes.length - 1 }, /expands to more than/],
    ['fewer bytes than it says', { size: good.bytes.length + 1 }, /are promised/],
  ] as const)('refuses an entry of %s', async (_what, claims, reason) => {
    const { series, skipped } = await scanPaths([zipped([{ ...good, deflated: true, claims }])]);
    expect(series).toEqual([]);
    expect(skipped[0]!.reason).toMatch(reason);
  });
});

describe('a DICOMDIR', () => {
  const make = async (): Promise<string[]> => {
    const files = await writeDicomSeries(at('disc/DICOM/S1'), ctPhantom({ dims: [8, 8, 3] }));
    return files.map((f) => basename(f));
  };

  it('brings the files it names, and names those that are not there', async () => {
    const names = await make();
    writeFileSync(
      at('disc/DICOMDIR'),
      dicomdirBytes([...names.map((n) => ['DICOM', 'S1', n]), ['DICOM', 'S1', 'GONE']]),
    );
    const { series, skipped } = await scanPaths([at('disc/DICOMDIR')]);
    expect(series).toMatchObject([{ format: 'dicom', pixels: { kind: 'volume' } }]);
    expect(series[0]!.files).toHaveLength(3);
    expect(skipped).toEqual([
      {
        file: at('disc/DICOM/S1/GONE'),
        field: '(0004,1500)',
        reason: 'The DICOMDIR names it, but there is no such file.',
      },
    ]);
    // The folder holds the same files: each once.
    const whole = await scanPaths([at('disc')]);
    expect(whole.series).toHaveLength(1);
    expect(whole.skipped).toEqual(skipped);
  });

  it('finds files of another case, where only one is meant, in folders and zips', async () => {
    const names = await make();
    const listed = dicomdirBytes(names.map((n) => ['dicom', 's1', n.toLowerCase()]));
    writeFileSync(at('disc/DICOMDIR'), listed);
    expect((await scanPaths([at('disc/DICOMDIR')])).series[0]!.files).toHaveLength(3);
    const zip = zipped([
      { name: 'disc/DICOMDIR', bytes: listed },
      ...names.map((n) => ({ name: `disc/DICOM/S1/${n}`, bytes: readFileSync(at(`disc/DICOM/S1/${n}`)) })),
    ]);
    const { series, skipped } = await scanPaths([zip]);
    expect(series[0]!.files).toHaveLength(3);
    expect(skipped).toEqual([]);
    writeFileSync(at('disc/DICOM/S1/im0001.DCM'), readFileSync(at(`disc/DICOM/S1/${names[0]!}`)));
    const two = await scanPaths([at('disc/DICOMDIR')]);
    expect(two.skipped).toHaveLength(1);
  });

  it.each([
    [['..', 'outside.nrrd']],
    [['DICOM', '..', '..', 'outside.nrrd']],
    [['/etc', 'passwd']],
    [['C:', 'x']],
    [['DICOM/../../outside.nrrd']],
    [['', 'outside.nrrd']],
    [['.', 'outside.nrrd']],
  ])('that names %j reads nothing there', async (steps) => {
    mkdirSync(at('disc/DICOM'), { recursive: true });
    writeFileSync(at('outside.nrrd'), nrrdBytes(small));
    writeFileSync(at('disc/outside.nrrd'), nrrdBytes(small));
    writeFileSync(at('disc/DICOMDIR'), dicomdirBytes([steps]));
    const { series, skipped } = await scanPaths([at('disc/DICOMDIR')]);
    expect(series).toEqual([]);
    expect(skipped).toEqual([
      {
        file: at('disc/DICOMDIR'),
        field: '(0004,1500)',
        reason: 'The DICOMDIR names a file outside its folder.',
      },
    ]);
  });

  it('of a thousand missing files is told in a few lines', async () => {
    mkdirSync(at('disc'));
    writeFileSync(at('disc/DICOMDIR'), dicomdirBytes(Array.from({ length: 1000 }, (_, n) => ['A', `B${n}`])));
    const { skipped } = await scanPaths([at('disc/DICOMDIR')]);
    expect(skipped).toHaveLength(21);
    expect(skipped.map((s) => s.reason).join()).toContain('980 further files');
  });
});
