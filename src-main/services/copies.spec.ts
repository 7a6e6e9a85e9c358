import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom } from '../../test-support/phantoms';
import { servicesHarness, type Harness } from '../../test-support/services-harness';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { isCopied } from '../core/study/copy-path';
import { createEngineTasks } from './engine-tasks';
import { mutable } from './mutable';

/** The real engine's tasks for files, behind the harness's engine. */
let h: Harness;
let folder: string;
let source: string;
let tasks: ReturnType<typeof createEngineTasks>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regio-copy-'));
  source = join(folder, 'source');
  mkdirSync(source);
  tasks = createEngineTasks({ modelsFolder: join(folder, 'models') });
  h = servicesHarness({
    scan: async (input, options) => mutable(await tasks.scan(input, options)),
    openCopies: tasks.openCopies,
    copySeries: tasks.copySeries,
    pruneCopies: tasks.pruneCopies,
    readSlices: tasks.readSlices,
    listModels: () => [],
  });
  await h.ask('settings.set', { detectOnImport: false });
  await writeDicomSeries(source, ctPhantom({ dims: [20, 16, 9] }));
});
afterEach(async () => {
  await h.end();
  await tasks.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const copies = (kind: string): string[] => {
  const place = join(h.folder, 'copies', kind);
  return existsSync(place) ? readdirSync(place) : [];
};
const importSource = async (copy?: boolean) =>
  h.finished((await h.ask('import.paths', { paths: [source], ...(copy !== undefined && { copy }) })).jobId);
const theSeries = async () => {
  const [study] = await h.ask('studies.list', undefined);
  return (await h.ask('studies.open', { studyId: study!.studyId })).series[0]!;
};
const middle = async (): Promise<Buffer> => {
  const { seriesId } = await theSeries();
  const [slice] = await h.ask('series.readSlices', { seriesId, indices: [4] });
  return Buffer.from(slice!.data);
};

describe('import by copy', () => {
  it('opens when the source is gone, also after a restart; by reference it does not', async () => {
    expect((await importSource(false)).state).toBe('done');
    const shown = await middle();
    expect((await theSeries()).copied).toBeUndefined();
    // The same study by copy: what was by reference gets its copies.
    expect((await importSource(true)).state).toBe('done');
    expect((await theSeries()).copied).toBe(true);
    expect(copies('files')).toHaveLength(9);
    await h.restart();
    rmSync(source, { recursive: true });
    expect((await middle()).equals(shown)).toBe(true);
    const databases = readdirSync(h.folder).filter((f) => f.startsWith('store.db'));
    for (const file of databases)
      expect(readFileSync(join(h.folder, file)).includes(h.store.secret('copies').toString('hex'))).toBe(
        false,
      );
  });

  it('is what the setting says unless the import says otherwise; importing by reference gives no copy up', async () => {
    await h.ask('settings.set', { copyOnImport: true });
    await h.ask('settings.set', { theme: 'light' });
    expect((await h.ask('settings.get', undefined)).copyOnImport).toBe(true);
    await importSource();
    expect((await theSeries()).copied).toBe(true);
    await importSource(false);
    expect((await theSeries()).copied).toBe(true);
    expect(await h.ask('studies.list', undefined)).toHaveLength(1);
    expect(isCopied(h.store.getSeries((await theSeries()).seriesId)!.scanned)).toBe(true);
  });

  it('leaves nothing behind when it fails or is cancelled, and nothing when the study is removed', async () => {
    h.engine.answers.copySeries = async (input, options) => {
      await tasks.copySeries(input, options);
      throw new Error('the engine died');
    };
    const failed = await importSource(true);
    expect([failed.state, failed.result]).toEqual(['failed', null]);
    expect(await h.ask('studies.list', undefined)).toEqual([]);
    expect([copies('sets'), copies('files')]).toEqual([[], []]);
    h.engine.answers.copySeries = tasks.copySeries;
    await importSource(true);
    expect(copies('files')).toHaveLength(9);
    const [study] = await h.ask('studies.list', undefined);
    await h.ask('studies.remove', { studyId: study!.studyId });
    await h.services.idle();
    expect([copies('sets'), copies('files')]).toEqual([[], []]);
    expect(readdirSync(source)).toHaveLength(9);
  });

  it('tells the engine where copies are before each call that names some', async () => {
    await importSource(true);
    h.engine.calls.length = 0;
    await middle();
    expect(h.engine.calls.map((c) => c.method)).toEqual(['openCopies', 'readSlices']);
  });
});
