import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { madeLesion, type MadeLesion } from '../../../test-support/made-lesion';
import { brainPhantom, polypPhoto } from '../../../test-support/phantoms';
import { itWithShared } from '../../../test-support/shared-data';
import { readVolume } from '../../services/read-volume';
import type { Box3 } from '../geometry/box';
import type { Volume } from '../volume/volume';
import { findOutline, measured, type OutlinedSeries } from './outline-of';
import { readerOf } from './read-region';
import { suggestPlace } from './suggest-place';

const seriesOf = (volume: Volume): OutlinedSeries => ({
  pixels: { kind: 'volume', geometry: volume, voxelType: 'int16', valueRange: [-1000, 1000], voi: [] },
  modality: volume.modality,
  unsafe: false,
});
const outline = async (volume: Volume, boxLps: Box3) =>
  (await findOutline(seriesOf(volume), { space: 'lps', boxLps }, readerOf(volume)))!;

const halves = [7, 5, 6] as const;
const fine = [0.7, 0.7, 1] as const;

describe('the outline of a made nodule', () => {
  it.each<[string, MadeLesion, { volume: number; axis: number }]>([
    [
      'solid, 0.5 mm',
      { halves: [4, 3, 3.5], value: 40, spacing: [0.5, 0.5, 0.5] },
      { volume: 0.08, axis: 0.5 },
    ],
    ['solid, 1 mm slices', { halves, value: 40, spacing: fine }, { volume: 0.08, axis: 0.6 }],
    ['solid, 2.5 mm slices', { halves, value: 40, spacing: [0.7, 0.7, 2.5] }, { volume: 0.12, axis: 0.8 }],
    [
      'solid, 5 mm slices',
      { halves: [9, 8, 9], value: 40, spacing: [0.8, 0.8, 5] },
      { volume: 0.2, axis: 1 },
    ],
    ['part-solid', { halves, value: -550, core: 40, spacing: fine }, { volume: 0.2, axis: 1 }],
    ['ground glass', { halves, value: -550, spacing: fine }, { volume: 0.2, axis: 1 }],
    ['on the pleura', { halves, value: 40, wallAt: 4, spacing: fine }, { volume: 0.25, axis: 1.2 }],
    ['on a vessel', { halves, value: 40, vessel: 1.2, spacing: fine }, { volume: 0.15, axis: 2 }],
  ])('%s', async (name, made, within) => {
    const { volume, box, mm3 } = madeLesion(made);
    const { measurement: m } = await outline(volume, box);
    const [long, short] = [2 * made.halves[0], 2 * made.halves[1]];
    const said = `${name}: ${m.longAxis.toFixed(2)} x ${m.shortAxis.toFixed(2)} mm of ${long} x ${short}, volume ${(100 * (m.volume! / mm3 - 1)).toFixed(1)} %`;
    expect(Math.abs(m.volume! / mm3 - 1), said).toBeLessThan(within.volume);
    expect(Math.abs(m.longAxis - long), said).toBeLessThan(within.axis);
    expect(Math.abs(m.shortAxis - short), said).toBeLessThan(2 * within.axis);
    expect(m.longest3d).toBeGreaterThanOrEqual(m.longAxis);
    expect(m).toMatchObject({ of: 'outline', unit: 'mm', valueUnit: 'HU', area: null });
  });

  it('is found from a point, and from a box drawn carelessly', async () => {
    const { volume, box } = madeLesion({ halves, value: 40, spacing: fine });
    const place = await suggestPlace(seriesOf(volume), { space: 'lps', point: [1, -1, 1] }, readerOf(volume));
    if (place?.space !== 'lps') throw new Error('nothing suggested');
    place.boxLps.forEach((v, n) => expect(Math.abs(v - box[n]!)).toBeLessThan(2.5));
    const careless = box.map((v, n) => v + [-2, 1, -1.5, 1, 2.5, 2][n]!) as unknown as Box3;
    expect(Math.abs((await outline(volume, careless)).measurement.longAxis - 14)).toBeLessThan(1.5);
    const empty = await suggestPlace(
      seriesOf({ ...volume, data: volume.data.map(() => -850) }),
      { space: 'lps', point: [0, 0, 0] },
      readerOf({ dims: volume.dims, data: volume.data.map(() => -850) }),
    );
    expect(empty).toBeNull();
  });
});

describe('the outline by a random walk', () => {
  it('of a brain tumour', async () => {
    const volume = brainPhantom();
    const c = [40, 28, 10].map((v, a) => volume.origin[a]! + v * volume.spacing[a]!);
    const box = [...c.map((v) => v - 9), ...c.map((v) => v + 9)] as unknown as Box3;
    const { measurement } = await outline(volume, box);
    expect(Math.abs(measurement.longAxis - 18)).toBeLessThan(3.5);
    expect(Math.abs(measurement.volume! / ((4 / 3) * Math.PI * 9 ** 3) - 1)).toBeLessThan(0.3);
    expect(measurement).toMatchObject({ valueUnit: 'grey' });
    expect(measurement.meanValue).toBeGreaterThan(850);
  });

  it('of a polyp in a photo, in px', async () => {
    const { width, height, data } = polypPhoto();
    const series: OutlinedSeries = {
      pixels: {
        kind: 'image',
        width,
        height,
        frames: 1,
        channels: 3,
        voxelType: 'uint8',
        pixelSpacing: null,
        valueRange: [0, 255],
        voi: [],
      },
      modality: 'ES',
      unsafe: false,
    };
    const read = (region: Box3) => {
      const [i0, j0, , i1, j1] = region;
      const out: number[] = [];
      for (let j = j0; j < j1; j++) out.push(...data.subarray(3 * (i0 + width * j), 3 * (i1 + width * j)));
      return Promise.resolve(Float32Array.from(out));
    };
    const place = { space: 'px' as const, boxPx: [78, 28, 44, 44] as const, frame: 0 };
    const found = (await findOutline(series, place, read))!;
    expect(Math.abs(found.measurement.longAxis - 44)).toBeLessThan(5);
    expect(Math.abs(found.measurement.area! / (Math.PI * 22 ** 2) - 1)).toBeLessThan(0.2);
    expect(found.measurement).toMatchObject({ unit: 'px', volume: null, longest3d: null });
    expect(await measured(series, { region: [0, 0, 0, 2, 2, 1], runs: [4] }, read)).toBeNull();
    await expect(measured(series, { region: [0, 0, 0, 2, 2, 1], runs: [9] }, read)).rejects.toThrow(
      RangeError,
    );
  });
});

interface Nodule {
  boxLpsMm: Box3;
  longAxisMm: number;
  readers: number;
}
itWithShared(
  'long axes of nodules of LIDC-IDRI-0003 by two readers and more are theirs within 2 mm',
  ['data/lung-ct-lidc/LIDC-IDRI-0003', 'data/lung-ct-lidc/LIDC-IDRI-0003.nodules.json'],
  async (folder, reference) => {
    const { nodules } = JSON.parse(readFileSync(reference!, 'utf8')) as { nodules: Nodule[] };
    const volume = await readVolume(folder!);
    for (const { boxLpsMm, longAxisMm, readers } of nodules) {
      const { measurement } = await outline(volume, boxLpsMm);
      // One reader of four saw a lesion in the last (subtlety 1 of 5): it is printed, and not held against the outline.
      if (readers >= 2) expect(Math.abs(measurement.longAxis - longAxisMm)).toBeLessThanOrEqual(2);
    }
  },
  120_000,
);
