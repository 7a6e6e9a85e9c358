import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDicomSeries, type WrittenElement } from '../../../test-support/write-dicom';
import type { ScannedSeries } from '../../core/study/entities';
import type { Volume } from '../../core/volume/volume';
import { scannedSeries } from '../../contract/entities';
import { scanPaths } from '../scan';

/** G3 of the reliability list: each fault that a series can have, made, and named by the importer. */
const volume: Volume = {
  dims: [8, 6, 8],
  spacing: [0.5, 0.75, 2.5],
  origin: [-2, -2, 100],
  direction: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  data: Int16Array.from({ length: 8 * 6 * 8 }, (_, n) => (n * 13) % 900),
  modality: 'CT',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-checks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Edit = (k: number) => readonly WrittenElement[] | null;
async function scanned(edit: Edit): Promise<readonly ScannedSeries[]> {
  // The writer numbers backwards, which is a note of its own: here numbers follow the slices.
  const forwards: Edit = (k) => {
    const edits = edit(k);
    const numbered = edits?.some(([tag]) => tag === '00200013');
    return edits && (numbered ? edits : [['00200013', 'IS', String(k + 1)], ...edits]);
  };
  await writeDicomSeries(folder, volume, { edit: forwards });
  return (await scanPaths([folder])).series;
}
const position = (k: number, y = 0): WrittenElement => ['00200032', 'DS', `-2\\${-2 + y}\\${100 + 2.5 * k}`];
const named = (s: ScannedSeries): string[] => (s.issues ?? []).map((i) => `${i.code} ${i.severity}`);
const oblique = '1\\0\\0\\0\\0\\-1';

describe('a made series', () => {
  it('without a fault has none', async () => {
    const [s] = await scanned(() => []);
    expect([s!.issues, s!.warnings, s!.analysable]).toEqual([undefined, [], true]);
  });

  it.each<[string, Edit, string, boolean]>([
    ['a missing slice', (k) => (k === 4 ? null : []), 'gap unsafe', false],
    ['a doubled slice', (k) => [position(k > 4 ? k - 1 : k)], 'doubled-slices warning', true],
    ['an uneven slice', (k) => (k === 3 ? [position(3.3)] : []), 'irregular-spacing warning', true],
    ['slices shifted sideways', (k) => [position(k, k > 3 ? 4 : 0)], 'off-grid unsafe', false],
    ['a tilted gantry', (k) => [position(k, k * 0.5)], 'gantry-tilt warning', true],
    [
      'numbers that run backwards',
      (k) => [['00200013', 'IS', String(9 - k)]],
      'numbering-reversed note',
      true,
    ],
    [
      'numbers in no order',
      (k) => [['00200013', 'IS', String((k * 3) % 8)]],
      'numbering-disordered warning',
      true,
    ],
    ['one slice', (k) => (k === 2 ? [] : null), 'one-slice warning', true],
    ['positions that are no numbers', () => [['00200032', 'DS', 'NaN\\0\\0']], 'no-position unsafe', false],
    ['slices in one place', () => [position(0)], 'no-stack unsafe', false],
    [
      'two sides in each file',
      () => [
        ['00200060', 'CS', 'L'],
        ['00200062', 'CS', 'R'],
      ],
      'contrary-laterality unsafe',
      false,
    ],
    [
      'files of two sides',
      (k) => [['00200060', 'CS', k < 4 ? 'L' : 'R']],
      'contrary-laterality warning',
      true,
    ],
    [
      'a side that its description denies',
      () => [
        ['00200060', 'CS', 'L'],
        ['0008103E', 'LO', 'KNEE RIGHT'],
      ],
      'contrary-laterality warning',
      true,
    ],
  ])('with %s says so', async (_, edit, issue, analysable) => {
    const series = await scanned(edit);
    expect(series).toHaveLength(1);
    const [s] = series;
    expect(named(s!)).toContain(issue);
    expect(s!.analysable).toBe(analysable);
    const { text, severity } = s!.issues!.find((i) => issue.startsWith(i.code))!;
    expect(s!.warnings.includes(text)).toBe(severity !== 'note');
    // What the engine sends and the store keeps is the same.
    expect(scannedSeries.parse(s).issues).toEqual(s!.issues);
  });

  it.each<[string, Edit, string]>([
    [
      'directions',
      (k) =>
        k > 5
          ? [
              ['00200037', 'DS', oblique],
              ['00200032', 'DS', `0\\${2.5 * k}\\0`],
            ]
          : [],
      'mixed-orientation warning',
    ],
    ['pixel spacings', (k) => (k > 5 ? [['00280030', 'DS', '0.9\\0.9']] : []), 'mixed-spacing warning'],
    [
      'acquisitions',
      (k) => [position(k % 4), ['00200012', 'IS', String(k < 4 ? 1 : 2)]],
      'several-acquisitions warning',
    ],
    ['echoes', (k) => [position(k % 4), ['00180081', 'DS', k < 4 ? '20' : '80']], 'several-echoes warning'],
    [
      'points in time',
      (k) => [position(k % 4), ['00200100', 'IS', k < 4 ? '1' : '2']],
      'several-time-points warning',
    ],
  ])('of two %s becomes two series that say so', async (_, edit, issue) => {
    const series = await scanned(edit);
    expect(series).toHaveLength(2);
    for (const s of series) expect(named(s)).toContain(issue);
  });

  it('with a localiser inside is taken apart; the localiser is not searched', async () => {
    const series = await scanned((k) =>
      k === 0 ? [['00080008', 'CS', 'ORIGINAL\\PRIMARY\\LOCALIZER']] : [],
    );
    expect(series.map(named)).toContainEqual(['localiser-inside warning']);
    expect(series.map((s) => [named(s).includes('localiser unsafe'), s.analysable])).toContainEqual([
      true,
      false,
    ]);
  });

  it('with one position that is no number keeps the rest, and says what is missing', async () => {
    const series = await scanned((k) => (k === 7 ? [['00200032', 'DS', 'NaN\\0\\0']] : []));
    const stack = series.find((s) => s.pixels.kind === 'volume')!;
    expect(named(stack)).toEqual(['no-position warning']);
    expect(stack.warnings.join()).toContain('1 image of this series');
  });
});
