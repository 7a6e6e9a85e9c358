import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom } from '../../test-support/phantoms';
import { deferred, servicesHarness, type Harness } from '../../test-support/services-harness';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { niftiBytes } from '../../test-support/write-grid';
import { isCopied } from '../core/study/copy-path';
import { openStore } from '../storage';
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

describe('after a kill', () => {
  /** What a kill in mid-copy leaves: whole contents that no set names, and half of one. */
  const killInMidCopy = async (): Promise<void> => {
    const copied = deferred<void>();
    h.engine.answers.copySeries = async (input, options) => {
      await tasks.copySeries(input, options);
      rmSync(join(h.folder, 'copies', 'sets'), { recursive: true });
      writeFileSync(join(h.folder, 'copies', 'files', '.tmp-0123'), 'half');
      copied.resolve();
      return new Promise(() => undefined);
    };
    void h.ask('import.paths', { paths: [source], copy: true });
    await copied.promise;
    h.engine.answers.copySeries = tasks.copySeries;
    await h.restart('killed');
  };

  it('in mid-copy the next start deletes what nobody needs, and the same import works', async () => {
    await killInMidCopy();
    await h.services.idle();
    expect(readdirSync(join(h.folder, 'copies')).sort()).toEqual(['files']);
    expect(copies('files')).toEqual([]);
    expect((await importSource(true)).state).toBe('done');
    expect(copies('files')).toHaveLength(9);
    expect((await middle()).byteLength).toBe(20 * 16 * 2);
  });

  it('between the removal of a study and that of its copies, too; copies that are needed stay', async () => {
    await importSource(true);
    const other = join(folder, 'other.nii');
    writeFileSync(other, niftiBytes(ctPhantom({ dims: [9, 8, 7], nodules: [] })));
    await h.finished((await h.ask('import.paths', { paths: [other], copy: true })).jobId);
    expect(copies('files')).toHaveLength(10);
    h.engine.answers.pruneCopies = () => new Promise(() => undefined);
    const studies = await h.ask('studies.list', undefined);
    await h.ask('studies.remove', { studyId: studies.find((s) => s.patient.name === 'other')!.studyId });
    h.engine.answers.pruneCopies = tasks.pruneCopies;
    await h.restart('killed');
    await h.services.idle();
    expect(copies('files')).toHaveLength(9);
    expect((await middle()).byteLength).toBe(20 * 16 * 2);
    // Nothing is left to do at the next start.
    h.engine.calls.length = 0;
    await h.restart();
    await h.services.idle();
    expect(h.engine.calls.filter((c) => c.method === 'pruneCopies')).toEqual([]);
  });

  it('a second process changes nothing: it gets no store', async () => {
    await killInMidCopy();
    await h.services.idle();
    expect(() => openStore({ folder: h.folder, key: Buffer.alloc(32, 3) })).toThrow(/already open/);
  });
});
