import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureCli } from '../../../test-support/captured-cli';

const truth = {
  series: [
    { id: 's1', patient: 'p1', site: 'north' },
    { id: 's2', patient: 'p1', site: 'north' },
    { id: 's3', patient: 'p2', site: 'south', scanner: 'X' },
  ],
  lesions: [
    { series: 's1', box: [0, 0, 0, 8, 8, 8] },
    { series: 's3', box: [0, 0, 0, 30, 30, 30], size: 28 },
  ],
};
const predictions = [
  { series: 's1', box: [1, 0, 0, 9, 8, 8], score: 0.9 },
  { series: 's1', box: [2, 0, 0, 10, 8, 8], score: 0.6 },
  { series: 's2', box: [50, 50, 50, 60, 60, 60], score: 0.8 },
  { series: 's3', box: [20, 20, 20, 50, 50, 50], score: 0.7 },
];

describe('regio evaluate volumes', () => {
  let cwd = '';
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'regio-volumes-'));
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truth));
    writeFileSync(join(cwd, 'found.json'), JSON.stringify(predictions));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const evaluate = (...more: string[]) =>
    captureCli(['evaluate', 'volumes', '--truth', 'truth.json', '--predictions', 'found.json', ...more], {
      cwd,
    });
  const figures = async (...more: string[]) =>
    JSON.parse((await evaluate('--json', ...more)).out) as Record<string, unknown>;

  it('answers with average precision, sensitivities and counts as JSON', async () => {
    const result = await figures();
    // Found at IoU 7/9, the other lesion not at all: 1000 of 53,000 mm³.
    expect(result['AP']).toBeCloseTo(51 / 101, 12);
    expect(result).toMatchObject({
      cpm: 0.5,
      series: 3,
      patients: 2,
      lesions: 2,
      predictions: 4,
      truePositives: 1,
      falsePositives: 3,
      falseNegatives: 1,
      ignored: 0,
      hit: '0.1',
      perSize: [
        { size: '6-10', lesions: 1, found: 1 },
        { size: '>=20', lesions: 1, found: 0 },
      ],
      subgroups: { site: [{ value: 'north', images: 2 }, { value: 'south' }] },
    });
    expect(Object.keys(result)).toEqual(expect.arrayContaining(['AP10', 'AP20', 'AP30', 'AP40', 'AP50']));
  });

  it('takes another rule of what is a hit', async () => {
    expect(await figures('--hit', 'centre')).toMatchObject({ truePositives: 1, falsePositives: 3 });
    // The second mark on the found lesion is nothing then.
    expect(await figures('--hit', '0.3', '--ignore-double-hits')).toMatchObject({
      falsePositives: 2,
      ignored: 1,
    });
    // 0.018 is what the second lesion's mark has.
    expect(await figures('--hit', '0.018')).toMatchObject({
      truePositives: 2,
      cpm: expect.any(Number) as number,
    });
    expect((await evaluate('--hit', 'near')).code).toBe(2);
    expect((await evaluate('--hit', '0')).code).toBe(2);
  });

  it('prints tables, by any field', async () => {
    const { out } = await evaluate('--by', 'scanner, site', '--sizes', '10');
    expect(out).toMatch(/^3 series of 2 patients, 2 lesions, 4 predictions: 1 found, 1 missed, 3 false/);
    expect(out).toMatch(/\nAP10 +0\.5050/);
    expect(out).toMatch(/\n<10 +1 +1 +/);
    expect(out).toMatch(/\nscanner +series [\s\S]*\nX +1 [\s\S]*\n\(none\) +2 /);
    expect(out).toMatch(/\nsite +series [\s\S]*\nnorth +2 [\s\S]*\nsouth +1 /);
  });

  it('draws its plots', async () => {
    const { plots } = (await figures('--plots', 'plots')) as { plots: string[] };
    expect(plots).toHaveLength(6);
    expect(plots.every((path) => existsSync(path))).toBe(true);
  });

  it('says what is wrong with a file', async () => {
    const inverted = { ...truth, lesions: [{ series: 's1', box: [0, 0, 9, 8, 8, 8] }] };
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify(inverted));
    const { code, err } = await evaluate('--json');
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'file.malformed', details: { file: join(cwd, 'truth.json'), field: 'lesions.0.box' } },
    });
    writeFileSync(join(cwd, 'truth.json'), JSON.stringify({ ...truth, series: truth.series.slice(1) }));
    expect((await evaluate()).err).toMatch(/on a series that the truth does not list/);
  });
});
