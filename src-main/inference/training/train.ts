import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../core/app-error';
import { writeBundle } from '../bundle/write';
import { CompiledNetwork } from '../network/compiled';
import { initialParameters } from '../network/initialize';
import { readSafetensors } from '../network/safetensors';
import { createRandom, shuffled } from '../random';
import { loadTensorflow } from '../tensorflow';
import { augmentedExample } from './augment';
import { readCheckpoint, writeCheckpoint, type HistoryPoint } from './checkpoint';
import { loadSamples, type Sample } from './dataset';
import { renderLossPlot } from './loss-plot';
import { readRecipe, type Recipe } from './recipe';
import { Trainer } from './trainer';
import { scheduleRate } from './optimizer';
import { validate, type Validation } from './validate';

export interface TrainProgress {
  readonly phase: 'load' | 'train' | 'validate' | 'done';
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
  /** Mean of the steps since the last report; null before the first. */
  readonly loss: { readonly total: number; readonly objectness: number; readonly box: number } | null;
}

export interface TrainOptions {
  /** Folder that the recipe's data paths start at. */
  readonly dataRoot: string;
  /** EfficientNet-Lite0 as safetensors. */
  readonly backboneWeights: string;
  /** Bundles are written to `<modelsFolder>/<id>`. */
  readonly modelsFolder: string;
  /** Checkpoints and the loss plot are written to `<workFolder>/<id>`; default `.train`. */
  readonly workFolder?: string | undefined;
  /** Forget the checkpoint. */
  readonly restart?: boolean | undefined;
  /** In place of the recipe's. */
  readonly epochs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TrainProgress) => void) | undefined;
}

export interface TrainResult {
  readonly bundleFolder: string;
  readonly lossPlot: string;
  readonly steps: number;
  /** Of this and the runs before it. */
  readonly trainingSeconds: number;
  readonly imagesPerSecond: number;
  readonly validation: Validation;
  readonly history: readonly HistoryPoint[];
}

/** A checkpoint is written this often, so that a killed training loses little. */
const checkpointSeconds = 60;

/**
 * Trains a detector from a recipe and writes its bundle. Picks up where an interrupted run of the same recipe and data
 * stopped.
 * @throws AppError job.cancelled when aborted, after writing a checkpoint
 */
export async function train(recipePath: string, options: TrainOptions): Promise<TrainResult> {
  const loaded = await readRecipe(recipePath);
  const recipe: Recipe = options.epochs
    ? { ...loaded, schedule: { ...loaded.schedule, epochs: options.epochs } }
    : loaded;
  const schooling = trainingView(recipe);
  const { signal } = options;
  const report = (p: Partial<TrainProgress> & Pick<TrainProgress, 'phase'>): void =>
    options.onProgress?.({
      step: 0,
      steps: 0,
      epoch: 0,
      imagesPerSecond: 0,
      etaSeconds: 0,
      loss: null,
      ...p,
    });

  report({ phase: 'load' });
  const dataRoot = resolve(options.dataRoot);
  const samples = await loadSamples(
    recipe.data.train,
    dataRoot,
    recipe.input.channels,
    recipe.bundle.labels,
    signal,
  );
  const imagenet = await readSafetensors(options.backboneWeights);
  const tf = await loadTensorflow();

  const workFolder = join(options.workFolder ?? '.train', recipe.bundle.id);
  const checkpointFile = join(workFolder, 'checkpoint.bin');
  const fingerprint = fingerprintOf(schooling, samples);
  const resumed = options.restart ? null : await readCheckpoint(checkpointFile, fingerprint);

  const { batchSize, warmUpSteps } = recipe.schedule;
  const stepsPerEpoch = Math.max(1, Math.floor(samples.length / batchSize));
  const steps = Math.max(1, Math.round(recipe.schedule.epochs * stepsPerEpoch));
  const trainer = new Trainer(
    tf,
    schooling,
    initialParameters(recipe.architecture, imagenet, recipe.seed),
    resumed?.state ?? null,
  );
  const history: HistoryPoint[] = [...(resumed?.history ?? [])];
  const secondsBefore = resumed?.seconds ?? 0;
  const firstStep = resumed?.step ?? 0;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const save = (step: number): Promise<void> =>
    writeCheckpoint(checkpointFile, {
      step,
      fingerprint,
      seconds: secondsBefore + elapsed(),
      history,
      state: trainer.optimizer.state(),
    });

  try {
    let lastSave = 0;
    let order: Sample[] = [];
    let orderEpoch = -1;
    for (let step = firstStep; step < steps; step++) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (epoch !== orderEpoch) {
        order = shuffled(samples, createRandom(recipe.seed, 1, epoch));
        orderEpoch = epoch;
      }
      // Each step's draws depend on the seed and the step alone: a resumed run sees what an unbroken one does.
      const random = createRandom(recipe.seed, 2, step);
      const at = (step % stepsPerEpoch) * batchSize;
      const batch = order.slice(at, at + batchSize);
      const examples = batch.map((s) => augmentedExample(s, schooling.input, recipe.augmentation, random));
      const losses = trainer.step(examples, step + 1, scheduleRate(step, steps, warmUpSteps));
      if (!Number.isFinite(losses.total)) {
        throw new AppError(
          'internal',
          `Training diverged at step ${step + 1}.`,
          'Lower the learning rate in the recipe and train with --restart.',
        );
      }
      history.push({ step: step + 1, total: losses.total, objectness: losses.objectness, box: losses.box });
      const done = step + 1 - firstStep;
      const rate = (done * batchSize) / elapsed();
      const etaSeconds = ((steps - step - 1) * batchSize) / rate;
      report({
        phase: 'train',
        step: step + 1,
        steps,
        epoch,
        imagesPerSecond: rate,
        etaSeconds,
        loss: losses,
      });
      await setImmediate();
      if (signal?.aborted) {
        await save(step + 1);
        throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on from here.');
      }
      if (elapsed() - lastSave > checkpointSeconds || step + 1 === steps) {
        lastSave = elapsed();
        await save(step + 1);
      }
    }
    const trainingSeconds = secondsBefore + elapsed();

    report({ phase: 'validate', step: steps, steps });
    const values = trainer.averagedParameters();
    const network = new CompiledNetwork(
      tf,
      recipe.architecture,
      recipe.anchors,
      recipe.input,
      recipe.proposals,
      values,
    );
    let validation: Validation;
    try {
      const held = await loadSamples(
        recipe.data.validation,
        dataRoot,
        recipe.input.channels,
        recipe.bundle.labels,
        signal,
      );
      validation = await validate(network, recipe, held, signal);
    } finally {
      network.dispose();
    }

    await mkdir(workFolder, { recursive: true });
    const lossPlot = join(workFolder, 'loss.png');
    await writeFile(lossPlot, await renderLossPlot(`${recipe.bundle.id} ${recipe.bundle.version}`, history));
    const bundleFolder = join(options.modelsFolder, recipe.bundle.id);
    await writeBundle(bundleFolder, {
      recipe,
      recipeName: `${basename(dirname(recipePath))}/${basename(recipePath)}`,
      values,
      samples,
      validation,
      trainingSeconds,
      images: steps * batchSize,
    });
    report({ phase: 'done', step: steps, steps });
    const imagesPerSecond = (steps * batchSize) / trainingSeconds;
    return { bundleFolder, lossPlot, steps, trainingSeconds, imagesPerSecond, validation, history };
  } finally {
    trainer.dispose();
  }
}

/** The recipe with the canvas of training in place of the canvas of use. */
function trainingView(recipe: Recipe): Recipe {
  const size = recipe.schedule.canvasSize ?? recipe.input.size;
  return { ...recipe, input: { ...recipe.input, size } };
}

/** What must be the same to go on from a checkpoint: whatever a step depends on, and no more. */
function fingerprintOf(recipe: Recipe, samples: readonly Sample[]): string {
  const { architecture, input, anchors, matching, sampling, losses, augmentation, schedule, seed } = recipe;
  const { canvasSize: _inInput, ...rest } = schedule;
  const hash = createHash('sha256').update(
    JSON.stringify({
      architecture,
      input,
      anchors,
      matching,
      sampling,
      losses,
      augmentation,
      schedule: rest,
      seed,
    }),
  );
  for (const s of samples) hash.update(`${s.source}/${s.fileName}:${s.boxes.length};`);
  return hash.digest('hex');
}
