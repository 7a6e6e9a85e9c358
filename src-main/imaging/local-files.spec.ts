import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brainPhantom, ctPhantom, polypPhoto } from '../../test-support/phantoms';
import { niftiBytes, nrrdBytes, writeNifti, writeNrrd } from '../../test-support/write-grid';
import { jpegBytes, writeJpeg, writePng } from '../../test-support/write-raster';
import { ijkToLps, lpsToIjk } from '../core/geometry/affine';
import type { Vec3 } from '../core/geometry/vec3';
import type { Volume } from '../core/volume/volume';
import { loadImage, loadVolume, scanPaths } from './index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-imaging-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const cos = Math.cos(0.3);
const sin = Math.sin(0.3);
/** Rotated about two axes, so that no direction component is trivial. */
const oblique: Volume = ctPhantom({
  dims: [16, 12, 6],
  spacing: [0.3, 0.5, 0.7],
  origin: [-12.5, 33.25, 7],
  direction: [
    [cos, sin, 0],
    [-sin * cos, cos * cos, sin],
    [sin * sin, -cos * sin, cos],
  ],
});

/** Every voxel of `original` must lie at the same millimetres in `read`. */
function expectSamePlaces(read: Volume, original: Volume): void {
  const [ni, nj, nk] = original.dims;
  expect(read.data.length).toBe(original.data.length);
  for (let n = 0; n < original.data.length; n += 7) {
    const ijk: Vec3 = [n % ni, Math.floor(n / ni) % nj, Math.floor(n / ni / nj)];
    const back = lpsToIjk(read, ijkToLps(original, ijk));
    const [i, j, k] = back.map(Math.round) as [number, number, number];
    expect(Math.max(...back.map((v) => Math.abs(v - Math.round(v))))).toBeLessThan(0.01);
    expect(read.data[i + read.dims[0] * (j + read.dims[1] * k)]).toBe(original.data[n]);
  }
  expect(nk).toBeGreaterThan(1);
}

const only = async (file: string): Promise<Volume> => {
  const { series, skipped } = await scanPaths([file]);
  expect(skipped).toEqual([]);
  return loadVolume(series[0]!);
};

describe('NIfTI and NRRD', () => {
  it('keep an oblique volume in place, whatever the form', async () => {
    expectSamePlaces(await only(writeNifti(at('a.nii'), oblique)), oblique);
    expectSamePlaces(await only(writeNifti(at('b.nii.gz'), oblique, { version: 2 })), oblique);
    expectSamePlaces(await only(writeNrrd(at('c.nrrd'), oblique)), oblique);
    expectSamePlaces(
      await only(writeNrrd(at('d.nrrd'), oblique, { space: 'right-anterior-superior', gzip: false })),
      oblique,
    );
  });

  it('keep thick sagittal slices as the slices', async () => {
    const thick = ctPhantom({ dims: [5, 12, 10], spacing: [6, 1, 1], nodules: [] });
    const read = await only(writeNrrd(at('x.nrrd'), thick));
    expect(read.spacing).toEqual([1, 1, 6]);
    expect(read.direction).toEqual([
      [0, 1, 0],
      [0, 0, -1],
      [-1, 0, 0],
    ]);
    expectSamePlaces(read, thick);
  });

  it('are guessed CT or MR by value, body part by name, and say so; masks are passed over', async () => {
    writeNrrd(at('brain1_image.nrrd'), brainPhantom());
    writeNrrd(at('lung1_image.nrrd'), ctPhantom());
    const mask = ctPhantom();
    writeNrrd(at('lung1_label.nrrd'), { ...mask, data: Int16Array.from(mask.data, (v) => (v > 0 ? 1 : 0)) });
    const { series, skipped } = await scanPaths([folder]);
    expect(series.map((s) => [s.modality, s.bodyPart, s.bodyPartGuessed])).toEqual([
      ['MR', 'BRAIN', true],
      ['CT', 'CHEST', true],
    ]);
    expect(series[0]!.warnings.join()).toMatch(/MR is guessed/);
    expect(series[0]!.seriesInstanceUid).toMatch(/^2\.25\.[1-9]\d{30,38}$/);
    expect(skipped).toEqual([{ file: at('lung1_label.nrrd'), reason: 'a mask, not an image' }]);
    const again = await scanPaths([folder]);
    expect(again.series.map((s) => s.seriesInstanceUid)).toEqual(series.map((s) => s.seriesInstanceUid));
  });

  it('warn where sform and qform disagree', async () => {
    const edit = (h: Buffer): void => {
      h.writeInt16LE(1, 252);
      h.writeFloatLE(50, 268);
    };
    writeNifti(at('two.nii'), oblique, { edit });
    expect((await scanPaths([folder])).series[0]!.warnings.join()).toMatch(/sform and qform\) disagree/);
  });
});

describe('malformed files', () => {
  const small = ctPhantom({ dims: [4, 4, 4] });
  const nifti = (edit: (h: Buffer) => void): Buffer => niftiBytes(small, { edit });
  const nrrd = (from: RegExp, to: string): Buffer =>
    nrrdBytes(small, { gzip: false, edit: (lines) => lines.map((l) => l.replace(from, to)) });
  const bomb = (): Buffer => {
    const head = niftiBytes(small, {
      edit: (h) => [700, 700, 700].forEach((d, n) => h.writeInt16LE(d, 42 + 2 * n)),
    });
    return gzipSync(Buffer.concat([head, Buffer.alloc(2 ** 20)]));
  };
  const cases: readonly (readonly [string, () => Buffer, RegExp])[] = [
    [
      'dims of 32767^3 with few bytes',
      () => nifti((h) => [1, 2, 3].forEach((n) => h.writeInt16LE(32767, 40 + 2 * n))),
      /^dim/,
    ],
    ['a negative dim', () => nifti((h) => h.writeInt16LE(-4, 44)), /^dim\[2\]$/],
    ['dim[0] = 200', () => nifti((h) => h.writeInt16LE(200, 40)), /^dim\[0\]$/],
    ['an offset that is no number', () => nifti((h) => h.writeFloatLE(NaN, 108)), /^vox_offset$/],
    ['a voxel size of 0', () => nifti((h) => h.writeFloatLE(0, 80)), /^pixdim\[1\]$/],
    ['a negative voxel size', () => nifti((h) => h.writeFloatLE(-1, 84)), /^pixdim\[2\]$/],
    ['a voxel size that is no number', () => nifti((h) => h.writeFloatLE(NaN, 88)), /^pixdim\[3\]$/],
    ['an unknown data type', () => nifti((h) => h.writeInt16LE(99, 70)), /^datatype$/],
    ['an sform of zeros', () => nifti((h) => h.fill(0, 280, 328)), /^srow_x/],
    ['an sform that is no number', () => nifti((h) => h.writeFloatLE(NaN, 284)), /^srow_x/],
    ['a truncated NIfTI', () => niftiBytes(small).subarray(0, 400), /^dim$/],
    ['a gzip bomb', bomb, /^dim$/],
    ['sizes of a truncated NRRD', () => nrrd(/^sizes: .*/, 'sizes: 400 400 400'), /^sizes$/],
    ['a negative NRRD size', () => nrrd(/^sizes: .*/, 'sizes: 4 -4 4'), /^sizes$/],
    [
      'NRRD directions without extent',
      () => nrrd(/^space directions: .*/, 'space directions: (0,0,0) (0,1,0) (0,0,1)'),
      /^space directions$/,
    ],
    [
      'NRRD directions that are no number',
      () => nrrd(/^space directions: .*/, 'space directions: (nan,0,0) (0,1,0) (0,0,1)'),
      /^space directions$/,
    ],
    [
      'NRRD voxels in another file',
      () => nrrd(/^endian: .*/, 'endian: little\ndata file: /etc/passwd'),
      /^data file$/,
    ],
    ['a PNG of 30000 x 30000', () => hugePng(), /^IHDR$/],
    ['a JPEG of 65500 x 65500', () => hugeJpeg(), /^SOF$/],
    [
      'a truncated PNG',
      () => Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
      /^IHDR$/,
    ],
  ];

  it.each(cases)('%s is refused by field, and its neighbour is read', async (_name, make, field) => {
    const name = /PNG/.test(_name)
      ? 'bad.png'
      : /JPEG/.test(_name)
        ? 'bad.jpg'
        : /NRRD/.test(_name)
          ? 'bad.nrrd'
          : 'bad.nii';
    writeFileSync(at(name), make());
    writeNrrd(at('good.nrrd'), small);
    const { series, skipped } = await scanPaths([folder]);
    expect(series.map((s) => s.files[0])).toEqual([at('good.nrrd')]);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]!.reason).toContain(name);
    expect(skipped[0]!.field).toMatch(field);
  });

  it('names the empty, the wrong and the missing, and survives a folder called x.dcm', async () => {
    writeFileSync(at('empty.nii'), '');
    writeFileSync(at('notes.txt'), 'no image');
    mkdirSync(at('x.dcm'));
    writeNrrd(at('good.nrrd'), small);
    const { series, skipped } = await scanPaths([folder, at('gone.dcm')]);
    expect(series).toHaveLength(1);
    expect(skipped.map((s) => s.reason).sort()).toEqual([
      'An empty folder.',
      'Not an image that Regio reads (DICOM, NIfTI, NRRD, MetaImage, PNG, JPEG, TIFF, WebP).',
      'The file is empty.',
      'gone.dcm: it is not there.',
    ]);
  });

  it('stops when cancelled', async () => {
    writeNrrd(at('good.nrrd'), small);
    const stop = new AbortController();
    stop.abort();
    await expect(scanPaths([folder], { signal: stop.signal })).rejects.toMatchObject({
      code: 'job.cancelled',
    });
  });

  function hugePng(): Buffer {
    const head = Buffer.alloc(40);
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(head);
    head.writeUInt32BE(13, 8);
    head.write('IHDR', 12);
    head.writeUInt32BE(30_000, 16);
    head.writeUInt32BE(30_000, 20);
    head[24] = 8;
    head[25] = 2;
    return head;
  }
  function hugeJpeg(): Buffer {
    const bytes = jpegBytes(polypPhoto(16, 16));
    const sof = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(65_500, sof + 5);
    bytes.writeUInt16BE(65_500, sof + 7);
    return bytes;
  }
});

describe('photographs', () => {
  it('come out pixel by pixel from PNG, without calibration, guessed by their folder', async () => {
    mkdirSync(at('polyps'));
    const photo = polypPhoto();
    const { series } = await scanPaths([writePng(join(folder, 'polyps', 'one.png'), photo)]);
    expect(series[0]).toMatchObject({
      format: 'png',
      modality: 'ES',
      bodyPart: 'COLON',
      bodyPartGuessed: true,
    });
    const image = await loadImage(series[0]!, 0);
    expect(image.pixelSpacing).toBeNull();
    expect(Buffer.compare(Buffer.from(image.data.buffer), Buffer.from(photo.data.buffer))).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('are turned upright by EXIF orientation %i', async (orientation) => {
    const photo = polypPhoto(64, 48, { x: 10, y: 8, radius: 6 });
    const { series } = await scanPaths([writeJpeg(at('p.jpg'), photo, orientation)]);
    const image = await loadImage(series[0]!, 0);
    const turned = orientation >= 5;
    expect([image.width, image.height]).toEqual(turned ? [48, 64] : [64, 48]);
    // Stored (10, 8) -> where EXIF says it is seen.
    const [w, h] = [64, 48];
    const seen = [
      [10, 8],
      [w - 1 - 10, 8],
      [w - 1 - 10, h - 1 - 8],
      [10, h - 1 - 8],
      [8, 10],
      [h - 1 - 8, 10],
      [h - 1 - 8, w - 1 - 10],
      [8, w - 1 - 10],
    ][orientation - 1]!;
    const green = (x: number, y: number): number => image.data[3 * (y * image.width + x) + 1]!;
    expect(green(seen[0]!, seen[1]!)).toBeGreaterThan(110);
    expect(green(image.width - 1 - seen[0]!, image.height - 1 - seen[1]!)).toBeLessThan(100);
  });
});
