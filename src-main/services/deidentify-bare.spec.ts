import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom, polypPhoto } from '../../test-support/phantoms';
import { metaImageBytes, niftiBytes, nrrdBytes, voxelBytes } from '../../test-support/write-grid';
import { exifTiff, jpegBytes } from '../../test-support/write-raster';
import { tiffBytes } from '../../test-support/write-tiff';
import { makeZip } from '../../test-support/write-torch';
import { chunk, riff, webpBytes } from '../../test-support/write-webp';
import { madeDicom } from '../../test-support/made-dicom';
import type { ScannedSeries } from '../core/study/entities';
import { loadImage, loadVolume, scanPaths } from '../imaging';
import { deidentifyFiles } from './deidentify';

/** P1 beyond DICOM: a mark in each place of each format where text can stand; none may be left, pixels stay. */
let folder: string;
let source: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-bare-'));
  [source, out] = [join(folder, 'MARKsource'), join(folder, 'out')];
  mkdirSync(source);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (paths = [source]) =>
  deidentifyFiles({
    paths,
    outFolder: out,
    options: [],
    keepBurnedIn: false,
    secret: 'ab'.repeat(32),
    software: 'Regio test',
  });
const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(source, name), bytes);
const written = (): string[] =>
  readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => relative(out, join(e.parentPath, e.name)).replace(/\\/g, '/'))
    .sort();
/** Names and bytes of what was written, expanded where it is packed. */
const everything = (): string =>
  written()
    .map((f) => {
      const bytes = readFileSync(join(out, f));
      const open = f.endsWith('.gz') ? gunzipSync(bytes) : Buffer.alloc(0);
      return `${f}\n${bytes.toString('latin1')}\n${open.toString('latin1')}`;
    })
    .join('\n');
const noMark = (): void => expect(/.{0,30}MARK.{0,20}/s.exec(everything())?.[0] ?? '').toBe('');

const head = ctPhantom({
  dims: [9, 8, 7],
  spacing: [0.7, 1.1, 2.5],
  origin: [-12.5, 33.25, 7],
  direction: [
    [0, 1, 0],
    [0, 0, -1],
    [-1, 0, 0],
  ],
  nodules: [],
});
const mark = (h: Buffer, at: number, length: number): void =>
  void h.write('MARK'.repeat(20), at, length, 'latin1');
const image = async (s: ScannedSeries, n = 0) => {
  const { width, height, channels, data } = await loadImage(s, n);
  return { width, height, channels, data: [...data] };
};

describe('volumes', () => {
  const nifti = (version: 1 | 2, edit?: (h: Buffer) => void): Buffer =>
    niftiBytes(head, {
      version,
      edit: (h) => {
        const fields =
          version === 1
            ? [
                [4, 10],
                [14, 18],
                [148, 80],
                [228, 24],
                [328, 16],
                // Unused axes, intent parameters, old glmax and glmin.
                [48, 8],
                [56, 12],
                [92, 16],
                [140, 8],
              ]
            : [
                [240, 80],
                [320, 24],
                [508, 16],
                [525, 15],
                [48, 32],
                [80, 24],
                [136, 32],
              ];
        for (const [at, length] of fields) mark(h, at!, length!);
        edit?.(h);
      },
    });
  /** Voxels after an extension. */
  const extended = (): Buffer => {
    const bytes = nifti(1, (h) => {
      h.writeFloatLE(352 + 48, 108);
      h[348] = 1;
    });
    const extension = Buffer.alloc(48);
    extension.writeInt32LE(48);
    extension.writeInt32LE(6, 4);
    mark(extension, 8, 40);
    return Buffer.concat([bytes.subarray(0, 352), extension, bytes.subarray(352), Buffer.from('MARKTAIL')]);
  };
  const pair = (): Buffer =>
    nifti(1, (h) => {
      h.write('ni1\0', 344, 'latin1');
      h.writeFloatLE(0, 108);
    }).subarray(0, 348);
  const nrrd = (detached = false): Buffer => {
    const all = nrrdBytes(head, {
      gzip: detached,
      edit: (lines) => [
        ...lines,
        'content: MARKCONTENT',
        '# MARKCOMMENT',
        'MARKKEY:=MARKVALUE',
        'labels: "MARKA" "MARKB" "MARKC"',
        'sample units: MARKUNITS',
        ...(detached ? ['data file: MARKdata.raw.gz'] : []),
      ],
    });
    return detached
      ? all.subarray(0, all.indexOf('\n\n') + 2)
      : Buffer.concat([all, Buffer.from('MARKTAIL')]);
  };
  const meta = (dataFile?: string): Buffer =>
    metaImageBytes(head, {
      compressed: true,
      ...(dataFile && { dataFile }),
      edit: (lines) => [
        'ObjectType = Image',
        'Comment = MARKCOMMENT',
        'PatientName = MARKNAME',
        ...lines.slice(1),
      ],
    });

  it('keep place and values, and nothing that anybody wrote', async () => {
    put('MARK1.nii', nifti(1));
    put('MARK2.nii.gz', gzipSync(nifti(2)));
    put('MARK3.nii', extended());
    put('MARK4.hdr', pair());
    put('MARK4.img', voxelBytes(head, false));
    put('MARK5.nrrd', nrrd());
    put('MARK6.nhdr', nrrd(true));
    put('MARKdata.raw.gz', gzipSync(voxelBytes(head, false)));
    put('MARK7.mha', meta());
    put('MARK8.mhd', meta('MARKdata.zraw'));
    put('MARKdata.zraw', voxelBytes(head, true));
    const before = await scanPaths([source]);
    expect(before.skipped).toEqual([]);
    expect(before.series).toHaveLength(8);
    const report = await run();
    expect(report.skipped).toEqual([]);
    expect(report.files.map((f) => f.format)).toEqual([
      ...['nifti', 'nifti', 'nifti', 'nifti', 'nrrd', 'nrrd', 'metaimage', 'metaimage'],
    ]);
    noMark();
    const reference = await loadVolume(before.series[0]!);
    for (const { output } of report.files) {
      const { series, skipped } = await scanPaths([join(out, output)]);
      expect(skipped).toEqual([]);
      const { data, ...geometry } = await loadVolume(series[0]!);
      expect(geometry.dims).toEqual(reference.dims);
      geometry.origin.forEach((v, n) => expect(v).toBeCloseTo(reference.origin[n]!, 4));
      geometry.spacing.forEach((v, n) => expect(v).toBeCloseTo(reference.spacing[n]!, 4));
      expect(Buffer.from(data.buffer).equals(Buffer.from(reference.data.buffer))).toBe(true);
    }
    expect(report.files[0]!.burnedIn).toContain('face');
  });

  it('keep all volumes of a file of several, in either order, and big endian', async () => {
    const three = [0, 1, 2].map((n) => ({ ...head, data: head.data.map((v) => v + n) as Int16Array }));
    const all = Buffer.concat(three.map((v) => voxelBytes(v, false)));
    const four = (lines: string[], last: boolean): string[] =>
      lines.map((l) =>
        l
          .replace('dimension: 3', 'dimension: 4')
          .replace(/^sizes: (.*)/, last ? 'sizes: $1 3' : 'sizes: 3 $1')
          .replace(
            /^space directions: (.*)/,
            last ? 'space directions: $1 none' : 'space directions: none $1',
          )
          .replace('endian: little', last ? 'endian: big' : 'endian: little'),
      );
    const mixed = Buffer.alloc(all.length);
    const count = head.data.length;
    for (let n = 0; n < count; n++)
      for (let t = 0; t < 3; t++) mixed.writeInt16LE(three[t]!.data[n]!, 2 * (3 * n + t));
    for (const last of [true, false]) {
      const bytes = nrrdBytes(head, { gzip: false, edit: (lines) => four(lines, last) });
      const voxels = last ? Buffer.from(all).swap16() : mixed;
      put(`${last}.nrrd`, Buffer.concat([bytes.subarray(0, bytes.indexOf('\n\n') + 2), voxels]));
    }
    put(
      'x.nii',
      Buffer.concat([
        niftiBytes(head, { edit: (h) => (h.writeInt16LE(4, 40), h.writeInt16LE(3, 48)) }).subarray(0, 352),
        all,
      ]),
    );
    await run();
    for (const volume of [0, 2]) {
      const { series, skipped } = await scanPaths([join(out, 'volumes')], { volume });
      expect([series.length, skipped]).toEqual([3, []]);
      const wanted = await loadVolume((await scanPaths([join(source, 'x.nii')], { volume })).series[0]!);
      for (const s of series) {
        const read = await loadVolume(s);
        expect(Buffer.from(read.data.buffer).equals(Buffer.from(wanted.data.buffer))).toBe(true);
      }
    }
  });

  it('with fewer voxels than promised are named, and leave nothing behind', async () => {
    put('a.nii', nifti(1).subarray(0, 500));
    put('b.nrrd', nrrdBytes(head, { gzip: false }).subarray(0, 600));
    const report = await run();
    expect(report.files).toEqual([]);
    expect(report.skipped.map((s) => s.field)).toEqual(['dim', 'sizes']);
    expect(written().filter((f) => !f.startsWith('deidentification-report'))).toEqual([]);
  });
});

describe('pictures', () => {
  it('of TIFF and WebP are written as PNG, upright, page by page, without text', async () => {
    const grey = (offset: number) => ({
      width: 12,
      height: 9,
      samples: 1,
      bits: 16 as const,
      data: Array.from({ length: 108 }, (_, n) => (n * 601 + offset) % 65536),
    });
    // Description, make, software, date, artist, XMP, IPTC, ICC, EXIF ... as bytes of LONG values.
    const words = [...'MARKMARKMARKMARK'].reduce<number[]>((list, c, n) => {
      list[n >> 2] = ((list[n >> 2] ?? 0) | (c.charCodeAt(0) << (8 * (n & 3)))) >>> 0;
      return list;
    }, []);
    const tags = Object.fromEntries(
      [270, 271, 272, 305, 306, 315, 316, 700, 33723, 34377, 34675, 65000].map((tag) => [tag, words]),
    );
    const tiff = tiffBytes([grey(0), grey(7)], { tags: { ...tags, 274: [6] } });
    expect(tiff.includes('MARKMARK')).toBe(true);
    put('MARK.tif', Buffer.concat([tiff, Buffer.from('MARKTAIL')]));
    const photo = polypPhoto(16, 12);
    const webp = webpBytes(photo, exifTiff(3));
    put(
      'MARK.webp',
      riff([webp.subarray(12), chunk('XMP ', Buffer.from('MARKXMP')), chunk('MARK', mark20())]),
    );
    const before = (await scanPaths([source])).series;
    const report = await run();
    expect(report.skipped).toEqual([]);
    expect(report.files.map((f) => f.format)).toEqual(['png', 'png', 'png']);
    noMark();
    const after = (await scanPaths(report.files.map((f) => join(out, f.output)))).series;
    const [tif, web] = [before.find((s) => s.format === 'tiff')!, before.find((s) => s.format === 'webp')!];
    const wanted = [await image(tif, 0), await image(tif, 1), await image(web)];
    const got = [];
    for (const f of report.files)
      got.push(await image(after.find((s) => s.files[0] === join(out, f.output))!));
    expect(got).toEqual(wanted);
    expect([wanted[0]!.width, wanted[0]!.height]).toEqual([9, 12]);
  });
});

const mark20 = (): Buffer => Buffer.from('MARK'.repeat(5));

describe('a zip', () => {
  it('is gone through file by file, never unpacked, and what is refused in it is named', async () => {
    const dicom = await madeDicom({ modality: 'OT' });
    put(
      'MARK.zip',
      makeZip([
        { name: 'MARK/a.dcm', bytes: dicom, deflated: true },
        { name: 'MARK/p.jpg', bytes: jpegBytes(polypPhoto(16, 12)), deflated: true },
        { name: 'MARK/v.nii', bytes: niftiBytes(head), deflated: true },
        { name: 'MARK/notes.txt', bytes: Buffer.from('MARK') },
        { name: 'MARK/inner.zip', bytes: makeZip([{ name: 'a.dcm', bytes: dicom }]) },
        { name: '../MARKout.dcm', bytes: dicom },
      ]),
    );
    const report = await run();
    expect(report.files.map((f) => f.format).sort()).toEqual(['dicom', 'jpeg', 'nifti']);
    expect(report.skipped.map((s) => s.file.split('!/')[1]).sort()).toEqual([
      '../MARKout.dcm',
      'MARK/inner.zip',
      'MARK/notes.txt',
    ]);
    noMark();
    expect(readdirSync(folder).sort()).toEqual(['MARKsource', 'out']);
    expect((await scanPaths([out])).series).toHaveLength(3);
  });

  it('that is damaged is named, and the rest is written', async () => {
    put('a.zip', makeZip([{ name: 'a.dcm', bytes: await madeDicom() }]).subarray(0, 300));
    put('b.dcm', await madeDicom());
    const report = await run();
    expect([report.files.length, report.skipped.length]).toEqual([1, 1]);
    expect(report.skipped[0]!.file).toContain('a.zip');
  });
});
