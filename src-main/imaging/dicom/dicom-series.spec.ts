import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom } from '../../../test-support/phantoms';
import { itWithShared } from '../../../test-support/shared-data';
import { writeDicomSeries, type DicomSyntax, type WrittenElement } from '../../../test-support/write-dicom';
import { ijkToLps } from '../../core/geometry/affine';
import { cross, length, subtract, type Vec3 } from '../../core/geometry/vec3';
import type { Volume } from '../../core/volume/volume';
import { loadVolume, openSeries, scanPaths } from '../index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-dicom-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const phantom = ctPhantom({ dims: [32, 24, 8], spacing: [0.5, 0.75, 2.5], nodules: [] });
const slices = (edit?: (k: number) => readonly WrittenElement[] | null): Promise<string[]> =>
  writeDicomSeries(folder, phantom, edit ? { edit } : {});
const position = (k: number, shift: number, y = 0): WrittenElement => [
  '00200032',
  'DS',
  `${phantom.origin[0]}\\${phantom.origin[1] + y}\\${phantom.origin[2] + 2.5 * k + shift}`,
];

describe('a DICOM series', () => {
  it.each<DicomSyntax>([
    ...([
      'implicit',
      'explicit',
      'big-endian',
      'deflated',
      'rle',
      'jpeg-lossless',
      'jpeg-lossless-57',
    ] as const),
    ...(['jpegls', 'jpeg2000', 'htj2k'] as const),
  ])('written as %s is sorted by position and gives exact Hounsfield units in LPS', async (syntax) => {
    const files = await writeDicomSeries(folder, phantom, { syntax, patientName: 'Müller^Änne' });
    const { series, skipped } = await scanPaths([folder]);
    expect(skipped).toEqual([]);
    expect(series).toHaveLength(1);
    const [s] = series;
    expect(s!.files).toEqual(files);
    expect(s!.patient).toEqual({
      id: 'PH-1',
      name: 'Müller^Änne',
      birthDate: '19600229',
      sex: 'O',
      identityRemoved: false,
    });
    expect(s!.warnings).toEqual([]);
    expect(s!.analysable).toBe(true);
    const volume = await loadVolume(s!);
    expect(volume.dims).toEqual(phantom.dims);
    expect(volume.spacing).toEqual(phantom.spacing);
    expect(volume.origin).toEqual(phantom.origin);
    expect(volume.data).toBeInstanceOf(Int16Array);
    expect(Buffer.compare(Buffer.from(volume.data.buffer), Buffer.from(phantom.data.buffer))).toBe(0);
  });

  it('with a missing slice is shown but neither measured nor searched', async () => {
    await slices((k) => (k === 4 ? null : []));
    const [s] = (await scanPaths([folder])).series;
    expect(s!.analysable).toBe(false);
    expect(s!.warnings.join()).toMatch(/1 slice is missing/);
  });

  it('with a doubled slice names it and stays usable', async () => {
    const files = await slices((k) => (k === 5 ? [position(4, 0)] : k > 5 ? [position(k - 1, 0)] : []));
    const { series, skipped } = await scanPaths([folder]);
    expect(series[0]!.pixels).toMatchObject({ kind: 'volume', geometry: { dims: [32, 24, 7] } });
    expect(skipped).toHaveLength(1);
    expect([files[4], files[5]]).toContain(skipped[0]!.file);
  });

  it('with uneven spacing is flagged', async () => {
    await slices((k) => (k === 3 ? [position(3, 0.6)] : []));
    const [s] = (await scanPaths([folder])).series;
    expect(s!.warnings.join()).toMatch(/unevenly spaced/);
  });

  it('with a tilted gantry keeps true positions', async () => {
    await slices((k) => [position(k, 0, k * 0.5)]);
    const [s] = (await scanPaths([folder])).series;
    expect(s!.warnings.join()).toMatch(/tilted by 11\.3 degrees/);
    const g = s!.pixels.kind === 'volume' ? s!.pixels.geometry : null;
    expect(g!.direction[2][1]).toBeCloseTo(0.5 / Math.hypot(0.5, 2.5), 6);
    expect(g!.spacing[2]).toBeCloseTo(Math.hypot(0.5, 2.5), 6);
  });

  it('with a localiser and a slice of another direction shows them apart', async () => {
    await slices((k) =>
      k === 0
        ? [['00080008', 'CS', 'ORIGINAL\\PRIMARY\\LOCALIZER']]
        : k === 7
          ? [['00200037', 'DS', '0\\1\\0\\0\\0\\-1']]
          : [],
    );
    const { series } = await scanPaths([folder]);
    expect(series).toHaveLength(3);
    expect(series.filter((s) => s.pixels.kind === 'volume')).toHaveLength(1);
    expect(series.flatMap((s) => s.warnings).join()).toMatch(/localiser/);
  });

  it('without usable positions becomes pictures', async () => {
    await slices(() => [['00200032', 'DS', 'NaN\\0\\0']]);
    const [s] = (await scanPaths([folder])).series;
    expect(s!.pixels).toMatchObject({ kind: 'image', frames: 8 });
    expect(s!.analysable).toBe(false);
  });

  it('of one slice is a calibrated picture', async () => {
    await slices((k) => (k === 2 ? [] : null));
    const [s] = (await scanPaths([folder])).series;
    expect(s!.pixels).toMatchObject({ kind: 'image', frames: 1, pixelSpacing: [0.5, 0.75] });
  });

  it('keeps only the stored bits and the sign of 12 bits in 16', async () => {
    await slices((k) =>
      k > 1
        ? null
        : [
            ['00280101', 'US', 12],
            ['00280102', 'US', 11],
            ['00281052', 'DS', '0'],
            ['00281053', 'DS', '0.5'],
          ],
    );
    const [s] = (await scanPaths([folder])).series;
    const reader = await openSeries(s!);
    const got = await reader.readSlice(0);
    await reader.close();
    expect(got).toBeInstanceOf(Float32Array);
    const stored = (phantom.data[5]! + 1024) & 0xfff;
    expect(got[5]).toBe((stored > 2047 ? stored - 4096 : stored) * 0.5);
  });

  it('turns MONOCHROME1 round with its window', async () => {
    await slices((k) =>
      k > 0
        ? null
        : [
            ['00280004', 'CS', 'MONOCHROME1'],
            ['00080060', 'CS', 'MG'],
            ['00280103', 'US', 0],
            ['00281052', 'DS', '0'],
            ['00281050', 'DS', '1000'],
            ['00281051', 'DS', '400'],
          ],
    );
    const [s] = (await scanPaths([folder])).series;
    const reader = await openSeries(s!);
    expect((await reader.readSlice(0))[5]).toBe(65535 - (phantom.data[5]! + 1024));
    await reader.close();
    expect(s!.pixels.voi[0]).toMatchObject({ center: 65535 - 1000 + 1, width: 400 });
  });

  it.each<[string, readonly WrittenElement[]]>([
    ['another patient', [['00100020', 'LO', 'PH-2']]],
    ['another birth date', [['00100030', 'DA', '19610301']]],
    ['a de-identified copy that kept all else', [['00120062', 'CS', 'YES']]],
  ])('never merges slices of one series UID with those of %s (W2)', async (_, elements) => {
    const v = ctPhantom({ dims: [8, 6, 6], nodules: [] });
    await writeDicomSeries(join(folder, 'a'), v);
    await writeDicomSeries(join(folder, 'b'), v, { edit: () => elements });
    const { series, skipped } = await scanPaths([folder]);
    // The same SOP Instance UIDs: those of another patient are no doubles.
    expect(skipped).toEqual([]);
    expect(series.map((s) => s.files.length)).toEqual([6, 6]);
    expect(series[0]!.patient).not.toEqual(series[1]!.patient);
    for (const s of series) {
      expect(new Set(s.files.map((f) => f.split('/').at(-2))).size).toBe(1);
      expect(s.issues!.map((i) => i.code)).toContain('several-patients');
      expect(s.warnings.join()).toContain('They were kept apart');
    }
  });

  it('refuses to read a file that changed since the scan', async () => {
    const files = await slices();
    const [s] = (await scanPaths([folder])).series;
    writeFileSync(files[3]!, 'other');
    await expect(openSeries(s!)).rejects.toMatchObject({ code: 'series.missing-files' });
  });

  it('names tag and byte of a damaged element, and reads the rest', async () => {
    const files = await slices();
    const bytes = readFileSync(files[0]!);
    const at = bytes.indexOf(Buffer.from([0x10, 0x00, 0x10, 0x00, 0x50, 0x4e]));
    bytes.writeUInt16LE(60_000, at + 6);
    writeFileSync(files[0]!, bytes);
    writeFileSync(files[1]!, readFileSync(files[1]!).subarray(0, 900));
    const { series, skipped } = await scanPaths([folder]);
    expect(series[0]!.files).toHaveLength(6);
    expect(skipped).toHaveLength(2);
    const [damaged, cut] = [files[0], files[1]].map((f) => skipped.find((s) => s.file === f)!);
    expect(damaged!.field).toBe(`(0010,0010) at byte ${at}`);
    expect(cut!.field).toMatch(/^\(7FE0,0010\)/);
  });
});

describe('a phantom of 0.3 x 0.5 x 2 mm with one marked corner', () => {
  // RELIABILITY G1 and G2: rows and columns of head first and feet first, supine, prone and on either side.
  it.each<[string, Vec3, Vec3]>([
    ['HFS', [1, 0, 0], [0, 1, 0]],
    ['HFP', [-1, 0, 0], [0, -1, 0]],
    ['FFS', [-1, 0, 0], [0, 1, 0]],
    ['FFP', [1, 0, 0], [0, -1, 0]],
    ['HFDR', [0, -1, 0], [1, 0, 0]],
    ['HFDL', [0, 1, 0], [-1, 0, 0]],
    ['FFDR', [0, 1, 0], [1, 0, 0]],
    ['FFDL', [0, -1, 0], [-1, 0, 0]],
    ['sagittal', [0, 1, 0], [0, 0, -1]],
    ['coronal', [1, 0, 0], [0, 0, -1]],
  ])('lies at the same millimetres and has the same lengths: %s', async (_name, row, column) => {
    const made: Volume = {
      ...ctPhantom({ dims: [24, 16, 5], spacing: [0.3, 0.5, 2], nodules: [] }),
      direction: [row, column, cross(row, column)],
    };
    made.data[made.data.length - 1] = 3000;
    await writeDicomSeries(folder, made);
    const [s] = (await scanPaths([folder])).series;
    const read = await loadVolume(s!);
    const at = (v: Volume, ijk: Vec3): Vec3 => ijkToLps(v, ijk);
    const marked = read.data.indexOf(3000);
    const [ni, nj] = read.dims;
    const ijk: Vec3 = [marked % ni, Math.floor(marked / ni) % nj, Math.floor(marked / (ni * nj))];
    expect(length(subtract(at(read, ijk), at(made, [23, 15, 4])))).toBeLessThan(0.001);
    const side = (n: 0 | 1 | 2): number =>
      length(subtract(at(read, ijk), at(read, ijk.map((v, a) => (a === n ? 0 : v)) as unknown as Vec3)));
    expect([side(0), side(1), side(2)].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([6.9, 7.5, 8]);
  });
});

describe('LIDC-IDRI-0002', () => {
  itWithShared(
    'is one volume of 261 slices whose slices hold the decoded Hounsfield units',
    ['data/lung-ct-lidc/LIDC-IDRI-0002', 'data/lung-ct-lidc/LIDC-IDRI-0002.nodules.json'],
    async (scan, json) => {
      const truth = JSON.parse(readFileSync(json!, 'utf8')) as { seriesInstanceUID: string; slices: number };
      const { series, skipped } = await scanPaths([scan!]);
      expect(skipped).toEqual([]);
      expect(series).toHaveLength(1);
      const [s] = series;
      expect(s!.seriesInstanceUid).toBe(truth.seriesInstanceUID);
      expect(s!.analysable).toBe(true);
      expect(s!.pixels).toMatchObject({
        kind: 'volume',
        geometry: { dims: [512, 512, truth.slices], spacing: [0.681641, 0.681641, 1.25] },
      });
      const reader = await openSeries(s!);
      const slice = await reader.readSlice(130);
      await reader.close();
      // Air outside, lung and soft tissue inside: Hounsfield units, not stored values.
      const sorted = Int16Array.from(slice).sort();
      expect(sorted[Math.floor(0.3 * sorted.length)]).toBeLessThan(-700);
      expect(sorted[Math.floor(0.8 * sorted.length)]).toBeGreaterThan(-200);
      expect(sorted[Math.floor(0.8 * sorted.length)]).toBeLessThan(200);
    },
  );
});
