import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storedOrders } from '../../test-support/axis-orders';
import { ctPhantom } from '../../test-support/phantoms';
import {
  metaImageBytes,
  niftiBytes,
  nrrdBytes,
  permuteVolume,
  voxelBytes,
  writeMetaImage,
  writeNrrd,
} from '../../test-support/write-grid';
import { ijkToLps } from '../core/geometry/affine';
import type { Vec3 } from '../core/geometry/vec3';
import { loadVolume, scanPaths } from './index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-grids-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const head = ctPhantom({ dims: [8, 7, 6], spacing: [2, 2, 2], nodules: [] });
const bytesOf = (data: ArrayBufferView): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

async function expectHead(files: readonly string[], warnings: RegExp | null = null): Promise<void> {
  const { series, skipped } = await scanPaths([folder]);
  expect(skipped).toEqual([]);
  expect(series.map((s) => s.files)).toEqual([files]);
  if (warnings) expect(series[0]!.warnings.join()).toMatch(warnings);
  const read = await loadVolume(series[0]!);
  expect({ ...read, data: null }).toEqual({ ...head, data: null });
  expect(bytesOf(read.data).equals(bytesOf(head.data))).toBe(true);
}

describe('48 orders and directions (G1)', () => {
  it.each([
    ['NIfTI', 'x.nii', niftiBytes],
    ['NRRD', 'x.nrrd', nrrdBytes],
    ['MetaImage', 'x.mha', metaImageBytes],
    [
      'a pair of NIfTI files',
      'x.hdr',
      (v: typeof head) => niftiBytes(v, { edit: (h) => pairEdit(h) }).subarray(0, 352),
    ],
  ] as const)('of %s give one volume', async (_name, file, bytes) => {
    for (const { axis, flip } of storedOrders) {
      const turned = permuteVolume(head, axis, flip);
      writeFileSync(at(file), bytes(turned));
      if (file.endsWith('.hdr')) writeFileSync(at('x.img'), voxelBytes(turned, false));
      await expectHead(file.endsWith('.hdr') ? [at(file), at('x.img')] : [at(file)]);
    }
  });

  it('keep a lesion at its millimetres, whatever the spacing', async () => {
    const spacing: Vec3 = [0.7, 1.3, 2.9];
    const centerIjk: Vec3 = [9, 5, 4];
    const lesion = ctPhantom({
      dims: [14, 11, 9],
      spacing,
      origin: [-31, 12, 77],
      nodules: [{ centerIjk, radiusMm: 0.5, value: 3000 }],
    });
    const truth = ijkToLps(lesion, centerIjk);
    for (const { axis, flip } of storedOrders) {
      writeFileSync(at('x.nii'), niftiBytes(permuteVolume(lesion, axis, flip)));
      const read = await loadVolume((await scanPaths([folder])).series[0]!);
      const brightest = read.data.indexOf(Math.max(...read.data));
      const [ni, nj] = read.dims;
      const place = ijkToLps(read, [
        brightest % ni,
        Math.floor(brightest / ni) % nj,
        Math.floor(brightest / (ni * nj)),
      ]);
      // NIfTI holds millimetres as 32-bit floats.
      place.forEach((v, n) => expect(Math.abs(v - truth[n]!)).toBeLessThan(1e-4));
    }
  });
});

/** A header of a pair: its own magic, and voxels from byte 0 of the other file. */
const pairEdit = (h: Buffer): void => {
  h.write('ni1\0', 344, 'latin1');
  h.writeFloatLE(0, 108);
};

describe('a header with its voxels in another file', () => {
  const hdr = (): Buffer => niftiBytes(head, { edit: pairEdit }).subarray(0, 348);

  it('is NIfTI: .hdr and .img, gzipped or in capitals', async () => {
    writeFileSync(at('a.hdr'), hdr());
    writeFileSync(at('a.img'), voxelBytes(head, false));
    await expectHead([at('a.hdr'), at('a.img')]);
    rmSync(at('a.hdr'));
    rmSync(at('a.img'));
    writeFileSync(at('B.HDR'), hdr());
    writeFileSync(at('B.IMG'), voxelBytes(head, false));
    await expectHead([at('B.HDR'), at('B.IMG')]);
    rmSync(at('B.HDR'));
    rmSync(at('B.IMG'));
    writeFileSync(at('c.hdr.gz'), gzipSync(hdr()));
    writeFileSync(at('c.img.gz'), gzipSync(voxelBytes(head, false)));
    await expectHead([at('c.hdr.gz'), at('c.img.gz')]);
  });

  it('is NRRD: raw or gzip, with or without a blank line at its end', async () => {
    const detached = (gzip: boolean, end: string): Buffer => {
      const all = nrrdBytes(head, { gzip, edit: (lines) => [...lines, 'data file: ./x.raw'] });
      return Buffer.concat([all.subarray(0, all.indexOf('\n\n')), Buffer.from(end)]);
    };
    for (const [gzip, end] of [
      [false, '\n\n'],
      [true, '\n'],
      [false, ''],
    ] as const) {
      writeFileSync(at('x.nhdr'), detached(gzip, end));
      writeFileSync(at('x.raw'), gzip ? gzipSync(voxelBytes(head, false)) : voxelBytes(head, false));
      await expectHead([at('x.nhdr'), at('x.raw')]);
    }
  });

  it('is MetaImage: raw or zlib, after a header of the other file or at its end', async () => {
    const mhd = (compressed: boolean, more: string[] = []): Buffer =>
      metaImageBytes(head, {
        compressed,
        dataFile: 'x.zraw',
        edit: (lines) => [...lines.slice(0, -1), ...more, lines.at(-1)!],
      });
    const cases = [
      [mhd(true), voxelBytes(head, true)],
      [mhd(false), voxelBytes(head, false)],
      [mhd(false, ['HeaderSize = 5']), Buffer.concat([Buffer.from('12345'), voxelBytes(head, false)])],
      [mhd(false, ['HeaderSize = -1']), Buffer.concat([Buffer.from('1234567'), voxelBytes(head, false)])],
    ] as const;
    for (const [header, voxels] of cases) {
      writeFileSync(at('x.mhd'), header);
      writeFileSync(at('x.zraw'), voxels);
      await expectHead([at('x.mhd'), at('x.zraw')]);
    }
  });

  it('is told apart from voxels without a header, and from Analyze, which knows no left', async () => {
    writeFileSync(at('alone.img'), voxelBytes(head, false));
    writeFileSync(at('old.hdr'), niftiBytes(head, { edit: (h) => h.fill(0, 344, 348) }).subarray(0, 348));
    const { series, skipped } = await scanPaths([folder]);
    expect(series).toEqual([]);
    expect(skipped[0]!.reason).toMatch(/^Voxels without their header/);
    expect(skipped[1]!.reason).toMatch(/Analyze 7\.5, which does not say which side is left/);
  });

  it('changed since the import is refused, the file of the voxels too', async () => {
    writeFileSync(at('a.hdr'), hdr());
    writeFileSync(at('a.img'), voxelBytes(head, false));
    const { series } = await scanPaths([folder]);
    writeFileSync(at('a.img'), Buffer.concat([voxelBytes(head, false), Buffer.from('!')]));
    await expect(loadVolume(series[0]!)).rejects.toMatchObject({ code: 'series.missing-files' });
  });
});

describe('a header that points elsewhere (F5)', () => {
  const names = [
    '../x.raw',
    '/etc/passwd',
    'C:\\x.raw',
    'C:x.raw',
    '\\\\server\\share\\x.raw',
    'inner/x.raw',
    'inner\\x.raw',
    '..',
    '.',
    'x.raw:stream',
    'x\0.raw',
    'link.raw',
    'inner',
    'gone.raw',
  ];
  it.each(names)('%j is refused, and nothing is read there', async (name) => {
    mkdirSync(at('inside'));
    mkdirSync(at('inside/inner'));
    for (const place of ['x.raw', 'inside/inner/x.raw']) writeFileSync(at(place), voxelBytes(head, false));
    symlinkSync(at('x.raw'), at('inside/link.raw'));
    writeMetaImage(at('inside/x.mhd'), head, { compressed: false, dataFile: name });
    const all = nrrdBytes(head, { gzip: false, edit: (lines) => [...lines, `data file: ${name}`] });
    writeFileSync(at('inside/x.nhdr'), all.subarray(0, all.indexOf('\n\n') + 2));
    const { series, skipped } = await scanPaths([at('inside/x.mhd'), at('inside/x.nhdr')]);
    expect(series).toEqual([]);
    expect(skipped).toHaveLength(2);
    for (const { reason } of skipped) {
      expect(reason).toMatch(
        name === 'gone.raw'
          ? /gone\.raw: it is not there/
          : /outside the folder of the header|no regular file/,
      );
    }
  });
});

describe('a file of several volumes', () => {
  const three = [0, 1, 2].map((n) => ({ ...head, data: head.data.map((v) => v + n) as Int16Array }));
  const all = Buffer.concat(three.map((v) => voxelBytes(v, false)));
  const nifti = (): Buffer =>
    Buffer.concat([
      niftiBytes(head, {
        edit: (h) => {
          h.writeInt16LE(4, 40);
          h.writeInt16LE(3, 48);
        },
      }).subarray(0, 352),
      all,
    ]);
  const nrrd = (interleaved: boolean): Buffer => {
    const edit = (lines: string[]): string[] =>
      lines.map((l) =>
        l
          .replace('dimension: 3', 'dimension: 4')
          .replace(/^sizes: (.*)/, interleaved ? 'sizes: 3 $1' : 'sizes: $1 3')
          .replace(
            /^space directions: (.*)/,
            interleaved ? 'space directions: none $1' : 'space directions: $1 none',
          ),
      );
    const bytes = nrrdBytes(head, { gzip: false, edit });
    const mixed = Buffer.alloc(all.length);
    const count = head.data.length;
    for (let n = 0; n < count; n++) {
      for (let t = 0; t < 3; t++) mixed.writeInt16LE(three[t]!.data[n]!, 2 * (3 * n + t));
    }
    return Buffer.concat([bytes.subarray(0, bytes.indexOf('\n\n') + 2), interleaved ? mixed : all]);
  };
  const meta = (): Buffer =>
    Buffer.concat([
      metaImageBytes(head, {
        compressed: false,
        dataFile: 'LOCAL',
        edit: (lines) =>
          lines.map((l) =>
            l
              .replace('NDims = 3', 'NDims = 4')
              .replace(/^(DimSize|ElementSpacing) = (.*)/, '$1 = $2 3')
              .replace(/^(Offset) = (.*)/, '$1 = $2 0')
              .replace(/^TransformMatrix = .*/, 'TransformMatrix = 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1'),
          ),
      }),
      all,
    ]);

  it.each([
    ['x.nii', nifti],
    ['x.nii.gz', () => gzipSync(nifti())],
    ['x.nrrd', () => nrrd(false)],
    ['y.nrrd', () => nrrd(true)],
    ['x.mha', meta],
  ] as const)('%s shows the first and says so, and any other that is asked for', async (name, bytes) => {
    writeFileSync(at(name), bytes());
    const first = (await scanPaths([folder])).series[0]!;
    expect(first.volume).toEqual({ index: 0, count: 3 });
    expect(first.warnings.join()).toMatch(/holds 3 volumes; the first is shown/);
    expect(first.seriesDescription).toMatch(/, volume 1 of 3$/);
    const last = (await scanPaths([folder], { volume: 2 })).series[0]!;
    expect(last.volume).toEqual({ index: 2, count: 3 });
    expect(last.warnings.join()).toMatch(/holds 3 volumes; number 3 is shown/);
    // Of one file, so of one study; two series, so that no finding of one volume stands on another.
    expect(last.studyInstanceUid).toBe(first.studyInstanceUid);
    expect(last.seriesInstanceUid).not.toBe(first.seriesInstanceUid);
    for (const [series, v] of [
      [first, three[0]!],
      [last, three[2]!],
    ] as const) {
      expect(bytesOf((await loadVolume(series)).data).equals(bytesOf(v.data))).toBe(true);
    }
  });

  it('has no volume beyond its last, and a file of one has nothing to choose', async () => {
    writeFileSync(at('x.nii'), nifti());
    writeNrrd(at('y.nrrd'), head);
    const { series, skipped } = await scanPaths([folder], { volume: 3 });
    expect(series).toMatchObject([{ files: [at('y.nrrd')] }]);
    expect(series[0]).not.toHaveProperty('volume');
    expect(skipped).toEqual([
      { file: at('x.nii'), reason: 'It holds 3 volumes; there is no number 4.', field: 'dim' },
    ]);
  });
});
