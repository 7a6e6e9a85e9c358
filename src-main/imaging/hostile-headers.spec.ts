import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom } from '../../test-support/phantoms';
import { metaImageBytes, niftiBytes, nrrdBytes, writeNrrd } from '../../test-support/write-grid';
import { scanPaths } from './index';

/** RELIABILITY F3: each hostile header in each of the three grid formats, refused by the field that lies. */

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-hostile-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const small = ctPhantom({ dims: [4, 5, 6] });
type Case = readonly [what: string, bytes: () => Buffer, field: RegExp];

const nifti1 = (edit: (h: Buffer) => void): (() => Buffer) => {
  return () => niftiBytes(small, { edit });
};
const nifti2 = (edit: (h: Buffer) => void): (() => Buffer) => {
  return () => niftiBytes(small, { edit, version: 2 });
};
const replaced = (from: RegExp, to: string) => (lines: string[]) => {
  expect(lines.some((line) => from.test(line))).toBe(true);
  return lines.map((line) => line.replace(from, to));
};
const nrrd = (from: RegExp, to: string): (() => Buffer) => {
  return () => nrrdBytes(small, { gzip: false, edit: replaced(from, to) });
};
const meta = (from: RegExp, to: string): (() => Buffer) => {
  return () => metaImageBytes(small, { compressed: false, edit: replaced(from, to) });
};
const noDirections = (to: string) => (lines: string[]) =>
  lines.map((line) => line.replace(/^space directions: .*/, to));

const cases: Readonly<Record<string, readonly Case[]>> = {
  'x.nii': [
    ['32767^3 with 100 bytes', nifti1((h) => [42, 44, 46].forEach((p) => h.writeInt16LE(32767, p))), /^dim/],
    ['32767^3 (NIfTI-2)', nifti2((h) => [24, 32, 40].forEach((p) => h.writeBigInt64LE(32767n, p))), /^dim/],
    ['2^62 voxels (NIfTI-2)', nifti2((h) => h.writeBigInt64LE(2n ** 62n, 24)), /^dim\[1\]$/],
    ['a negative dim', nifti1((h) => h.writeInt16LE(-1, 42)), /^dim\[1\]$/],
    ['a negative dim (NIfTI-2)', nifti2((h) => h.writeBigInt64LE(-7n, 32)), /^dim\[2\]$/],
    ['dim[0] = 200', nifti1((h) => h.writeInt16LE(200, 40)), /^dim\[0\]$/],
    ['dim[0] = 0', nifti1((h) => h.writeInt16LE(0, 40)), /^dim\[0\]$/],
    ['offset NaN', nifti1((h) => h.writeFloatLE(NaN, 108)), /^vox_offset$/],
    ['offset infinite', nifti1((h) => h.writeFloatLE(Infinity, 108)), /^vox_offset$/],
    ['offset negative (NIfTI-2)', nifti2((h) => h.writeBigInt64LE(-544n, 168)), /^vox_offset$/],
    ['offset past the end', nifti1((h) => h.writeFloatLE(1e9, 108)), /^dim$/],
    ['pixdim 0', nifti1((h) => h.writeFloatLE(0, 80)), /^pixdim\[1\]$/],
    ['pixdim negative', nifti1((h) => h.writeFloatLE(-0.7, 84)), /^pixdim\[2\]$/],
    ['pixdim NaN', nifti1((h) => h.writeFloatLE(NaN, 88)), /^pixdim\[3\]$/],
    ['pixdim NaN (NIfTI-2)', nifti2((h) => h.writeDoubleLE(NaN, 112)), /^pixdim\[1\]$/],
    ['a truncated header', () => niftiBytes(small).subarray(0, 200), /^sizeof_hdr$/],
    ['truncated voxels', () => niftiBytes(small).subarray(0, 400), /^dim$/],
    ['an unknown datatype', nifti1((h) => h.writeInt16LE(4711, 70)), /^datatype$/],
    ['bits that contradict the datatype', nifti1((h) => h.writeInt16LE(8, 72)), /^bitpix$/],
    ['a slope of NaN', nifti1((h) => h.writeFloatLE(NaN, 112)), /^scl_slope$/],
    ['an sform of NaN', nifti1((h) => h.writeFloatLE(NaN, 280)), /^srow_x/],
    ['no magic', nifti1((h) => h.fill(0, 344, 348)), /^magic$/],
    ['voxels in an .img that is not there', nifti1((h) => h.write('ni1', 344)), /^magic$/],
    [
      '100,001 volumes',
      nifti1((h) => {
        h.writeInt16LE(5, 40);
        h.writeInt16LE(1000, 48);
        h.writeInt16LE(101, 50);
      }),
      /^dim$/,
    ],
  ],
  'x.nrrd': [
    ['32767^3 with 100 bytes', nrrd(/^sizes: .*/, 'sizes: 32767 32767 32767'), /^sizes$/],
    ['a negative dim', nrrd(/^sizes: .*/, 'sizes: 4 -5 6'), /^sizes$/],
    ['a fraction of a voxel', nrrd(/^sizes: .*/, 'sizes: 4 5.5 6'), /^sizes$/],
    ['sizes in hexadecimal', nrrd(/^sizes: .*/, 'sizes: 0x4 5 6'), /^sizes$/],
    ['200 axes', nrrd(/^dimension: .*/, 'dimension: 200'), /^dimension$/],
    ['two sizes of three', nrrd(/^sizes: .*/, 'sizes: 4 5'), /^sizes$/],
    ['offset NaN', nrrd(/^endian: .*/, 'endian: little\nbyte skip: nan'), /^byte skip$/],
    ['offset negative', nrrd(/^endian: .*/, 'endian: little\nbyte skip: -2'), /^byte skip$/],
    ['offset past the end', nrrd(/^endian: .*/, 'endian: little\nbyte skip: 4000'), /^sizes$/],
    ['origin NaN', nrrd(/^space origin: .*/, 'space origin: (0,nan,0)'), /^space origin$/],
    ['spacing 0', nrrd(/^space directions: .*/, 'spacings: 1 0 1'), /^spacings$/],
    ['spacing negative', nrrd(/^space directions: .*/, 'spacings: 1 1 -2'), /^spacings$/],
    ['spacing NaN', nrrd(/^space directions: .*/, 'spacings: nan 1 1'), /^spacings$/],
    [
      'a direction of length 0',
      nrrd(/^space directions: .*/, 'space directions: (0,0,0) (0,1,0) (0,0,1)'),
      /^space directions$/,
    ],
    [
      'two directions alike',
      nrrd(/^space directions: .*/, 'space directions: (1,0,0) (1,0,0) (0,0,1)'),
      /^space directions$/,
    ],
    [
      'a direction NaN',
      nrrd(/^space directions: .*/, 'space directions: (1,0,nan) (0,1,0) (0,0,1)'),
      /^space directions$/,
    ],
    ['truncated voxels', () => nrrdBytes(small, { gzip: false }).subarray(0, -3), /^sizes$/],
    ['truncated gzip voxels', () => nrrdBytes(small).subarray(0, -20), /^(sizes|compressed data)$/],
    [
      'damaged gzip voxels',
      () => nrrdBytes(small, { gzip: false, edit: replaced(/encoding: raw/, 'encoding: gzip') }),
      /^compressed data$/,
    ],
    ['a truncated header', () => nrrdBytes(small).subarray(0, 60), /^header$/],
    ['an unknown type', nrrd(/^type: .*/, 'type: quaternion'), /^type$/],
    ['a type named like an object key', nrrd(/^type: .*/, 'type: constructor'), /^type$/],
    ['an unknown space', nrrd(/^space: .*/, 'space: constructor'), /^space$/],
    ['no byte order', nrrd(/^endian: .*/, '# none'), /^endian$/],
    ['an unknown encoding', nrrd(/^encoding: .*/, 'encoding: bzip2'), /^encoding$/],
    ['colours as an axis', nrrd(/^endian: .*/, 'endian: little\nkinds: RGB-color domain domain'), /^kinds$/],
  ],
  'x.mha': [
    ['32767^3 with 100 bytes', meta(/^DimSize = .*/, 'DimSize = 32767 32767 32767'), /^DimSize$/],
    ['a negative dim', meta(/^DimSize = .*/, 'DimSize = 4 -5 6'), /^DimSize$/],
    ['200 axes', meta(/^NDims = .*/, 'NDims = 200'), /^NDims$/],
    ['no number of axes', meta(/^NDims = .*/, 'NDims = three'), /^NDims$/],
    ['offset NaN', meta(/^ElementType/, 'HeaderSize = nan\nElementType'), /^HeaderSize$/],
    ['origin NaN', meta(/^Offset = .*/, 'Offset = 0 nan 0'), /^Offset$/],
    ['spacing 0', meta(/^ElementSpacing = .*/, 'ElementSpacing = 0 1 1'), /^ElementSpacing$/],
    ['spacing negative', meta(/^ElementSpacing = .*/, 'ElementSpacing = 1 -1 1'), /^ElementSpacing$/],
    ['spacing NaN', meta(/^ElementSpacing = .*/, 'ElementSpacing = 1 1 nan'), /^ElementSpacing$/],
    [
      'a matrix of zeros',
      meta(/^TransformMatrix = .*/, 'TransformMatrix = 0 0 0 0 0 0 0 0 0'),
      /^TransformMatrix$/,
    ],
    [
      'a matrix of one axis',
      meta(/^TransformMatrix = .*/, 'TransformMatrix = 1 0 0 1 0 0 1 0 0'),
      /^TransformMatrix$/,
    ],
    [
      'a matrix of NaN',
      meta(/^TransformMatrix = .*/, 'TransformMatrix = 1 0 0 0 1 0 0 0 nan'),
      /^TransformMatrix$/,
    ],
    [
      'a matrix that scales',
      meta(/^TransformMatrix = .*/, 'TransformMatrix = 2 0 0 0 2 0 0 0 2'),
      /^TransformMatrix$/,
    ],
    ['a field twice', meta(/^NDims = 3/, 'NDims = 3\nDimSize = 1 1 1'), /^DimSize$/],
    ['truncated voxels', () => metaImageBytes(small, { compressed: false }).subarray(0, -1), /^DimSize$/],
    ['truncated zlib voxels', () => metaImageBytes(small).subarray(0, -20), /^(DimSize|compressed data)$/],
    ['a truncated header', () => metaImageBytes(small).subarray(0, 120), /^(ElementDataFile|header)$/],
    ['an unknown type', meta(/^ElementType = .*/, 'ElementType = MET_STRING'), /^ElementType$/],
    [
      'colours',
      meta(/^ElementType/, 'ElementNumberOfChannels = 3\nElementType'),
      /^ElementNumberOfChannels$/,
    ],
    ['voxels as text', meta(/^BinaryData = True/, 'BinaryData = False'), /^BinaryData$/],
  ],
};

for (const [name, list] of Object.entries(cases)) {
  describe(`${name} with`, () => {
    it.each(list)('%s is refused by its field', async (_what, bytes, field) => {
      writeFileSync(at(name), bytes());
      writeNrrd(at('good.nrrd'), small);
      const { series, skipped } = await scanPaths([folder]);
      expect(series.map((s) => s.files)).toEqual([[at('good.nrrd')]]);
      expect(skipped.map((s) => s.file)).toEqual([at(name)]);
      expect(skipped[0]!.reason).toContain(name);
      expect(skipped[0]!.field).toMatch(field);
    });
  });
}

describe('two truths in one header', () => {
  it('are told: sform and qform, spacings and space directions', async () => {
    writeFileSync(
      at('a.nii'),
      niftiBytes(small, { edit: (h) => [[1, 252] as const].forEach(([code, p]) => h.writeInt16LE(code, p)) }),
    );
    writeFileSync(
      at('b.nrrd'),
      nrrdBytes(small, { edit: replaced(/^endian: .*/, 'endian: little\nspacings: 9 9 9') }),
    );
    const { series, skipped } = await scanPaths([folder]);
    expect(skipped).toEqual([]);
    expect(series[0]!.warnings.join()).toMatch(/sform and qform\) disagree by up to/);
    expect(series[1]!.warnings.join()).toMatch(/spacings and the space directions disagree/);
  });
});

describe('a header that says little', () => {
  it('is read with warnings, never with a guess that is not told', async () => {
    writeFileSync(at('a.nrrd'), nrrdBytes(small, { edit: noDirections('# none') }));
    writeFileSync(
      at('b.mha'),
      metaImageBytes(small, { edit: (lines) => lines.filter((l) => !/^(Transform|ElementSpacing)/.test(l)) }),
    );
    const { series } = await scanPaths([folder]);
    for (const { warnings } of series) {
      expect(warnings.join()).toMatch(/left and right may be swapped/);
      expect(warnings.join()).toMatch(/gives no voxel size: 1 mm is assumed/);
    }
    expect(series).toHaveLength(2);
  });
});

describe('bombs in voxels', () => {
  it.each([
    [
      'x.nii.gz',
      () =>
        gzipSync(
          Buffer.concat([
            niftiBytes(small, { edit: (h) => [42, 44, 46].forEach((p) => h.writeInt16LE(700, p)) }),
            Buffer.alloc(2 ** 20),
          ]),
        ),
      'dim',
    ],
    ['x.nrrd', () => nrrdBytes(small, { edit: replaced(/^sizes: .*/, 'sizes: 700 700 700') }), 'sizes'],
    [
      'x.mha',
      () => metaImageBytes(small, { edit: replaced(/^DimSize = .*/, 'DimSize = 700 700 700') }),
      'DimSize',
    ],
  ] as const)(
    '%s that promises 700^3 in few bytes is refused before anything is set aside',
    async (name, bytes, field) => {
      writeFileSync(at(name), bytes());
      const before = process.memoryUsage.rss();
      const { skipped } = await scanPaths([folder]);
      expect(skipped).toMatchObject([{ file: at(name), field }]);
      expect(skipped[0]!.reason).toMatch(/compressed bytes claim to hold/);
      expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20);
    },
  );
});
