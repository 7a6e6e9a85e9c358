import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../test-support/build-program';
import {
  madePicture,
  madeRecipe,
  writeMadeBackbone,
  writeMadeSet,
} from '../../../test-support/made-training-set';
import { box2Iou, fromXywh } from '../../core/geometry/box';
import type { RasterImage, Volume } from '../../core/volume/volume';
import { calibrateScore } from '../../core/evaluation/platt';
import { measureBundle } from '../measure-bundle';
import { listBundles, testBundle, loadDetector, tensorCount, train, type TrainProgress } from '..';

const readJson = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** One small training, from set to bundle: what the real models go through, in seconds. */
describe('training on made pictures', () => {
  let folder: string;
  let recipeFile: string;
  const seen: TrainProgress[] = [];
  const options = () => ({
    dataRoot: folder,
    backboneWeights: join(folder, 'backbone.safetensors'),
    modelsFolder: join(folder, 'models'),
    workFolder: join(folder, 'work'),
  });
  const bundleFolder = () => join(folder, 'models', 'made-discs');
  let stoppedAt = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regio-train-'));
    writeMadeSet(folder, 'train', 64, 1);
    writeMadeSet(folder, 'val', 16, 1001);
    writeMadeBackbone(join(folder, 'backbone.safetensors'));
    recipeFile = join(folder, 'made-discs.json');
    writeFileSync(recipeFile, JSON.stringify(madeRecipe()));

    // Stopped on the way, and taken up again.
    const stop = new AbortController();
    const first = train(recipeFile, {
      ...options(),
      signal: stop.signal,
      onProgress: (p) => {
        seen.push(p);
        stoppedAt = p.step;
        if (p.step === 20) stop.abort();
      },
    });
    await expect(first).rejects.toMatchObject({ code: 'job.cancelled' });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('stops when asked, goes on from its checkpoint, learns, and leaves no tensor', async () => {
    expect(stoppedAt).toBe(20);
    expect(tensorCount()).toBe(0);
    const steps: number[] = [];
    const result = await train(recipeFile, {
      ...options(),
      onProgress: (p) => {
        if (p.phase === 'train') steps.push(p.step);
      },
    });
    expect(steps[0]).toBe(21);
    expect(result.steps).toBe(96);
    expect(result.history.map((h) => h.step)).toEqual(Array.from({ length: 96 }, (_, n) => n + 1));
    const mean = (from: number, to: number): number =>
      result.history.slice(from, to).reduce((sum, h) => sum + h.total, 0) / (to - from);
    expect(mean(86, 96)).toBeLessThan(0.6 * mean(0, 10));
    expect(result.validation.evaluation.metrics.AP50).toBeGreaterThan(0.7);
    expect(tensorCount()).toBe(0);
    expect([...readFileSync(result.lossPlot).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(existsSync(join(folder, 'models', 'made-discs.writing'))).toBe(false);
  }, 120_000);

  it('goes on from another bundle, and says so; not from one of another architecture', async () => {
    const made = madeRecipe();
    const file = join(folder, 'made-again.json');
    const write = (change: object) =>
      writeFileSync(
        file,
        JSON.stringify({ ...made, bundle: { ...made.bundle, id: 'made-again' }, ...change }),
      );
    const { backboneWeights: _unread, ...rest } = options();
    write({ schedule: { ...made.schedule, epochs: 0.25, learningRate: 1e-5 } });
    const again = await train(file, { ...rest, initial: bundleFolder(), seed: 4 });
    expect(again.steps).toBe(2);
    expect(again.validation.evaluation.metrics.AP50).toBeGreaterThan(0.7);
    const { bundles } = await listBundles(join(folder, 'models'));
    const [old, fresh] = ['made-discs', 'made-again'].map((id) => bundles.find((b) => b.id === id)!);
    expect(fresh!.training).toMatchObject({
      seed: 4,
      initial: { id: 'made-discs', version: '0.0.1', modelHash: old!.modelHash },
    });
    rmSync(join(folder, 'models', 'made-again'), { recursive: true });

    write({ architecture: { ...made.architecture, fpnChannels: 8 } });
    await expect(train(file, { ...rest, initial: bundleFolder() })).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'architecture.fpnChannels' },
    });
    await expect(train(file, rest)).rejects.toMatchObject({ details: { field: 'backboneWeights' } });
    expect(tensorCount()).toBe(0);
  });

  it('learns the same to the bit where other threads make its batches ahead, and names what failed in one', async () => {
    // In the tree, so that it finds the packages.
    const built = await buildProgram(
      join(__dirname, '../../../test-support/made-volume-batches.ts'),
      join(__dirname, '../../../.cache/spec/train'),
    );
    const file = join(folder, 'helped.json');
    const made = madeRecipe();
    const bundle = { ...made.bundle, id: 'helped' };
    writeFileSync(file, JSON.stringify({ ...made, bundle }));
    // Stopped before its end: what is asked is how it learns, not how it validates.
    const of = async (count: number) => {
      const losses: TrainProgress['loss'][] = [];
      const stop = new AbortController();
      const training = train(file, {
        ...options(),
        restart: true,
        epochs: 1.5,
        batchMakers: { file: built, count },
        signal: stop.signal,
        onProgress: (p) => {
          if (p.phase !== 'train') return;
          losses.push(p.loss);
          if (p.step === 10) stop.abort();
        },
      });
      await expect(training).rejects.toMatchObject({ code: 'job.cancelled' });
      return losses;
    };
    const [alone, helped] = [await of(0), await of(2)];
    expect(new Set(helped.map((loss) => loss!.total)).size).toBe(10);
    expect(helped).toEqual(alone);
    const broken = join(folder, 'broken.cjs');
    writeFileSync(broken, "throw new Error('no such program');");
    await expect(
      train(file, { ...options(), restart: true, batchMakers: { file: broken, count: 1 } }),
    ).rejects.toThrow('no such program');
    expect(tensorCount()).toBe(0);
  }, 180_000);

  it('writes a bundle that says what it was made of', async () => {
    const { bundles, refused } = await listBundles(join(folder, 'models'));
    expect(refused).toEqual([]);
    expect(bundles).toHaveLength(1);
    expect(bundles[0]).toMatchObject({
      id: 'made-discs',
      labels: ['disc'],
    });
    expect(bundles[0]!.training!.data).toEqual([
      { name: 'train', licence: 'made by the test', images: 64, boxes: 64 },
    ]);
    expect(bundles[0]!.metrics['AP50']!.interval).not.toBeNull();
    const { operatingPoints, validation, thresholds, limits, calibration } = bundles[0]!;
    // The recipe's floor is a score of the network, the bundle's a calibrated one.
    expect(thresholds.scoreFloor).toBeCloseTo(calibrateScore(calibration!, 0.05), 5);
    expect(calibration!.hits).toBeGreaterThan(7);
    expect(operatingPoints!.map((p) => p.per)).toEqual(operatingPoints!.map(() => 'image'));
    const atOne = operatingPoints!.filter((p) => p.falsePositives <= 1).pop()!;
    expect(thresholds.default).toBe(Math.max(thresholds.scoreFloor, atOne.threshold));
    expect(validation!.sample.images).toHaveLength(6);
    const named = new Set(validation!.sample.images.map((i) => i.image));
    expect(named.size).toBe(6);
    expect(limits).toEqual(['Made pictures only.']);
    expect(bundles[0]!.modelHash).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(bundleFolder(), 'MODEL_CARD.md'), 'utf8')).toContain('research use only');
  });

  it('is measured anew with the same answer, and its self-test passes before and after', async () => {
    const folder = bundleFolder();
    expect(await testBundle(folder)).toBe('passed');
    const before = readJson(join(folder, 'bundle.json'));
    const weights = readFileSync(join(folder, 'weights-01-of-02.bin'));
    const card = readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8');
    await measureBundle(folder, {
      recipe: recipeFile,
      dataRoot: options().dataRoot,
      readVolume: () => Promise.reject(new Error('there is none')),
    });
    const after = readJson(join(folder, 'bundle.json'));
    const still = ({ validation, ...rest }: Record<string, unknown>) => ({
      ...rest,
      validation: { ...(validation as object), milliseconds: 0 },
    });
    expect(still(after)).toEqual(still(before));
    // Not by toEqual, which takes a minute to go through 4 MB byte by byte.
    expect(readFileSync(join(folder, 'weights-01-of-02.bin')).equals(weights)).toBe(true);
    const timeless = (text: string) => text.replace(/\d+ ms an image/, '');
    expect(timeless(readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8'))).toBe(timeless(card));
    expect(await testBundle(folder)).toBe('passed');
    expect(tensorCount()).toBe(0);
  }, 240_000);

  it('finds the disc in a picture of another size, and holds no more tensors after it', async () => {
    const detector = await loadDetector(bundleFolder());
    const picture = madePicture(5000);
    // Twice as large, 12 bits deep, and not square: grey at the right.
    const width = 160;
    const data = Uint16Array.from({ length: width * 128 }, (_, n) => {
      const x = Math.floor((n % width) / 2);
      const y = Math.floor(n / width / 2);
      return 16 * (x < 64 ? picture.data[y * 64 + x]! : 60);
    });
    const image: RasterImage = { width, height: 128, channels: 1, data, pixelSpacing: null, modality: 'MR' };
    await detector.detectImage(image);
    const held = tensorCount();
    const found = await detector.detectImage(image);
    expect(tensorCount()).toBe(held);
    const [x, y, w, h] = picture.box;
    expect(box2Iou(found[0]!.box, fromXywh([2 * x, 2 * y, 2 * w, 2 * h]))).toBeGreaterThan(0.5);
    expect(found.map((f) => f.score)).toEqual(found.map((f) => f.score).sort((a, b) => b - a));
    detector.dispose();
    expect(tensorCount()).toBe(0);
    await expect(detector.detectImage(image)).rejects.toMatchObject({ code: 'detection.failed' });
  });

  it('finds the ball in a volume, in mm, reports each slice, and can be cancelled between two', async () => {
    const detector = await loadDetector(bundleFolder());
    const empty = madePicture(1).data.map((_, n) => 50 + ((n * 7919) % 30));
    const picture = madePicture(6000);
    const depth = 7;
    const data = new Int16Array(64 * 64 * depth);
    for (let k = 0; k < depth; k++) data.set(k === 3 || k === 4 ? picture.data : empty, k * 64 * 64);
    const volume: Volume = {
      data,
      dims: [64, 64, depth],
      spacing: [0.5, 0.5, 4],
      origin: [-100, 20, 300],
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      modality: 'MR',
    };
    const steps: string[] = [];
    const found = await detector.detectVolume(volume, { onProgress: (_, step) => steps.push(step) });
    expect(steps).toHaveLength(depth + 1);
    const [x, y, w, h] = picture.box;
    const center = [-100 + 0.5 * (x + w / 2 - 0.5), 20 + 0.5 * (y + h / 2 - 0.5), 300 + 4 * 3.5];
    const best = found[0]!.boxLps;
    center.forEach((c, a) =>
      expect(Math.abs((best[a]! + best[a + 3]!) / 2 - c)).toBeLessThan(a === 2 ? 2.01 : 2),
    );

    const stop = new AbortController();
    let reported = 0;
    const cancelled = detector.detectVolume(volume, {
      signal: stop.signal,
      onProgress: () => {
        if (++reported === 3) stop.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(reported).toBe(3);
    detector.dispose();
    expect(tensorCount()).toBe(0);
  });

  it('refuses a bundle with a changed, missing or unfit file', async () => {
    const shard = join(bundleFolder(), 'weights-01-of-02.bin');
    const whole = readFileSync(shard);
    const changed = Buffer.from(whole);
    changed[1000] = changed[1000]! ^ 1;
    writeFileSync(shard, changed);
    await expect(loadDetector(bundleFolder())).rejects.toMatchObject({
      code: 'model.checksum',
      details: { file: shard },
    });
    const { bundles, refused } = await listBundles(join(folder, 'models'));
    expect(bundles).toEqual([]);
    expect(refused[0]!.error.code).toBe('model.checksum');
    rmSync(shard);
    await expect(loadDetector(bundleFolder())).rejects.toMatchObject({ code: 'model.checksum' });
    writeFileSync(shard, whole);
    appendFileSync(join(bundleFolder(), 'CHECKSUMS'), 'not a sum\n');
    await expect(loadDetector(bundleFolder())).rejects.toMatchObject({ code: 'model.invalid' });
    await expect(loadDetector(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'model.not-found' });
  });
});
