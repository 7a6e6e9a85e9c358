import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDrawnBundle } from '../../test-support/made-pictures';
import { writeMadeNrrd, writeMadePng } from '../../test-support/made-scan';
import type { AppError } from '../core/app-error';
import type { Engine } from '../contract/engine-protocol';
import type { ScannedSeries } from '../contract/entities';
import { perform } from '../engine/dispatch';
import { formatChecksums } from '../inference/bundle/checksums';
import { createEngineTasks } from './engine-tasks';

// The real tasks over made files, checked by the contract as in the engine process.
let folder: string;
let tasks: ReturnType<typeof createEngineTasks>;
const call: Engine['call'] = (method, input, options = {}) => perform(tasks, method, input, options);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-tasks-'));
  mkdirSync(join(folder, 'models'));
  tasks = createEngineTasks({ modelsFolder: join(folder, 'models') });
});
afterEach(async () => {
  await tasks.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const scanOne = async (name: string, write: (file: string) => unknown): Promise<ScannedSeries> => {
  const file = join(folder, name);
  write(file);
  const { series, skipped } = await call('scan', { paths: [file] });
  expect(skipped).toEqual([]);
  return series[0]!;
};

describe('engine tasks', () => {
  it('reads slices of a volume with its values in it, in the order asked', async () => {
    const series = await scanOne('brain.nrrd', writeMadeNrrd);
    const slices = await call('readSlices', { series, indices: [4, 0] });
    expect(slices.map((s) => [s.index, s.data.byteLength])).toEqual([
      [4, 32 * 32 * 2],
      [0, 32 * 32 * 2],
    ]);
    const voxels = new Int16Array(slices[0]!.data);
    expect([voxels[8 + 32 * 10], voxels[0]]).toEqual([900, 0]);
    expect(new Int16Array(slices[1]!.data)[8 + 32 * 10]).not.toBe(900);
  });

  it('crops the slice through the middle of a box: the bright cube fills it', async () => {
    let boxLps: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
    const series = await scanOne('brain.nrrd', (file) => (boxLps = writeMadeNrrd(file)));
    const place = { space: 'lps' as const, boxLps };
    const [crop] = await call('crops', { series, places: [place], size: 64, drawBox: false });
    const grey = new Uint8Array(crop!.rgba).filter((_, n) => n % 4 === 0);
    // 24 voxels are shown in 64 px, 6 of them bright, in the middle.
    expect(grey[32 * 64 + 32]).toBe(255);
    expect(grey[32 * 64 + 50]).toBeLessThan(200);
    const [boxed] = await call('crops', { series, places: [place], size: 64, drawBox: true });
    expect(new Uint8Array(boxed!.rgba)).not.toEqual(new Uint8Array(crop!.rgba));
  });

  it('crops a photo in colour', async () => {
    const series = await scanOne('photo.png', writeMadePng);
    const place = {
      space: 'px' as const,
      boxPx: [20, 10, 14, 12] as [number, number, number, number],
      frame: 0,
    };
    const [crop] = await call('crops', { series, places: [place], size: 32, drawBox: false });
    expect([...new Uint8Array(crop!.rgba).slice((16 * 32 + 16) * 4, (16 * 32 + 16) * 4 + 4)]).toEqual([
      240, 200, 90, 255,
    ]);
    const wrong = {
      space: 'lps' as const,
      boxLps: [0, 0, 0, 1, 1, 1] as [number, number, number, number, number, number],
    };
    await expect(call('crops', { series, places: [wrong], size: 32, drawBox: false })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('lists no models of an empty folder and says which is not there', async () => {
    expect(await call('listModels', {})).toEqual([]);
    const series = await scanOne('brain.nrrd', writeMadeNrrd);
    await expect(call('detect', { series, modelId: 'nobody' })).rejects.toMatchObject({
      code: 'model.not-found',
    });
  });

  it('explains a point of a picture and of a volume with the findings that detection has there', async () => {
    await writeDrawnBundle(join(folder, 'models', 'made-drawn'));
    let boxLps = [0, 0, 0, 0, 0, 0];
    const volume = await scanOne('brain.nrrd', (file) => (boxLps = writeMadeNrrd(file)));
    const photo = await scanOne('photo.png', writeMadePng);
    const point = { space: 'px' as const, frame: 0, point: [30, 20] as [number, number] };
    const asked = { modelId: 'made-drawn', whole: false };
    await call('detect', { series: photo, modelId: 'made-drawn' });
    const { tensors } = await call('ping', {});
    const { explanation, modelHash } = await call('explain', { ...asked, series: photo, point });
    const detected = await call('detect', { series: photo, modelId: 'made-drawn' });
    expect(modelHash).toBe(detected.modelHash);
    if (explanation.kind !== 'picture') throw new Error('not a picture');
    expect(explanation.levels.map((l) => l.objectness.byteLength)).toEqual([4 * 16, 4 * 4]);
    const kept = explanation.boxes.filter((b) => b.fate.outcome === 'kept');
    expect(kept.length).toBeGreaterThan(0);
    for (const { box, score, fate } of kept) {
      if (fate.outcome !== 'kept') throw new Error('not kept');
      const [x0, y0, x1, y1] = box;
      expect(detected.findings[fate.rank - 1]).toMatchObject({
        score,
        place: { boxPx: [x0, y0, x1 - x0, y1 - y0] },
      });
    }

    const middle = [0, 1, 2].map((a) => (boxLps[a]! + boxLps[a + 3]!) / 2) as [number, number, number];
    const lps = { space: 'lps' as const, point: middle };
    const inVolume = await call('explain', { ...asked, series: volume, point: lps, whole: true });
    expect(inVolume.explanation).toMatchObject({ kind: 'picture', frame: 4 });
    await expect(call('explain', { ...asked, series: volume, point })).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'point' },
    });
    const gone = { ...point, frame: 1 };
    await expect(call('explain', { ...asked, series: photo, point: gone })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect((await call('ping', {})).tensors).toBe(tensors);
  });

  it('says why a broken bundle is not used', async () => {
    mkdirSync(join(folder, 'models', 'broken'));
    writeFileSync(join(folder, 'models', 'broken', 'bundle.json'), '{}');
    writeFileSync(join(folder, 'models', 'broken', 'CHECKSUMS'), `${'0'.repeat(64)}  bundle.json\n`);
    const series = await scanOne('brain.nrrd', writeMadeNrrd);
    await expect(call('detect', { series, modelId: 'broken' })).rejects.toMatchObject({
      code: 'model.checksum',
    });
  });

  it('does not detect with a model that fails its self-test, and says so without running it again', async () => {
    const bundle = join(folder, 'models', 'made-drawn');
    await writeDrawnBundle(bundle);
    const files = readdirSync(bundle).filter((name) => name !== 'CHECKSUMS');
    const golden = join(bundle, 'golden.json');
    writeFileSync(golden, readFileSync(golden, 'utf8').replace(/"score": 0\.\d/, '"score": 0.0'));
    const sums = formatChecksums(new Map(files.map((name) => [name, readFileSync(join(bundle, name))])));
    writeFileSync(join(bundle, 'CHECKSUMS'), sums);

    const series = await scanOne('brain.nrrd', writeMadeNrrd);
    const failures = [];
    for (let n = 0; n < 2; n++)
      failures.push(await call('detect', { series, modelId: 'made-drawn' }).catch((error: unknown) => error));
    expect(failures[0]).toMatchObject({ code: 'model.self-test', details: { file: bundle } });
    expect((failures[0] as AppError).hint).toContain('off');
    expect(failures[1]).toBe(failures[0]);
  });

  it('refuses series that cannot be analysed or are too large before reading them', async () => {
    const series = await scanOne('brain.nrrd', writeMadeNrrd);
    await expect(
      call('detect', { series: { ...series, analysable: false }, modelId: 'm' }),
    ).rejects.toMatchObject({
      code: 'series.inconsistent',
    });
    if (series.pixels.kind !== 'volume') throw new Error('no volume');
    const geometry = { ...series.pixels.geometry, dims: [1024, 1024, 600] as [number, number, number] };
    const huge = { ...series, pixels: { ...series.pixels, geometry } };
    await expect(call('detect', { series: huge, modelId: 'm' })).rejects.toMatchObject({
      code: 'file.too-large',
    });
    await expect(
      call('readSlices', { series: huge, indices: Array<number>(300).fill(0) }),
    ).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('refuses a file that changed since its import', async () => {
    const series = await scanOne('brain.nrrd', writeMadeNrrd);
    const stamped = { ...series, fileStamps: [{ ...series.fileStamps[0]!, size: 1 }] };
    await expect(call('readSlices', { series: stamped, indices: [0] })).rejects.toMatchObject({
      code: 'series.missing-files',
    });
  });
});
