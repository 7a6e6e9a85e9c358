import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  functionalGroups,
  madeDicom,
  ultrasoundRegion,
  words,
  type MadePicture,
} from '../../../test-support/made-dicom';
import type { WrittenElement } from '../../../test-support/write-dicom';
import { applyWindow } from '../../core/volume/windowing';
import type { ScannedSeries } from '../../core/study/entities';
import { loadVolume, openSeries, scanPaths } from '../index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-values-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function scanAll(made: MadePicture): Promise<readonly ScannedSeries[]> {
  const file = join(folder, 'made.dcm');
  writeFileSync(file, await madeDicom(made));
  const { series, skipped } = await scanPaths([file]);
  expect(skipped).toEqual([]);
  return series;
}
async function scan(made: MadePicture): Promise<ScannedSeries> {
  const series = await scanAll(made);
  expect(series).toHaveLength(1);
  return series[0]!;
}
async function values(series: ScannedSeries, index = 0): Promise<number[]> {
  const reader = await openSeries(series);
  try {
    return [...(await reader.readSlice(index))];
  } finally {
    await reader.close();
  }
}
const four = { columns: 2, rows: 2 } as const;
const ds = (tag: string, value: string): WrittenElement => [tag, 'DS', value];
const table = (sequence: string, descriptor: Buffer, data: Buffer): WrittenElement => [
  sequence,
  'SQ',
  [
    [
      ['00283002', 'US', descriptor],
      ['00283006', 'OW', data],
    ],
  ],
];

describe('stored values', () => {
  it('of 12 bits in 16 lose their dirty high bits and keep their sign', async () => {
    const samples = [0xf001, 0x7fff, 0xa800, 0x0123];
    const made = { ...four, modality: 'MR', bitsStored: 12, samples };
    expect(await values(await scan(made))).toEqual([0x001, 0xfff, 0x800, 0x123]);
    expect(await values(await scan({ ...made, signed: true }))).toEqual([1, -1, -2048, 0x123]);
  });

  it('are read from the high bits where High Bit says so', async () => {
    const made = { ...four, bitsStored: 12, samples: [0x0010, 0xfff0, 0x1230, 0x123f] };
    expect(await values(await scan({ ...made, elements: [['00280102', 'US', 15]] }))).toEqual([
      1, 0xfff, 0x123, 0x123,
    ]);
  });
});

describe('modality values', () => {
  it('follow a slope of a hundredth', async () => {
    const elements = [ds('00281052', '-10'), ds('00281053', '0.01')];
    const got = await values(await scan({ ...four, modality: 'CT', samples: [0, 1, 1000, 65535], elements }));
    [-10, -9.99, 0, 645.35].forEach((v, n) => expect(got[n]).toBeCloseTo(v, 3));
  });

  it('follow the Modality LUT, whose ends hold beyond', async () => {
    const elements = [table('00283000', words(3, 100, 16), words(7, 5000, 60000)), ds('00281053', '3')];
    const s = await scan({ ...four, samples: [0, 100, 101, 4000], elements });
    expect(await values(s)).toEqual([7, 7, 5000, 60000]);
    expect(s.pixels).toMatchObject({ voxelType: 'uint16' });
  });

  it('of a MONOCHROME1 picture are turned round after the LUT, and its windows and tables with them', async () => {
    const elements = [
      table('00283000', words(3, 0, 16), words(10, 20, 40)),
      ds('00281050', '15'),
      ds('00281051', '10'),
      table('00283010', words(3, 10, 8), words(0, 0, 255)),
    ];
    const s = await scan({ ...four, photometric: 'MONOCHROME1', samples: [0, 1, 2, 2], elements });
    expect(await values(s)).toEqual([40, 30, 10, 10]);
    expect(s.pixels.voi[0]).toMatchObject({ center: 36, width: 10 });
    // 12 showed white where black is 0; turned round it is 38 and shows black.
    expect(s.pixels.voi[1]!.curve).toEqual([
      [38, 0],
      [39, 1],
      [40, 1],
    ]);
  });
});

describe('padding', () => {
  const padded = [ds('00281052', '0'), ['00280120', 'US', words(65535)] as const];
  it('that would be bright is black', async () => {
    const s = await scan({ ...four, samples: [65535, 40, 30, 60], elements: padded });
    expect(await values(s)).toEqual([30, 40, 30, 60]);
    expect(s.pixels.valueRange).toEqual([30, 60]);
  });

  it('that is darker than the rest stays exact, and no window counts it', async () => {
    const elements: WrittenElement[] = [['00280120', 'SS', words(-2000)]];
    const s = await scan({ ...four, modality: 'MR', signed: true, samples: [-2000, 40, 30, 60], elements });
    expect(await values(s)).toEqual([-2000, 40, 30, 60]);
    expect(s.pixels.valueRange).toEqual([30, 60]);
  });

  it('is a range where a limit is given', async () => {
    const elements: WrittenElement[] = [
      ['00280120', 'US', words(90)],
      ['00280121', 'US', words(100)],
    ];
    expect(await values(await scan({ ...four, samples: [95, 90, 7, 89], elements }))).toEqual([7, 7, 7, 89]);
  });
});

describe('VOI', () => {
  it('keeps the function that the file names', async () => {
    const elements = [ds('00281050', '50'), ds('00281051', '20'), ['00281056', 'CS', 'SIGMOID'] as const];
    const [sigmoid] = (await scan({ ...four, elements })).pixels.voi;
    expect(sigmoid).toMatchObject({ center: 50, width: 20, shape: 'sigmoid' });
    // PS3.3 C.11.2.1.3.1: 1 / (1 + exp(-4 (x - c) / w)).
    expect(applyWindow(50, sigmoid!)).toBe(0.5);
    expect(applyWindow(60, sigmoid!)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    const exact = { center: 50, width: 20, shape: 'linear-exact' } as const;
    expect([40, 50, 55, 60].map((v) => applyWindow(v, exact))).toEqual([0, 0.5, 0.75, 1]);
  });

  it('gives a table of the file as a curve within a thousandth', async () => {
    const entries = Array.from({ length: 500 }, (_, n) => Math.round(4095 * Math.pow(n / 499, 2.2)));
    const elements = [table('00283010', words(500, 1000, 12), words(...entries))];
    const [window] = (await scan({ ...four, elements })).pixels.voi;
    expect(window!.curve!.length).toBeLessThan(60);
    const worst = Math.max(...entries.map((e, n) => Math.abs(applyWindow(1000 + n, window!) - e / 4095)));
    expect(worst).toBeLessThanOrEqual(0.001);
    expect([0, 99_999].map((v) => applyWindow(v, window!))).toEqual([0, 1]);
  });
});

describe('pixel spacing', () => {
  const spacingOf = async (made: MadePicture): Promise<unknown> => {
    const { pixels, warnings } = await scan(made);
    return [
      pixels.kind === 'image' && pixels.pixelSpacing,
      warnings.find((w) => /Sizes|scale/.test(w)) ?? null,
    ];
  };
  it.each<[string, string, WrittenElement[], readonly [number, number] | null, RegExp | null]>([
    ['Pixel Spacing', 'MR', [ds('00280030', '0.5\\0.25')], [0.25, 0.5], null],
    ['Imager Pixel Spacing of no other', 'MR', [ds('00181164', '0.5\\0.25')], null, null],
    ['Imager Pixel Spacing', 'DX', [ds('00181164', '0.2\\0.1')], [0.1, 0.2], /at the detector/],
    [
      'and magnification',
      'MG',
      [ds('00181164', '0.2\\0.1'), ds('00181114', '2')],
      [0.05, 0.1],
      /magnification of 2/,
    ],
    [
      'calibrated',
      'XA',
      [ds('00181164', '0.2\\0.2'), ds('00280030', '0.1\\0.1'), ['00280A02', 'CS', 'FIDUCIAL']],
      [0.1, 0.1],
      /fiducial/,
    ],
    [
      'the same twice',
      'CR',
      [ds('00181164', '0.2\\0.2'), ds('00280030', '0.2\\0.2')],
      [0.2, 0.2],
      /at the detector/,
    ],
    ['scanned film', 'OT', [ds('00182010', '0.3\\0.3')], [0.3, 0.3], /on the film/],
    ['none', 'ES', [], null, null],
    ['nonsense', 'MR', [ds('00280030', '0\\0.25')], null, null],
  ])('%s of a %s', async (_name, modality, elements, spacing, note) => {
    const [got, said] = (await spacingOf({ ...four, modality, elements })) as [unknown, string | null];
    if (spacing === null) expect(got).toBeNull();
    else spacing.forEach((v, n) => expect((got as number[])[n]).toBeCloseTo(v, 12));
    if (note) expect(said).toMatch(note);
    else expect(said).toBeNull();
  });

  it('of ultrasound is that of its regions, or each region has its own', async () => {
    const us = { columns: 20, rows: 10, components: 3, modality: 'US' } as const;
    const two = (second: number): WrittenElement[] => [
      [
        '00186011',
        'SQ',
        [ultrasoundRegion([0, 0, 9, 9], 0.01, 0.02), ultrasoundRegion([10, 0, 19, 9], second, 0.02)],
      ],
    ];
    const same = await scan({ ...us, elements: two(0.01) });
    expect(same.pixels).toMatchObject({ pixelSpacing: [0.1, 0.2] });
    expect(same.pixels).not.toHaveProperty('regions');
    const differ = await scan({ ...us, elements: two(0.05) });
    expect(differ.pixels).toMatchObject({
      pixelSpacing: null,
      regions: [
        { boxPx: [0, 0, 10, 10], spacing: [0.1, 0.2] },
        { boxPx: [10, 0, 10, 10], spacing: [0.5, 0.2] },
      ],
    });
  });
});

describe('what else a clinic needs to see', () => {
  it('side, view and orientation of a mammogram', async () => {
    const elements: WrittenElement[] = [
      ['00200062', 'CS', 'L'],
      ['00185101', 'CS', 'MLO'],
      ['00200020', 'CS', 'A\\FR'],
    ];
    const { dicom } = await scan({ ...four, modality: 'MG', elements });
    expect(dicom).toMatchObject({ laterality: 'L', view: 'MLO', patientOrientation: ['A', 'FR'] });
    const none = (await scan({ ...four, modality: 'MG', elements: [['00200062', 'CS', 'U']] })).dicom;
    expect(none).not.toHaveProperty('laterality');
  });

  it('the pace of a loop', async () => {
    const loop = { ...four, modality: 'XA', frames: 3 };
    expect((await scan({ ...loop, elements: [ds('00181063', '33.3')] })).pixels).toMatchObject({
      frameMs: 33.3,
      frames: 3,
    });
    expect((await scan({ ...loop, elements: [['00180040', 'IS', '25']] })).pixels).toMatchObject({
      frameMs: 40,
    });
  });
});

describe('an enhanced multi-frame image', () => {
  it.each(['explicit', 'implicit', 'big-endian'] as const)(
    'written as %s is a volume by its functional groups',
    async (syntax) => {
      const made = { columns: 3, rows: 2, frames: 4, modality: 'CT', bitsStored: 12 } as const;
      const samples = Array.from({ length: 24 }, (_, n) => n);
      const s = await scan({ ...made, syntax, samples, elements: functionalGroups(4) });
      expect(s.pixels).toMatchObject({
        kind: 'volume',
        geometry: { dims: [3, 2, 4], spacing: [0.5, 0.5, 2], origin: [-10, -20, 0] },
      });
      const volume = await loadVolume(s);
      // Each frame has a slope of its own.
      expect([...volume.data]).toEqual(samples.map((v, n) => v * (1 + Math.floor(n / 6)) - 100));
      expect(s.pixels.voi[0]).toMatchObject({ center: 102, width: 400 });
    },
  );

  it('of two phases gives two volumes', async () => {
    const made = { columns: 3, rows: 2, frames: 6, modality: 'MR', bitsStored: 12 } as const;
    const series = await scanAll({ ...made, elements: functionalGroups(3, { phases: 2 }) });
    expect(series.map((s) => s.pixels.kind === 'volume' && s.pixels.geometry.dims)).toEqual([
      [3, 2, 3],
      [3, 2, 3],
    ]);
  });
});
