import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureCli } from '../../../test-support/captured-cli';
import { itWithShared } from '../../../test-support/shared-data';

const header = 'seriesuid,coordX,coordY,coordZ,';
const made = {
  'annotations.csv': `${header}diameter_mm\ns1,0,0,0,10\ns2,10,20,-30,6\n`,
  'excluded.csv': `${header}diameter_mm\ns1,50,0,0,-1\n`,
  'series.csv': 's1\ns2\n',
  'predictions.csv': `${header}probability\ns1,1,0,0,0.9\ns1,2,0,0,0.5\ns1,52,0,0,0.8\ns2,90,0,0,0.7\n`,
};

describe('regio evaluate luna16', () => {
  let cwd = '';
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'regio-luna16-'));
    for (const [name, text] of Object.entries(made)) writeFileSync(join(cwd, name), text);
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const base = ['evaluate', 'luna16', '--annotations', 'annotations.csv', '--excluded', 'excluded.csv'];
  const evaluate = (...more: string[]) =>
    captureCli([...base, '--series', 'series.csv', '--predictions', 'predictions.csv', ...more], { cwd });

  it('answers with the counts and figures as JSON', async () => {
    const { code, out, err } = await evaluate('--json');
    expect([code, err]).toEqual([0, '']);
    const result = JSON.parse(out) as Record<string, unknown>;
    expect(result).toMatchObject({
      cpm: 0.5,
      sensitivityAtFpPerScan: { '0.125': 0.5, '8': 0.5 },
      scans: 2,
      nodules: 2,
      truePositives: 1,
      falsePositives: 1,
      falseNegatives: 1,
      ignoredOnExcluded: 1,
      ignoredDoubleDetections: 1,
      candidates: 4,
      predictionsOnOtherSeries: 0,
      intervals95: { cpm: [expect.any(Number), expect.any(Number)] },
      calibration: { brier: expect.any(Number) as number },
    });
    expect(result).not.toHaveProperty('plots');
  });

  it('prints tables for people', async () => {
    writeFileSync(join(cwd, 'series.csv'), 'seriesuid\ns1\n');
    const { out } = await evaluate();
    expect(out).toMatch(/^1 scans, 1 nodules, 3 marks: 1 found, 0 missed/);
    expect(out).toMatch(/\n1 predictions are on series that are not listed/);
    expect(out).toMatch(/\nCPM +1\.0000 +1\.0000 to 1\.0000\n/);
    expect(out).toMatch(/\nsize mm .*@0\.125 +@0\.25 +@0\.5 +@1 +@2 +@4 +@8\n10-20 +1 +1 +1\.0000/);
  });

  it('draws its plots', async () => {
    const { out } = await evaluate('--json', '--plots', 'new/plots');
    const { plots } = JSON.parse(out) as { plots: string[] };
    expect(plots).toEqual(
      ['froc', 'precision-recall', 'calibration'].flatMap((name) =>
        ['svg', 'png'].map((end) => join(cwd, 'new/plots', `${name}.${end}`)),
      ),
    );
    expect(readFileSync(plots[0]!, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    const image = decode(readFileSync(plots[1]!));
    expect([image.width, image.height]).toEqual([1440, 1120]);
    writeFileSync(join(cwd, 'file'), '');
    const blocked = await evaluate('--json', '--plots', 'file');
    expect([blocked.code, JSON.parse(blocked.err)]).toMatchObject([3, { error: { code: 'export.failed' } }]);
  });

  it.each([
    ['predictions.csv', `${header}score\n`, 'line 1, probability'],
    ['predictions.csv', `${header}probability\ns1,1,0,0,0.9\ns1,1,0,zero,0.9\n`, 'line 3, coordZ'],
    ['annotations.csv', `${header}diameter_mm\ns1,1,0,0\n`, 'line 2, diameter_mm'],
    ['excluded.csv', `${header}diameter_mm\n,1,0,0,5\n`, 'line 2, seriesuid'],
  ])('says where %s is wrong', async (name, text, field) => {
    writeFileSync(join(cwd, name), text);
    const { code, err, out } = await evaluate('--json');
    expect([code, out]).toEqual([3, '']);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'file.malformed', details: { file: join(cwd, name), field } },
    });
  });

  it('refuses sizes that are none, before it reads anything', async () => {
    const { code, err } = await evaluate('--sizes', '3,six');
    expect([code, err]).toEqual([2, expect.stringContaining('--sizes wants numbers')]);
    expect((await evaluate('--sizes', '6,3')).code).toBe(3);
    expect(existsSync(join(cwd, 'plots'))).toBe(false);
  });

  const data = ['annotations', 'annotations_excluded', 'seriesuids', 'predictions-deeplung-dpn'];
  itWithShared(
    "gives the challenge script's figures on a real submission, within 10 s",
    [...data.map((name) => `data/luna16-eval/${name}.csv`), 'golden/metrics/luna16-expected.json'],
    async (annotations, excluded, series, predictions, golden) => {
      const started = process.cpuUsage();
      const { out } = await captureCli([
        ...['evaluate', 'luna16', '--annotations', annotations!, '--excluded', excluded!],
        ...['--series', series!, '--predictions', predictions!, '--json'],
      ]);
      // Processor time: a machine busy with other tests says nothing about this one.
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1e6).toBeLessThan(10);
      type Figures = Record<string, number> & {
        sensitivityAtFpPerScan: Record<string, number>;
        note: string;
      };
      const result = JSON.parse(out) as Figures;
      const {
        note: _,
        sensitivityAtFpPerScan,
        cpm,
        ...counts
      } = JSON.parse(readFileSync(golden!, 'utf8')) as Figures;
      expect(result).toMatchObject(counts);
      expect(Math.abs(result['cpm']! - cpm!)).toBeLessThan(1e-6);
      expect(Object.keys(result.sensitivityAtFpPerScan)).toHaveLength(7);
      for (const [rate, value] of Object.entries(sensitivityAtFpPerScan))
        expect(Math.abs(result.sensitivityAtFpPerScan[rate]! - value), rate).toBeLessThan(1e-6);
    },
  );
});
