import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../../../test-support/build-program';
import { ctPhantom } from '../../../test-support/phantoms';
import { writeDicomSeries } from '../../../test-support/write-dicom';
import type { ScannedSeries } from '../../core/study/entities';
import { createVoxels } from '../../core/volume/voxels';
import {
  endDecodeThreads,
  framesOfThreads,
  loadVolume,
  openSeries,
  readEach,
  scanPaths,
  useDecodeThreads,
} from '../index';
import { openCopyStore } from '../copies/copy-store';
import { copySeries } from '../copies/copy-series';
import { DecodePool, ThreadLost } from './decode-pool';

// Real threads, built as the program's are; from a folder below the root, so that the codec packages are found.
let folder: string;
let script: string;
let series: ScannedSeries;
let pool: DecodePool;
const count = 24;
const volume = ctPhantom({ dims: [288, 240, count] });
const slice = (k: number) => volume.data.subarray(k * 288 * 240, (k + 1) * 288 * 240);

beforeAll(async () => {
  const out = join(__dirname, '../../../out');
  mkdirSync(out, { recursive: true });
  folder = mkdtempSync(join(out, 'decode-pool-'));
  script = await buildProgram(join(__dirname, '../decode-worker.ts'), folder);
  await writeDicomSeries(join(folder, 'ct'), volume, { syntax: 'jpegls' });
  series = (await scanPaths([join(folder, 'ct')])).series[0]!;
}, 60_000);
afterEach(() => pool.close());
afterAll(async () => {
  await endDecodeThreads();
  rmSync(folder, { recursive: true, force: true });
});

const started = async (threads: number): Promise<void> => {
  pool = new DecodePool(script, threads);
  pool.start();
  while (!pool.isReady) await new Promise((resolve) => setImmediate(resolve));
};
const read = (k: number, signal?: AbortSignal) =>
  pool.read({ file: series.files[k]!, frame: 0, type: 'int16' }, createVoxels, signal);
const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  Buffer.compare(Buffer.from(Int16Array.from(a).buffer), Buffer.from(Int16Array.from(b).buffer)) === 0;

it('gives each of many frames its own voxels, though threads write theirs to the same memory', async () => {
  await started(2);
  const slices = await Promise.all(Array.from({ length: count }, (_, k) => read(k)));
  slices.forEach((voxels, k) => expect(same(voxels, slice(k)), `slice ${k}`).toBe(true));
});

it('never begins what was cancelled while it waited, and goes on with the rest', async () => {
  await started(1);
  const abort = new AbortController();
  const gone = Array.from({ length: 8 }, (_, k) => read(k, abort.signal));
  const kept = read(9);
  abort.abort();
  const ends = await Promise.allSettled(gone);
  expect(
    ends.every((e) => e.status === 'rejected' && (e.reason as { code: string }).code === 'job.cancelled'),
  ).toBe(true);
  expect(same(await kept, slice(9))).toBe(true);
});

it('says what a file lacks as reading it here does', async () => {
  await started(1);
  const file = join(folder, 'cut.dcm');
  writeFileSync(file, readFileSync(series.files[0]!).subarray(0, -3000));
  const ask = (path: string) => pool.read({ file: path, frame: 0, type: 'int16' }, createVoxels);
  await expect(ask(file)).rejects.toMatchObject({
    code: 'file.malformed',
    details: { field: expect.stringMatching(/7FE0,0010.*byte \d+/) as string },
  });
  await expect(ask(join(folder, 'gone.dcm'))).rejects.toMatchObject({ code: 'series.missing-files' });
  expect(same(await read(3), slice(3))).toBe(true);
});

it('tells those who wait when its threads end, and starts anew', async () => {
  await started(2);
  const waiting = Array.from({ length: 9 }, (_, k) => read(k));
  const ends = Promise.allSettled(waiting);
  await pool.close();
  expect((await ends).every((e) => e.status === 'rejected' && e.reason instanceof ThreadLost)).toBe(true);
  expect(pool.isReady).toBe(false);
  pool.start();
  expect(same(await read(5), slice(5))).toBe(true);
});

it('decodes copies in threads, which get the key, also those that start later or after another store', async () => {
  await started(2);
  const elsewhere = openCopyStore(join(folder, 'elsewhere'), randomBytes(32));
  pool.openCopies(elsewhere);
  const store = openCopyStore(join(folder, 'copies'), randomBytes(32));
  const [copied] = await copySeries(store, [series]);
  const ask = (k: number) => pool.read({ file: copied!.files[k]!, frame: 0, type: 'int16' }, createVoxels);
  await expect(ask(0)).rejects.toMatchObject({ code: 'series.missing-files' });
  pool.openCopies(store);
  const before = pool.decoded;
  const slices = await Promise.all(Array.from({ length: count }, (_, k) => ask(k)));
  slices.forEach((voxels, k) => expect(same(voxels, slice(k)), `slice ${k}`).toBe(true));
  expect(pool.decoded - before).toBe(count);
  await pool.close();
  pool.start();
  expect(same(await ask(3), slice(3))).toBe(true);
});

it('is never ready where a thread cannot start', async () => {
  pool = new DecodePool(join(folder, 'nothing-here.cjs'), 2);
  pool.start();
  await expect(read(0)).rejects.toBeInstanceOf(ThreadLost);
  pool.start();
  expect(pool.isReady).toBe(false);
});

it('loads a volume with its threads, straight into place, with progress to the end; a cancelled load leaves nothing', async () => {
  await started(1);
  useDecodeThreads(3, script);
  const seen: number[] = [];
  const loaded = await loadVolume(series, { onProgress: (fraction) => seen.push(fraction) });
  expect(same(loaded.data, volume.data)).toBe(true);
  expect(seen).toHaveLength(count);
  expect(seen.at(-1)).toBe(1);

  const reader = await openSeries(series);
  await reader.readSlice(0);
  while ((reader.atOnce ?? 1) === 1) await new Promise((resolve) => setImmediate(resolve));
  const abort = new AbortController();
  const done: number[] = [];
  const cancelled = readEach(
    reader,
    Array.from({ length: count }, (_, k) => k),
    { signal: abort.signal },
    (index) => {
      done.push(index);
      if (done.length === 4) abort.abort();
    },
  );
  await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(done.length).toBeLessThan(count);
  // The threads are free for who comes next, and end without being asked for what was given up.
  expect(same(await reader.readSlice(7), slice(7))).toBe(true);
  await endDecodeThreads();
  expect(same(await reader.readSlice(8), slice(8))).toBe(true);
  await reader.close();
});

it('loads a copied volume with threads too', async () => {
  await started(1);
  useDecodeThreads(3, script);
  const store = openCopyStore(join(folder, 'copies'), randomBytes(32));
  const [copied] = await copySeries(store, [series]);
  const before = framesOfThreads();
  const reader = await openSeries(copied!);
  await reader.readSlice(0);
  while ((reader.atOnce ?? 1) === 1) await new Promise((resolve) => setImmediate(resolve));
  await reader.close();
  expect(same((await loadVolume(copied!)).data, volume.data)).toBe(true);
  expect(framesOfThreads()).toBeGreaterThan(before);
  await endDecodeThreads();
});
