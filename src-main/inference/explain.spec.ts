import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDrawnBundle } from '../../test-support/made-pictures';
import { explanation as explanationSchema } from '../contract/explanation';
import { ijkToLps } from '../core/geometry/affine';
import type { RasterImage, Volume } from '../core/volume/volume';
import type { PictureBundle } from './bundle/schema';
import { loadDetector } from './detector';
import type { Detector } from './detector-types';
import { applyPoint } from './preprocess/affine2';
import { tensorCount } from './tensorflow';

// A network that was never trained: it marks something everywhere, so each rule has something to do.
const image: RasterImage = {
  width: 120,
  height: 80,
  channels: 1,
  data: Uint8Array.from({ length: 120 * 80 }, (_, n) => (n * n) % 251),
  pixelSpacing: null,
  modality: 'OT',
};
const dims = [40, 48, 5] as const;
const volume: Volume = {
  dims,
  spacing: [2, 2, 4],
  origin: [-10, 20, 5],
  direction: [
    [0, 1, 0],
    [0, 0, -1],
    [1, 0, 0],
  ],
  data: Int16Array.from({ length: 40 * 48 * 5 }, (_, n) => 100 + ((n * n) % 400)),
  modality: 'MR',
};

describe('what a picture network made of a point', () => {
  let folder: string;
  let detector: Detector;
  let held: number;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regio-explain-'));
    await writeDrawnBundle(join(folder, 'made-drawn'));
    detector = await loadDetector(join(folder, 'made-drawn'));
    held = tensorCount();
  });
  afterAll(() => {
    detector.dispose();
    expect(tensorCount()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('lies in px of the picture, and its findings are those of a detection', async () => {
    const found = await detector.detectImage(image);
    const point = [61, 33] as const;
    const explained = await detector.explainImage(image, point);
    expect(tensorCount()).toBe(held);
    expect(explanationSchema.parse(explained)).toEqual(explained);
    expect(explained).toMatchObject({ kind: 'picture', frame: 0, skipped: false, candidates: null });
    for (const level of explained.levels) {
      expect(level.objectness.byteLength).toBe(4 * level.rows * level.columns);
      expect(level.attention!.byteLength).toBe(4 * level.rows * level.columns);
      const low = applyPoint(level.toPicture, [level.column, level.row]);
      const high = applyPoint(level.toPicture, [level.column + 1, level.row + 1]);
      // Canvas px are 120 / 64 of the picture's.
      expect(high[0] - low[0]).toBeCloseTo((level.stride * 120) / 64, 6);
      point.forEach((v, a) => {
        expect(v).toBeGreaterThanOrEqual(low[a]!);
        expect(v).toBeLessThan(high[a]!);
      });
      const map = new Float32Array(level.objectness);
      const best = Math.max(...level.anchors.map((a) => a.score));
      expect(map[level.row * level.columns + level.column]).toBeCloseTo(best, 6);
      // Anchors stand in the middle of their cell.
      const [x0, y0, x1, y1] = level.anchors[1]!.anchor;
      expect((x0 + x1) / 2).toBeCloseTo((low[0] + high[0]) / 2, 4);
      expect((y0 + y1) / 2).toBeCloseTo((low[1] + high[1]) / 2, 4);
    }
    const holding = found.filter(
      ({ box: b }) => point[0] >= b[0] && point[0] < b[2] && point[1] >= b[1] && point[1] < b[3],
    );
    expect(holding.length).toBeGreaterThan(0);
    const kept = explained.boxes.filter((b) => b.fate.outcome === 'kept');
    expect(kept.length).toBeGreaterThanOrEqual(holding.length);
    for (const { fate, box, score, label } of kept) {
      if (fate.outcome !== 'kept') throw new Error('not kept');
      expect(found[fate.rank - 1]).toEqual({ box, score, label, provenance: fate.provenance });
    }
    expect(explained.boxes.some((b) => 'by' in b.fate)).toBe(true);
  });

  it('is read mirrored too where the bundle says so: alike for a picture and its mirror image, and explained', async () => {
    const folderOf = join(folder, 'made-mirrored');
    const input = { ...(detector.bundle as PictureBundle).input, flipAveraging: true };
    await writeDrawnBundle(folderOf, { input });
    const before = tensorCount();
    const mirrored = await loadDetector(folderOf);
    const found = await mirrored.detectImage(image, { minScore: 0.2 });
    const turned = Uint8Array.from(image.data, (_, n) => image.data[n - (n % 120) + 119 - (n % 120)]!);
    const other = await mirrored.detectImage({ ...image, data: turned }, { minScore: 0.2 });
    expect(found.length).toBeGreaterThan(2);
    expect(other).toHaveLength(found.length);
    for (const { box, score } of found.slice(0, 3)) {
      const [x0, y0, x1, y1] = box;
      const twin = other.filter((o) =>
        o.box.every((v, a) => Math.abs(v - [120 - x1, y0, 120 - x0, y1][a]!) < 0.1),
      );
      expect(twin.map((t) => t.score.toFixed(4))).toContain(score.toFixed(4));
    }
    const explained = await mirrored.explainImage(image, [61, 33], { minScore: 0.2 });
    const kept = explained.boxes.filter((b) => b.fate.outcome === 'kept');
    expect(kept.length).toBeGreaterThan(0);
    for (const { fate, box, score } of kept) {
      if (fate.outcome === 'kept') expect(found[fate.rank - 1]).toMatchObject({ box, score });
    }
    mirrored.dispose();
    expect(tensorCount()).toBe(before);
  });

  it('refuses a point outside the picture', async () => {
    for (const point of [
      [120, 10],
      [-1, 10],
      [NaN, 10],
    ] as const)
      await expect(detector.explainImage(image, point)).rejects.toMatchObject({
        code: 'request.invalid',
        details: { field: 'point' },
      });
    await expect(detector.explainVolume(volume, [0, 0, 900])).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect(tensorCount()).toBe(held);
  });

  it('says how the slices of a volume merged, as a detection merges them', async () => {
    const ijk = [20, 25, 2] as const;
    const lps = ijkToLps(volume, ijk);
    const quick = await detector.explainVolume(volume, lps);
    const explained = await detector.explainVolume(volume, lps, { whole: true });
    const found = (await detector.detectVolume(volume)).filter((c) => c.score >= 0.3);
    expect(tensorCount()).toBe(held);
    if (quick.kind !== 'picture' || explained.kind !== 'picture') throw new Error('not a slice');
    expect(quick).toEqual({ ...explained, candidates: null });
    expect(explained).toMatchObject({ frame: 2, skipped: false });
    explained.point.forEach((v, a) => expect(v).toBeCloseTo(ijk[a]! + 0.5, 9));
    const candidates = explained.candidates!;
    const holds = (b: readonly number[]): boolean => lps.every((v, a) => v >= b[a]! && v < b[a + 3]!);
    expect(candidates.filter((c) => c.fate.outcome === 'kept').map((c) => c.boxLps)).toEqual(
      found.filter((c) => holds(c.boxLps)).map((c) => c.boxLps),
    );
    expect(candidates.length).toBeGreaterThan(0);
    for (const { fate, members, score } of candidates) {
      if (fate.outcome === 'kept') expect(found[fate.rank - 1]!.score).toBe(score);
      if ('by' in fate) expect(fate.overlap).toBeGreaterThanOrEqual(0.6);
      expect(members.some((m) => m.widens)).toBe(true);
      expect(members.map((m) => m.slice)).toEqual([...new Set(members.map((m) => m.slice))].sort());
    }
  });
});
