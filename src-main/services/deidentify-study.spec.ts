import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeidentifyReport } from '../contract/deidentification';
import { madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';
import { summarise } from './deidentify-study';

const removed = {
  tag: '(0010,0010)',
  name: 'PatientName',
  action: 'replaced',
  because: 'profile',
  count: 1,
} as const;
const shifted = {
  tag: '(0008,0020)',
  name: 'StudyDate',
  action: 'date-shifted',
  because: 'option',
  count: 2,
} as const;
const file = (output: string, actions: number, burnedIn = '') =>
  ({ source: `/in/${output}`, output, format: 'dicom', actions, masked: burnedIn !== '', burnedIn }) as const;
const report: DeidentifyReport = {
  profile: 'basic',
  standard: 'PS3.15',
  options: ['retain-long-modified-dates'],
  pseudonyms: 'this-run',
  files: [file('a', 0), file('b', 0), file('c', 1, 'Screen capture.')],
  actionSets: [[removed], [removed, shifted]],
  skipped: [{ file: '/in/d', reason: 'No DICOM.' }],
};

let h: Harness;
beforeEach(() => {
  h = servicesHarness();
  h.engine.answers.deidentify = () => report;
});
afterEach(() => h.end());

const start = async (folder: string | null, samePseudonyms?: boolean) => {
  const [studyId] = await h.importSeries(
    madeSeries({ analysable: false, files: ['/in/a', '/in/b', '/in/a'] }),
  );
  const started = await h.ask('deidentify.start', {
    ...{ studyId: studyId!, folder, keepBurnedIn: false, ...(samePseudonyms && { samePseudonyms }) },
    options: ['retain-long-modified-dates'],
  });
  return { studyId: studyId!, job: await h.finished(started!.jobId) };
};

describe('de-identification of a study', () => {
  it('asks the engine for its files, each once, under a secret that nobody keeps', async () => {
    const { studyId, job } = await start('/out');
    expect(job).toMatchObject({
      state: 'done',
      result: { kind: 'deidentification', folder: '/out', report: { written: 3, skippedCount: 1 } },
    });
    const { input } = h.engine.calls.find((call) => call.method === 'deidentify')!;
    expect(input).toMatchObject({
      paths: ['/in/a', '/in/b'],
      outFolder: '/out',
      options: ['retain-long-modified-dates'],
      keepBurnedIn: false,
    });
    const { secret } = input as { secret: string };
    const audit = h.store.listAudit(studyId).pop()!;
    expect(audit).toMatchObject({ type: 'deidentification', payload: { written: 3, skipped: 1 } });
    expect(JSON.stringify([audit, job])).not.toContain(secret);
    const again = await start('/out');
    expect(again.job.state).toBe('done');
    const secrets = h.engine.calls.flatMap(({ method, input: i }) =>
      method === 'deidentify' ? [(i as { secret: string }).secret] : [],
    );
    expect(new Set(secrets).size).toBe(2);
  });

  it('asks under one secret, kept in the encrypted store, where the same pseudonyms are wanted', async () => {
    const inputs = () =>
      h.engine.calls.flatMap(({ method, input }) =>
        method === 'deidentify' ? [input as { secret: string; secretKept?: boolean }] : [],
      );
    const { studyId } = await start('/out', true);
    await h.restart();
    await start('/out', true);
    await start('/out');
    const [first, later, alone] = inputs();
    expect(first!.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(later!.secret).toBe(first!.secret);
    expect(alone!.secret).not.toBe(first!.secret);
    expect(inputs().map((input) => input.secretKept)).toEqual([true, true, false]);
    // Neither the key of copies, nor told to anybody.
    expect(first!.secret).not.toBe(h.store.secret('copies').toString('hex'));
    const told = JSON.stringify([
      h.store.listAudit(studyId),
      h.told,
      h.logged,
      await h.ask('jobs.list', undefined),
    ]);
    expect(told).not.toContain(first!.secret);
    expect(h.store.listAudit(studyId).map((event) => event.payload)).toContainEqual(
      expect.objectContaining({ samePseudonyms: true }),
    );
    for (const name of readdirSync(h.folder).filter((file) => file.startsWith('store.db')))
      expect(readFileSync(join(h.folder, name)).includes(first!.secret)).toBe(false);
  });

  it('fails with the reason where nothing could be written', async () => {
    h.engine.answers.deidentify = () => ({ ...report, files: [], actionSets: [] });
    expect((await start('/out')).job).toMatchObject({
      state: 'failed',
      error: { code: 'export.failed', message: 'No file was written. No DICOM.' },
    });
  });

  it('needs a folder', async () => {
    await expect(start(null)).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'folder' },
    });
  });

  it('is told by what was done, how often, and what wants a look', () => {
    expect(summarise(report)).toEqual({
      options: ['retain-long-modified-dates'],
      pseudonyms: 'this-run',
      written: 3,
      masked: 1,
      lookAt: [{ why: 'Screen capture.', count: 1, first: 'c' }],
      skippedCount: 1,
      skipped: report.skipped,
      actions: [shifted, { ...removed, count: 3 }],
    });
  });
});
