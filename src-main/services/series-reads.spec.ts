import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ctPhantom } from '../../test-support/phantoms';
import { deferred, servicesHarness, type Harness } from '../../test-support/services-harness';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { niftiBytes } from '../../test-support/write-grid';
import { createEngineTasks } from './engine-tasks';
import { mutable } from './mutable';

/** The real engine's tasks for files, behind the harness's engine. */
let h: Harness;
let source: string;
let tasks: ReturnType<typeof createEngineTasks>;
const slices = 40;
const volume = ctPhantom({ dims: [64, 48, slices] });

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regio-leave-'));
  source = join(folder, 'source');
  mkdirSync(join(folder, 'tmp'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
  tasks = createEngineTasks({ modelsFolder: join(source, 'models') });
  h = servicesHarness({
    scan: async (input, options) => mutable(await tasks.scan(input, options)),
    readSlices: tasks.readSlices,
    readKnownSlices: tasks.readKnownSlices,
    closeSeries: tasks.closeSeries,
    status: tasks.status,
    listModels: () => [],
  });
  await h.ask('settings.set', { detectOnImport: false });
  await writeDicomSeries(join(source, 'ct'), volume, { syntax: 'jpegls' });
  writeFileSync(join(source, 'head.nii'), niftiBytes(volume));
  const { jobId } = await h.ask('import.paths', { paths: [source] });
  expect((await h.finished(jobId)).state).toBe('done');
});
afterEach(async () => {
  await h.end();
  await tasks.dispose();
  vi.unstubAllEnvs();
  rmSync(join(source, '..'), { recursive: true, force: true });
});

const seriesOf = async (format: string) => {
  for (const { studyId } of await h.ask('studies.list', undefined)) {
    const { series } = await h.ask('studies.open', { studyId });
    const found = series.find((s) => s.format === format);
    if (found) return found;
  }
  throw new Error(`no ${format}`);
};
const openSeries = async (): Promise<number> => (await h.ask('engine.status', undefined)).openSeries;
const read = (seriesId: string, ...indices: number[]) => h.ask('series.readSlices', { seriesId, indices });

describe('a series that is left in mid-load', () => {
  it.each(['dicom', 'nifti'])('leaves nothing behind and opens again: %s', async (format) => {
    const { seriesId } = await seriesOf(format);
    await read(seriesId, 0);
    expect(await openSeries()).toBe(1);
    const first = Array.from({ length: 16 }, (_, k) => k);
    const loading = [read(seriesId, ...first), read(seriesId, ...first.map((k) => k + 16))];
    const ends = Promise.allSettled(loading);
    await h.ask('series.leave', { seriesId });
    for (const end of await ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'job.cancelled' } });
    // The engine's own calls end a moment after who asked was told.
    await expect.poll(openSeries).toBe(0);
    expect(h.services.handlers['jobs.list']()).toHaveLength(1);
    const temporary = readdirSync(process.env['TMPDIR']!);
    expect(temporary.filter((name) => !h.folder.endsWith(name))).toEqual([]);

    const [again] = await read(seriesId, 7);
    const voxels = new Int16Array(again!.data);
    expect(voxels.every((v, n) => v === volume.data[7 * 64 * 48 + n])).toBe(true);
  });

  it('takes nothing from who reads it at the same time, or opens it at once', async () => {
    const { seriesId } = await seriesOf('dicom');
    const scanned = mutable(h.store.getSeries(seriesId)!.scanned);
    const gate = deferred<void>();
    h.engine.answers.readSlices = async (input, options) => {
      await gate.promise;
      return tasks.readSlices(input, options);
    };
    const loading = read(seriesId, 1, 2, 3);
    const ended = expect(loading).rejects.toMatchObject({ code: 'job.cancelled' });
    const other = tasks.readSlices({ series: scanned, indices: [...Array(slices).keys()] }, {});
    await h.ask('series.leave', { seriesId });
    const next = read(seriesId, 5);
    gate.resolve();
    await ended;
    expect((await next)[0]!.data.byteLength).toBe(64 * 48 * 2);
    expect(await other).toHaveLength(slices);
  });

  it('is no failure when it was never read, was left before, or was removed', async () => {
    const { seriesId, studyId } = await seriesOf('dicom');
    await h.ask('series.leave', { seriesId });
    await read(seriesId, 0);
    await h.ask('studies.remove', { studyId });
    await h.ask('series.leave', { seriesId });
    await h.ask('series.leave', { seriesId });
    expect(await openSeries()).toBe(0);
  });
});
