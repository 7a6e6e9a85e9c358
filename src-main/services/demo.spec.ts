import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../core/app-error';
import { found, madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';
import { runDemo } from './demo';

let h: Harness;
beforeEach(() => {
  h = servicesHarness();
  h.engine.answers.scan = () => ({
    series: ['brain1', 'brain2', 'lung1', 'broken'].map((name, n) =>
      madeSeries({
        studyInstanceUid: `2.25.${n}`,
        seriesInstanceUid: `2.25.${n}.1`,
        files: [`/demo/${name}_image.nrrd`],
        modality: name === 'lung1' ? 'CT' : 'MR',
      }),
    ),
    skipped: [],
  });
  h.engine.answers.detect = ({ series }) => {
    if (series.files[0]!.includes('broken')) throw new AppError('engine.crashed', 'x', 'y');
    return series.files[0]!.includes('brain1') ? found(0.2, 0.8) : found(0.4);
  };
});
afterEach(() => h.end());

const run = () =>
  runDemo({
    services: h.services,
    paths: ['/demo'],
    outFolder: join(h.folder, 'out'),
    formats: ['csv', 'json'],
  });

it.each([[true], [false]])(
  'imports, detects, lists and exports (detection on import: %s)',
  async (detectOnImport) => {
    await h.ask('settings.set', { detectOnImport });
    const { rows, notes, files, studyIds } = await run();
    expect(rows).toEqual([
      {
        studyId: studyIds[0],
        file: 'brain1_image.nrrd',
        model: 'brain',
        number: 1,
        label: 'tumour',
        score: 0.8,
        center: [2, 2, 2],
        size: [2, 2, 2],
        unit: 'mm',
      },
    ]);
    expect(notes).toEqual({
      'brain2_image.nrrd': 'No finding at or above the operating point 0.5 of brain.',
      'lung1_image.nrrd': expect.stringContaining('No installed model reads CT') as string,
      'broken_image.nrrd': expect.stringContaining('not known whether') as string,
    });
    expect(files).toHaveLength(8);
    expect(files.every((file) => existsSync(file))).toBe(true);
    expect(files[0]).toContain(join('out', 'brain1_image'));
  },
);

it('fails when nothing could be imported', async () => {
  h.engine.answers.scan = () => ({ series: [], skipped: [] });
  await expect(run()).rejects.toMatchObject({ code: 'file.unsupported' });
});
