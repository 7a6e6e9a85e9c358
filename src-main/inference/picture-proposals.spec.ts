import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeBreast } from '../../test-support/made-breast';
import { writeDrawnBundle } from '../../test-support/made-pictures';
import { box2Iou, type Box2 } from '../core/geometry/box';
import type { RasterImage } from '../core/volume/volume';
import { loadDetector } from './detector';
import type { Detector } from './detector-types';
import type { ScoredBox } from './network/compiled';
import { inputSpec } from './bundle/schema';
import { invert, mapBox } from './preprocess/affine2';
import { planPicture, tileAt } from './preprocess/picture-plan';
import { proposeOnPicture } from './picture-proposals';
import { tensorCount } from './tensorflow';

const input = inputSpec.parse({
  size: 64,
  channels: 1,
  intensity: { kind: 'percentile', low: 0.01, high: 0.99 },
  mean: 128,
  deviation: 64,
  foreground: 'breast',
  tiles: { longestSide: 512, overlap: 0.25 },
});
const breast = madeBreast(240, 320);
const image: RasterImage = { ...breast, pixelSpacing: null, modality: 'MG' };

describe('proposals of a picture read in tiles', () => {
  it('lie where the lesion is in the picture, once', async () => {
    const plan = planPicture(breast, input, 4095);
    expect(plan.tiles.length).toBeGreaterThan(4);
    // A network that marks what it sees of the mass, perfectly.
    const found = await proposeOnPicture(plan, { nmsIouThreshold: 0.5, postNmsTopN: 10 }, (view) => {
      const [x0, y0, x1, y1] = mapBox(view.toCanvas, breast.box as Box2);
      const seen: Box2 = [Math.max(0, x0), Math.max(0, y0), Math.min(64, x1), Math.min(64, y1)];
      const marks: ScoredBox[] =
        seen[2] - seen[0] > 4 && seen[3] - seen[1] > 4
          ? [{ box: seen, score: 0.8, classIndex: 0, provenance: 'network' }]
          : [];
      return Promise.resolve(marks);
    });
    expect(found).toHaveLength(1);
    expect(box2Iou(found[0]!.box, breast.box as Box2)).toBeGreaterThan(0.99);
  });

  it('finds nothing where every tile is skipped or empty', async () => {
    const plan = planPicture(breast, input, 4095);
    const nothing = await proposeOnPicture(plan, { nmsIouThreshold: 0.5, postNmsTopN: 10 }, () =>
      Promise.resolve([]),
    );
    expect(nothing).toEqual([]);
  });
});

describe('a detector that reads tiles', () => {
  let folder: string;
  let detector: Detector;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regio-tiles-'));
    const changes = {
      input,
      anchors: { baseScale: 0.75, scales: [1], aspectRatios: [0.5, 1, 2] },
      proposals: { preNmsTopN: 6, nmsIouThreshold: 0.4, postNmsTopN: 1000 },
    };
    // The self-test of a network that reads tiles takes longer than all that is asked here.
    await writeDrawnBundle(join(folder, 'made-drawn'), changes, { selfTest: false });
    detector = await loadDetector(join(folder, 'made-drawn'));
  });
  afterAll(() => {
    detector.dispose();
    expect(tensorCount()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('reports each tile, can be cancelled between two, and holds no more tensors', async () => {
    const plan = planPicture(breast, input, 4095);
    const steps: string[] = [];
    const found = await detector.detectImage(image, { onProgress: (_, step) => steps.push(step) });
    const held = tensorCount();
    expect(steps).toHaveLength(plan.tiles.length + 2);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(1000);
    const stop = new AbortController();
    const cancelled = detector.detectImage(image, {
      signal: stop.signal,
      onProgress: (_, step) => {
        if (step.startsWith('Part 3')) stop.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(tensorCount()).toBe(held);
  });

  it('explains a point by the tile around it, with the fates that detection gave', async () => {
    const found = await detector.detectImage(image, { minScore: 0.1 });
    const plan = planPicture(breast, input, 4095);
    const middle = (b: Box2) => [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2] as const;
    // Boxes that the tile around their middle saw whole.
    const whole = found.filter(({ box }) => {
      const { tile } = tileAt(plan, middle(box));
      const [x0, y0, x1, y1] = mapBox(plan.reading.toReading, box);
      return x0 > tile[0] + 2 && y0 > tile[1] + 2 && x1 < tile[2] - 2 && y1 < tile[3] - 2;
    });
    let shown = 0;
    for (const one of whole.slice(0, 2)) {
      const explained = await detector.explainImage(image, middle(one.box), { minScore: 0.1 });
      expect(explained.skipped).toBe(false);
      for (const { fate, box, score, label } of explained.boxes) {
        if (fate.outcome !== 'kept') continue;
        shown++;
        expect(found[fate.rank - 1]).toEqual({ box, score, label, provenance: fate.provenance });
      }
    }
    expect(shown).toBeGreaterThan(0);
    const air = middle(mapBox(invert(plan.reading.toReading), plan.skipped[0]!));
    expect((await detector.explainImage(image, air)).skipped).toBe(true);
  });
});
