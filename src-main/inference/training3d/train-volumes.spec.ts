import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../test-support/build-program';
import { madeVolume, madeVolumeRecipe } from '../../../test-support/made-volumes';
import { loadDetector, tensorCount, trainVolumes, type TrainProgress } from '..';
import { evaluateVolumes } from '../../core/evaluation/evaluate-volumes';
import type { VolumeLesion, VolumeMark } from '../../core/evaluation/volume-dataset';
import { AppError } from '../../core/app-error';
import { readVolumeRecipe } from './recipe3d';

/** One small training, from volumes to bundle: bright spheres in noise. */
describe('training on made volumes', () => {
  let folder: string;
  const recipeFile = () => join(folder, 'made-volumes.json');
  // A series is named by its seed.
  const readVolume = (path: string) => Promise.resolve(madeVolume(Number(/(\d+)$/.exec(path)![1])).volume);
  const options = () => ({
    dataRoot: folder,
    modelsFolder: join(folder, 'models'),
    workFolder: join(folder, 'work'),
    readVolume,
  });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'regio-train3d-'));
    const recipe = madeVolumeRecipe();
    mkdirSync(join(folder, 'boxes'));
    for (const source of [...recipe.data.train, ...recipe.data.validation]) {
      for (const { series, boxes } of source.volumes) {
        const { lesions } = madeVolume(Number(series));
        writeFileSync(
          join(folder, boxes!),
          JSON.stringify({ nodules: lesions.map((boxLpsMm) => ({ boxLpsMm, readers: 3 })) }),
        );
      }
    }
    writeFileSync(recipeFile(), JSON.stringify(recipe));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('learns, goes on from its checkpoint, writes a bundle that finds what it was taught, and leaves no tensor', async () => {
    const stop = new AbortController();
    const stopped = trainVolumes(recipeFile(), {
      ...options(),
      signal: stop.signal,
      onProgress: (p) => {
        if (p.step === 5) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(tensorCount()).toBe(0);

    const steps: number[] = [];
    const seen: TrainProgress['phase'][] = [];
    const result = await trainVolumes(recipeFile(), {
      ...options(),
      onProgress: (p) => {
        seen.push(p.phase);
        if (p.phase === 'train') steps.push(p.step);
      },
    });
    expect(steps[0]).toBe(6);
    expect(new Set(seen)).toEqual(new Set(['load', 'train', 'validate', 'done']));
    expect(result.history.map((h) => h.step)).toEqual(Array.from({ length: result.steps }, (_, n) => n + 1));
    expect(tensorCount()).toBe(0);

    const trained = await sensitivityAtOne(result.bundleFolder);
    expect(trained).toBeGreaterThan(0.8);
    expect(result.validation.operatingPoint!.sensitivity).toBeGreaterThan(0.8);
  }, 180_000);

  it('learns the same to the bit where other threads make its patches ahead, and names what failed in one', async () => {
    // In the tree, so that it finds the packages.
    const built = await buildProgram(
      join(__dirname, '../../../test-support/made-volume-batches.ts'),
      join(__dirname, '../../../.cache/spec/train-volumes'),
    );
    // Stopped before its end: what is asked is how it learns, not how it validates.
    const of = async (count: number) => {
      const losses: TrainProgress['loss'][] = [];
      const stop = new AbortController();
      const training = trainVolumes(recipeFile(), {
        ...options(),
        restart: true,
        epochs: 2,
        batchMakers: { file: built, count },
        signal: stop.signal,
        onProgress: (p) => {
          if (p.phase !== 'train') return;
          losses.push(p.loss);
          if (p.step === 5) stop.abort();
        },
      });
      await expect(training).rejects.toMatchObject({ code: 'job.cancelled' });
      return losses;
    };
    const [alone, helped] = [await of(0), await of(2)];
    expect(new Set(helped.map((loss) => loss!.total)).size).toBe(5);
    expect(helped).toEqual(alone);
    const broken = join(folder, 'broken.cjs');
    writeFileSync(broken, "throw new Error('no such program');");
    await expect(
      trainVolumes(recipeFile(), { ...options(), restart: true, batchMakers: { file: broken, count: 1 } }),
    ).rejects.toThrow('no such program');
    expect(tensorCount()).toBe(0);
  }, 180_000);

  it('finds little before it is trained', async () => {
    const recipe = madeVolumeRecipe();
    const untrained = {
      ...recipe,
      bundle: { ...recipe.bundle, id: 'untrained' },
      schedule: { ...recipe.schedule, epochs: 0.001, learningRate: 1e-9 },
    };
    writeFileSync(join(folder, 'untrained.json'), JSON.stringify(untrained));
    const { bundleFolder } = await trainVolumes(join(folder, 'untrained.json'), options());
    expect(await sensitivityAtOne(bundleFolder)).toBeLessThan(0.4);
  }, 120_000);

  it('says which field of a recipe does not fit', async () => {
    const recipe = madeVolumeRecipe();
    const unfit = join(folder, 'unfit.json');
    const field = async (changes: object): Promise<string | undefined> => {
      writeFileSync(unfit, JSON.stringify({ ...recipe, ...changes }));
      const error = await readVolumeRecipe(unfit).catch((e: unknown) => e as AppError);
      return error instanceof AppError ? error.details?.field : 'none';
    };
    expect(await field({})).toBe('none');
    expect(await field({ seed: 'x' })).toBe('seed');
    expect(await field({ schedule: { ...recipe.schedule, patch: [32, 32, 20] } })).toBe('schedule.patch');
    expect(await field({ data: { ...recipe.data, validation: [] } })).toBe('data.validation');
    expect(await field({ data: { ...recipe.data, heldOut: 'marks.json' } })).toBe('data.validation');
    expect(await field({ data: { ...recipe.data, validation: [], heldOut: 'marks.json' } })).toBe('none');
    const unmarked = recipe.data.train.map((s) => ({ ...s, volumes: [{ series: '1' }] }));
    expect(await field({ data: { ...recipe.data, validation: unmarked } })).toBe('data.validation');
    const synthetic = {
      share: 1,
      nodules: [1, 2],
      lookAlikes: [0, 1],
      sizes: [{ fromMm: 3, toMm: 9, weight: 1 }],
      thickSlices: { share: 0, mm: [1, 5] },
    };
    expect(await field({ synthetic })).toBe('lungMask');
    expect(await field({ synthetic, lungMask: { marginMm: 3 } })).toBe('none');
    const [fine] = recipe.anchors.levels;
    expect(await field({ anchors: { ...recipe.anchors, levels: [fine] } })).toBe('anchors.levels');
    expect(await field({ anchors: { ...recipe.anchors, levels: [fine, fine] } })).toBe(
      'anchors.levels.1.stride',
    );
  });
});

/** Sensitivity at one false mark a volume, on volumes that no training saw. */
async function sensitivityAtOne(bundleFolder: string): Promise<number> {
  const detector = await loadDetector(bundleFolder);
  const series = Array.from({ length: 6 }, (_, n) => ({ id: String(9000 + n) }));
  const lesions: VolumeLesion[] = [];
  const marks: VolumeMark[] = [];
  for (const { id } of series) {
    const made = madeVolume(Number(id));
    lesions.push(...made.lesions.map((box) => ({ series: id, box })));
    for (const c of await detector.detectVolume(made.volume, { minScore: 0 }))
      marks.push({ series: id, box: c.boxLps, score: c.score });
  }
  detector.dispose();
  expect(tensorCount()).toBe(0);
  return evaluateVolumes({ series, lesions }, marks, { hit: { kind: 'centre' }, doubleHits: 'ignore' })
    .sensitivityAtFpPerScan['1']!;
}
