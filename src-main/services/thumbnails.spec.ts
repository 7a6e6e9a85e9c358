import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom, polypPhoto } from '../../test-support/phantoms';
import {
  deferred,
  fakeEngine,
  madePhoto,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../test-support/services-harness';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { jpegBytes } from '../../test-support/write-raster';
import type { Thumbnail } from '../contract/entities';
import { AppError } from '../core/app-error';
import { createEngineTasks } from './engine-tasks';
import { mutable } from './mutable';
import { Thumbnails } from './thumbnails';

let h: Harness;
afterEach(() => h.end());

const seriesOf = async (): Promise<string[]> => {
  const studies = await h.ask('studies.list', undefined);
  const all = await Promise.all(studies.map(({ studyId }) => h.ask('studies.open', { studyId })));
  return all.flatMap(({ series }) => series.map((s) => s.seriesId));
};
const ask = (seriesId: string): Promise<Thumbnail | null> => h.ask('series.thumbnail', { seriesId });
const made = (): number => h.engine.calls.filter((c) => c.method === 'thumbnail').length;

describe('thumbnails of made files', () => {
  let folder: string;
  let tasks: ReturnType<typeof createEngineTasks>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regio-thumbnails-'));
    tasks = createEngineTasks({ modelsFolder: join(folder, 'models') });
    h = servicesHarness({
      scan: async (input, options) => mutable(await tasks.scan(input, options)),
      thumbnail: tasks.thumbnail,
      openCopies: tasks.openCopies,
      copySeries: tasks.copySeries,
      pruneCopies: tasks.pruneCopies,
      listModels: () => [],
    });
    await h.ask('settings.set', { detectOnImport: false });
  });
  afterEach(async () => {
    await tasks.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const importFrom = async (name: string, copy = false): Promise<void> => {
    const { jobId } = await h.ask('import.paths', { paths: [join(folder, name)], copy });
    expect((await h.finished(jobId)).state).toBe('done');
  };
  const pixelsOf = (thumbnail: Thumbnail | null) => decode(new Uint8Array(thumbnail!.png));

  it("show a CT's middle slice in its own window, as wide and high as it is, from the store ever after", async () => {
    // Twice as wide as high in mm. Air, water and a nodule in the middle slice alone.
    const ct = ctPhantom({
      dims: [100, 100, 9],
      spacing: [2, 1, 3],
      nodules: [{ centerIjk: [24, 50, 4], radiusMm: 6, value: 400 }],
    });
    await writeDicomSeries(join(folder, 'ct'), ct, { syntax: 'jpegls' });
    await importFrom('ct');
    const [seriesId] = await seriesOf();
    const thumbnail = await ask(seriesId!);
    const { width, height, channels, data } = pixelsOf(thumbnail);
    expect([width, height, channels, thumbnail!.width, thumbnail!.height]).toEqual([100, 50, 1, 100, 50]);
    const grey = (x: number, y: number): number => data[y * width + x]!;
    // Lung window, -1350 to 150 HU: nodule white, water light, lung dark, air around black.
    expect(grey(24, 25)).toBe(255);
    expect(grey(49, 25)).toBeGreaterThan(220);
    expect(grey(24, 15)).toBeLessThan(110);
    expect(grey(1, 1)).toBeLessThan(70);
    expect(made()).toBe(1);

    await h.restart();
    expect(await ask(seriesId!)).toEqual(thumbnail);
    expect(await ask(seriesId!)).toEqual(thumbnail);
    expect(made()).toBe(1);
  });

  it('show the side that the viewer shows on the left, whatever way the voxels run', async () => {
    const ct = ctPhantom({
      dims: [40, 40, 5],
      nodules: [{ centerIjk: [8, 20, 2], radiusMm: 8, value: 400 }],
    });
    const prone = { ...ct, direction: [[-1, 0, 0], [0, -1, 0], ct.direction[2]] as typeof ct.direction };
    await writeDicomSeries(join(folder, 'supine'), ct);
    await writeDicomSeries(join(folder, 'prone'), prone, { seriesUid: '1.2.826.0.1.3680043.8.498.9' });
    const sides = [];
    for (const name of ['supine', 'prone']) {
      await importFrom(name);
      const { width, data } = pixelsOf(await ask((await seriesOf()).at(-1)!));
      sides.push([data[20 * width + 8]!, data[20 * width + 31]!]);
    }
    // The nodule lies in column 8: at the patient's right in the one, at the left in the other.
    expect(sides[0]![0]).toBe(255);
    expect(sides[1]![1]).toBe(255);
    expect(sides[0]![1]).toBeLessThan(255);
    expect(sides[1]![0]).toBeLessThan(255);
  });

  it('are made anew of changed files, not of moved or copied ones, and go with the study', async () => {
    mkdirSync(join(folder, 'a'));
    const write = (name: string, x: number): void => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(
        join(folder, name, 'photo.jpg'),
        jpegBytes(polypPhoto(200, 150, { x, y: 75, radius: 30 })),
      );
    };
    write('a', 60);
    await importFrom('a');
    const [seriesId] = await seriesOf();
    const first = await ask(seriesId!);
    const { width, height, channels } = pixelsOf(first);
    expect([width, height, channels]).toEqual([128, 96, 3]);
    write('b', 140);
    await importFrom('b');
    const [second] = (await seriesOf()).filter((id) => id !== seriesId);
    expect(Buffer.from((await ask(second!))!.png).equals(Buffer.from(first!.png))).toBe(false);
    expect(made()).toBe(2);

    // The same photo by copy: the content is the same, where it lies is not.
    await importFrom('a', true);
    expect(await ask(seriesId!)).toEqual(first);
    rmSync(join(folder, 'a'), { recursive: true });
    expect(await ask(seriesId!)).toEqual(first);
    const { studyId } = h.store.getSeries(seriesId!)!;
    await h.ask('studies.remove', { studyId });
    expect(h.store.getThumbnail(seriesId!)).toBeNull();
    expect(h.store.getThumbnail(second!)).not.toBeNull();
    await expect(ask(seriesId!)).rejects.toMatchObject({ code: 'not-found' });
    await h.services.idle();
  });

  it('are none of a damaged or missing file, without an error, and without trying the damaged one again', async () => {
    await writeDicomSeries(join(folder, 'ct'), ctPhantom({ dims: [20, 16, 9] }), { syntax: 'jpegls' });
    await importFrom('ct');
    const [seriesId] = await seriesOf();
    rmSync(join(folder, 'ct'), { recursive: true });
    expect(await ask(seriesId!)).toBeNull();
    expect(await ask(seriesId!)).toBeNull();
    expect([made(), h.store.getThumbnail(seriesId!)]).toEqual([2, null]);
    h.engine.answers.thumbnail = () => {
      throw new AppError('file.malformed', 'damaged', '');
    };
    expect(await ask(seriesId!)).toBeNull();
    expect(await ask(seriesId!)).toBeNull();
    expect(made()).toBe(3);
    expect(h.logged).toContain('no thumbnail: file.malformed');
  });
});

describe('thumbnails of a made engine', () => {
  const png = (byte: number, length = 8): Thumbnail => ({
    width: 2,
    height: 2,
    png: new Uint8Array(length).fill(byte).buffer,
  });
  const crash = (): never => {
    throw new AppError('engine.crashed', 'The engine stopped unexpectedly.', '');
  };
  beforeEach(async () => {
    h = servicesHarness({ listModels: () => [] });
    await h.ask('settings.set', { detectOnImport: false });
  });

  it('are asked of the engine one after the other, each once, and stop when the program closes', async () => {
    const photos = [1, 2, 3].map((n) => madePhoto({ seriesInstanceUid: `2.25.${n}` }));
    await h.importSeries(...photos);
    const ids = await seriesOf();
    const gates = [deferred<Thumbnail>(), deferred<Thumbnail>()];
    h.engine.answers.thumbnail = () => gates[made() - 1]!.promise;
    const answers = [...ids, ids[0]!].map(ask);
    await Promise.resolve();
    expect(made()).toBe(1);
    gates[0]!.resolve(png(1));
    expect([await answers[0], await answers[3]]).toEqual([png(1), png(1)]);
    await h.services.close();
    expect([await answers[1], await answers[2]]).toEqual([null, null]);
    expect(made()).toBe(2);
    expect(h.store.getThumbnail(ids[1]!)).toBeNull();
  });

  it('are not kept where the series was imported anew meanwhile', async () => {
    await h.importSeries(madeSeries());
    const [seriesId] = await seriesOf();
    const gate = deferred<Thumbnail>();
    const begun = deferred<void>();
    h.engine.answers.thumbnail = () => (begun.resolve(), gate.promise);
    const answer = ask(seriesId!);
    await begun.promise;
    const row = h.store.getSeries(seriesId!)!;
    const scanned = { ...row.scanned, fileStamps: [{ size: 101, mtimeMs: 2 }] };
    h.store.updateSeries({ ...row, scanned });
    gate.resolve(png(1));
    await answer;
    expect(h.store.getThumbnail(seriesId!)).toBeNull();
    h.engine.answers.thumbnail = () => png(2);
    expect(await ask(seriesId!)).toEqual(png(2));
  });

  it('set a series aside whose thumbnail killed the engine twice, and then leave the engine alone', async () => {
    const all = [1, 2, 3].map((n) => madePhoto({ seriesInstanceUid: `2.25.${n}` }));
    await h.importSeries(...all);
    const [bad, good, other] = await seriesOf();
    const uidOfBad = h.store.getSeries(bad!)!.scanned.seriesInstanceUid;
    h.engine.answers.thumbnail = ({ series }) => (series.seriesInstanceUid === uidOfBad ? crash() : png(3));
    expect(await ask(bad!)).toBeNull();
    expect(await ask(good!)).toEqual(png(3));
    expect(await ask(bad!)).toBeNull();
    expect(h.store.getThumbnail(bad!)).toMatchObject({ png: null, tries: 2 });
    // Two crashes are enough of one session; what is there is shown.
    expect([await ask(good!), await ask(other!), made()]).toEqual([png(3), null, 3]);
    await h.restart();
    expect([await ask(bad!), await ask(other!), made()]).toEqual([null, png(3), 4]);
    await h.restart();
    expect([await ask(bad!), made()]).toEqual([null, 4]);
  });

  it('wait until no viewer reads any more, and keep within their bytes', async () => {
    await h.importSeries(...[1, 2, 3].map((n) => madePhoto({ seriesInstanceUid: `2.25.${n}` })));
    const ids = await seriesOf();
    const engine = fakeEngine({ thumbnail: () => png(1, 40) });
    const pauses: { go: () => void }[] = [];
    const { promise: paused, resolve: pausedOnce } = deferred<void>();
    const thumbnails = new Thumbnails({
      store: h.store,
      engine,
      log: () => undefined,
      maxBytes: 100,
      pause: () => new Promise<void>((go) => void (pauses.push({ go }), pausedOnce())),
    });
    const reading = deferred<string>();
    const read = thumbnails.first(() => reading.promise);
    const answers = ids.map((id) => thumbnails.get(id));
    await paused;
    expect(engine.calls).toEqual([]);
    reading.resolve('slices');
    expect(await read).toBe('slices');
    // Quiet once the last read is long ago; each pause ends when it is told to.
    const turn = setInterval(() => pauses.splice(0).forEach(({ go }) => go()), 1);
    await Promise.all(answers);
    clearInterval(turn);
    expect(engine.calls).toHaveLength(3);
    expect(ids.map((id) => h.store.getThumbnail(id) !== null)).toEqual([false, true, true]);
  });
});
