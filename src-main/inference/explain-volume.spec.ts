import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  brightnessBundle,
  brightnessWeights,
  sphereVolume,
  tinyArchitecture,
  writeBrightnessBundle,
} from '../../test-support/made-volumes';
import { explanation as explanationSchema } from '../contract/explanation';
import { ijkToLps, lpsToIjk } from '../core/geometry/affine';
import type { VolumeExplanation } from '../core/detection/explanation';
import type { Vec3 } from '../core/geometry/vec3';
import { alignedGrid } from '../core/volume/grid';
import type { Volume, VolumeGeometry } from '../core/volume/volume';
import { loadDetector } from './detector';
import type { Detector } from './detector-types';
import { CompiledNetwork3d } from './network3d/compiled3d';
import { loadTensorflow, tensorCount } from './tensorflow';
import { VolumeDetector } from './volume-detector';

const geometry: VolumeGeometry = {
  dims: [56, 40, 34],
  spacing: [1, 1, 1.2],
  origin: [30, 10, -5],
  direction: [
    [-1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};
const grid = alignedGrid(geometry, [1, 1, 1], 'LPS');
/** Locations of the finest level lie at odd edges. */
const center = ijkToLps(grid, [18.5, 18.5, 16.5]);

describe('what a volume network made of a point', () => {
  let folder: string;
  let detector: Detector;
  let volume: Volume;
  let held: number;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regio-explain-'));
    await writeBrightnessBundle(join(folder, 'made-spheres'));
    detector = await loadDetector(join(folder, 'made-spheres'));
    held = tensorCount();
    volume = sphereVolume(geometry, [{ centerLps: center, radius: 4.5 }]);
  });
  afterAll(() => {
    detector.dispose();
    expect(tensorCount()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  const explain = async (point: Vec3, whole: boolean): Promise<VolumeExplanation> => {
    const explained = await detector.explainVolume(volume, point, { whole });
    expect(tensorCount()).toBe(held);
    if (explained.kind !== 'volume') throw new Error('not a volume');
    expect(explanationSchema.parse(explained)).toEqual(explained);
    return explained;
  };

  it('has the finding that a detection has, and who took the others away', async () => {
    const found = await detector.detectVolume(volume);
    expect(found).toHaveLength(1);
    const { levels, boxes, skipped } = await explain(center, true);
    expect(skipped).toBe(false);
    const [kept, ...rest] = boxes;
    expect(kept).toMatchObject({
      box: found[0]!.boxLps,
      score: found[0]!.score,
      label: 'sphere',
      fate: { outcome: 'kept', rank: 1, provenance: 'network' },
    });
    // The bright neighbours of the centre overlap with it.
    const overlapped = rest.filter((b) => 'by' in b.fate);
    expect(overlapped.length).toBeGreaterThan(3);
    for (const { fate, score } of overlapped) {
      if (!('by' in fate)) continue;
      expect(fate).toMatchObject({ by: kept!.index, byScore: kept!.score });
      expect(fate.overlap).toBeGreaterThan(fate.rule === 'nms' ? 0.1 : 0.7);
      expect(score).toBeLessThanOrEqual(kept!.score);
    }
    // What the dark surroundings decoded to fell to the threshold.
    for (const b of rest)
      if (b.fate.outcome === 'removed' && b.fate.rule === 'threshold') expect(b.score).toBeLessThan(0.1);
    const [fine, coarse] = levels;
    expect([fine!.stride, coarse!.stride]).toEqual([
      [2, 2, 2],
      [4, 4, 4],
    ]);
    const [anchor] = fine!.anchors;
    expect(anchor!.score).toBeCloseTo(kept!.score, 5);
    expect(anchor!.boxIndex).toBe(kept!.index);
    expect(anchor!.box).toEqual(anchor!.anchor);
    expect(coarse!.anchors[0]!.score).toBeLessThan(1e-8);
  });

  it('lays its maps where the sphere is', async () => {
    const { levels } = await explain(center, false);
    const { plane, rows, columns, objectness, cell } = levels[0]!;
    const map = new Float32Array(objectness);
    expect(map).toHaveLength(rows * columns);
    const best = map.indexOf(Math.max(...map));
    expect([best % columns, Math.floor(best / columns)]).toEqual([cell[0], cell[1]]);
    const at = (axis: number): number =>
      plane.corner[axis]! +
      plane.columnStep[axis]! * (cell[0] + 0.5) +
      plane.rowStep[axis]! * (cell[1] + 0.5);
    [0, 1, 2].forEach((axis) => expect(at(axis)).toBeCloseTo(center[axis]!, 6));
  });

  it('says of one window alone what it can', async () => {
    const { boxes, boxCount } = await explain(center, false);
    expect(boxCount).toBeGreaterThanOrEqual(boxes.length);
    expect(boxes[0]!.fate).toEqual({ outcome: 'passed' });
    expect(boxes.some((b) => b.fate.outcome === 'kept')).toBe(false);
  });

  it('follows the boxes of averaged windows, where a network has those', async () => {
    const tf = await loadTensorflow();
    const network = new CompiledNetwork3d(tf, tinyArchitecture, brightnessWeights());
    const bundle = { ...brightnessBundle(), folder: '', modelHash: '' };
    const averaging = new VolumeDetector(tf, bundle, network, true);
    const found = await averaging.detectVolume(volume);
    const explained = await averaging.explainVolume(volume, center, { whole: true });
    averaging.dispose();
    expect(tensorCount()).toBe(held);
    const [kept, ...rest] = explained.boxes;
    expect(kept).toMatchObject({
      box: found[0]!.boxLps,
      score: found[0]!.score,
      fate: { outcome: 'kept', rank: 1 },
    });
    expect(rest.length).toBeGreaterThan(0);
    for (const { fate } of rest) expect(fate).toMatchObject({ rule: 'nms', by: kept!.index });
    expect(explained.levels[0]!.anchors[0]!.boxIndex).toBeNull();
  });

  it('says that a window of air is left out, and refuses points outside', async () => {
    const far = ijkToLps(grid, [52, 36, 36]);
    expect(lpsToIjk(geometry, far).every((v, a) => v > 0 && v < geometry.dims[a]!)).toBe(true);
    const empty = sphereVolume(geometry, []);
    const explained = await detector.explainVolume(empty, far, { whole: true });
    expect(explained.skipped).toBe(true);
    expect(explained.boxes.every((b) => b.fate.outcome !== 'kept')).toBe(true);
    await expect(detector.explainVolume(volume, [500, 0, 0])).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect(tensorCount()).toBe(held);
  });
});
