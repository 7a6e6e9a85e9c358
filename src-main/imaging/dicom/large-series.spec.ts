import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { longCt } from '../../../test-support/long-ct';
import { writeDicomSlices, type WrittenElement } from '../../../test-support/write-dicom';
import { loadImage, loadVolume, scanPaths } from '../index';

// The limit of one array, made small: a series that fills a gigabyte is opened by bench/long-series.mjs alone.
const most = vi.hoisted(() => 40 * 32 * 24 * 2);
vi.mock('../../core/volume/array-limit', () => ({ maxArrayBytes: most }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-large-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const scan = async (slices: number, elements: readonly WrittenElement[] = []) => {
  const made = longCt([40, 32, slices]);
  await writeDicomSlices(folder, made.volume, made.slice, { edit: () => elements });
  const { series, skipped } = await scanPaths([folder]);
  expect([series.length, skipped]).toEqual([1, []]);
  return { series: series[0]!, slice: made.slice };
};

it('is a volume up to the very size of one array, with every voxel', async () => {
  const { series, slice } = await scan(24);
  expect([series.pixels.kind, series.analysable]).toEqual(['volume', true]);
  const { data } = await loadVolume(series);
  expect(data.byteLength).toBe(most);
  for (let k = 0; k < 24; k++) expect(data.subarray(k * 1280, (k + 1) * 1280)).toEqual(slice(k));
});

it('beyond it says so, is closed to detection, and shows its slices one by one', async () => {
  const { series } = await scan(25);
  expect([series.pixels.kind, series.analysable]).toEqual(['image', false]);
  expect(series.issues?.map((i) => [i.code, i.severity])).toEqual([['too-large', 'unsafe']]);
  expect((await loadImage(series, 24)).data).toHaveLength(1280);
});

it('counts what a voxel takes once it has its meaning: fractions take four bytes', async () => {
  const { series } = await scan(20, [['00281053', 'DS', '0.25']]);
  expect([series.pixels.kind, series.pixels.voxelType]).toEqual(['image', 'float32']);
  expect(series.issues?.map((i) => i.code)).toEqual(['too-large']);
});
