import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { writeBundle } from '../bundle/write';
import { fitGate, type FittedGate } from '../gate/fit-gate';
import { floatsToHalves, halvesToFloats } from '../half';
import { CompiledNetwork } from '../network/compiled';
import { loadTensorflow } from '../tensorflow';
import type { Example } from './augment';
import { batchMakerCount, batchThreads, madeHere, type BatchMakers } from './batches';
import { readCheckpoint, type HistoryPoint } from './checkpoint';
import { loadSamples, type Sample } from './dataset';
import { renderLossPlot } from './loss-plot';
import { pictureBatches, sharedSamples, type PictureBatchRequest } from './picture-batches';
import { progressReporter, type TrainProgress } from './progress';
import { dealQuotas } from './quotas';
import { sampleAsRead } from './reading-sample';
import { readRecipe, withChanges, type Recipe, type RecipeChanges } from './recipe';
import { epochsOf, runSteps } from './run-steps';
import { startingWeights, type Start, type StartOptions } from './start';
import { Trainer } from './trainer';
import { scheduleRate } from './optimizer';
import { validate, type Validation } from './validate';

export interface TrainOptions extends StartOptions, RecipeChanges {
  /** Folder that the recipe's data paths start at. */
  readonly dataRoot: string;
  /** Bundles are written to `<modelsFolder>/<id>`. */
  readonly modelsFolder: string;
  /** Checkpoints and the loss plot are written to `<workFolder>/<id>`; default `.train`. */
  readonly workFolder?: string | undefined;
  /** Training takes at most so long; the learning rate falls by the share of it that is gone. */
  readonly minutes?: number | undefined;
  /** Forget the checkpoint. */
  readonly restart?: boolean | undefined;
  /** Left out, or none on this machine: batches are made in this thread. */
  readonly batchMakers?: BatchMakers | undefined;
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

/**
 * Trains a detector from a recipe and writes its bundle. Picks up where an interrupted run of the same recipe and data
 * stopped.
 * @throws AppError job.cancelled when aborted, after writing a checkpoint
 */
export async function train(recipePath: string, options: TrainOptions): Promise<TrainResult> {
  const loaded = await readRecipe(recipePath);
  const asked = withChanges(loaded, options);
  const { signal, minutes } = options;
  const report = progressReporter(options.onProgress);

  report({ phase: 'load' });
  const dataRoot = resolve(options.dataRoot);
  const loadedSamples = await loadSamples(
    asked.data.train,
    dataRoot,
    asked.input.channels,
    asked.bundle.labels,
    signal,
    (sample) => sampleAsRead(sample, asked.input, asked.data.minBox),
  );
  const makers = batchMakerCount(options.batchMakers);
  const samples = makers > 0 ? sharedSamples(loadedSamples) : loadedSamples;
  const recipe = dealQuotas(asked, samples);
  const schooling = trainingView(recipe);
  const start = await startingWeights(recipe, options);
  const tf = await loadTensorflow();

  const workFolder = join(options.workFolder ?? '.train', recipe.bundle.id);
  const checkpointFile = join(workFolder, 'checkpoint.bin');
  const fingerprint = fingerprintOf(schooling, samples, start);
  const resumed = options.restart ? null : await readCheckpoint(checkpointFile, fingerprint);

  const { batchSize, warmUpSteps } = recipe.schedule;
  const { stepsPerEpoch, steps, batch } = pictureBatches(schooling, samples);
  const limitSeconds = minutes === undefined ? undefined : minutes * 60;
  const trainer = new Trainer(tf, schooling, start.values, resumed?.state ?? null, steps);
  const request: PictureBatchRequest = { recipe: schooling, samples };
  const threads =
    options.batchMakers && makers > 0
      ? batchThreads<readonly Example[]>(options.batchMakers.file, makers, request)
      : null;
  try {
    const batches = threads?.start([resumed?.step ?? 0, steps]) ?? madeHere(batch);
    const done = await runSteps({
      steps,
      limitSeconds,
      stepsPerEpoch,
      batchSize,
      checkpointFile,
      fingerprint,
      resumed,
      optimizer: trainer.optimizer,
      report,
      signal,
      update: async (step, total) =>
        trainer.step(await batches.next(step), step + 1, scheduleRate(step, total, warmUpSteps)),
    });
    const { history, trainingSeconds } = done;
    await threads?.close();

    report({ phase: 'validate', step: done.steps, steps: done.steps });
    // Rounded as they are stored: what is measured is what is shipped.
    const values = asStored(trainer.averagedParameters());
    const network = new CompiledNetwork(
      tf,
      recipe.architecture,
      recipe.anchors,
      recipe.input,
      recipe.proposals,
      values,
    );
    let validation: Validation;
    let gate: FittedGate | null;
    try {
      const held = await loadSamples(
        recipe.data.validation,
        dataRoot,
        recipe.input.channels,
        recipe.bundle.labels,
        signal,
      );
      validation = await validate(network, recipe, held, signal);
      gate = await fitGate(network, recipe.input, samples, held, { seed: recipe.seed, signal });
    } finally {
      network.dispose();
    }

    await mkdir(workFolder, { recursive: true });
    const lossPlot = join(workFolder, 'loss.png');
    await writeFile(lossPlot, await renderLossPlot(`${recipe.bundle.id} ${recipe.bundle.version}`, history));
    const bundleFolder = join(options.modelsFolder, recipe.bundle.id);
    await writeBundle(bundleFolder, {
      recipe: withChanges(recipe, { epochs: epochsOf(done.steps, stepsPerEpoch) }),
      recipeName: `${basename(dirname(recipePath))}/${basename(recipePath)}`,
      values,
      samples,
      validation,
      gate,
      trainingSeconds,
      initial: start.from,
      images: done.steps * batchSize,
    });
    report({ phase: 'done', step: done.steps, steps: done.steps });
    const imagesPerSecond = (done.steps * batchSize) / trainingSeconds;
    return {
      bundleFolder,
      lossPlot,
      steps: done.steps,
      trainingSeconds,
      imagesPerSecond,
      validation,
      history,
    };
  } finally {
    await threads?.close();
    trainer.dispose();
  }
}

const asStored = (values: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> =>
  new Map([...values].map(([name, v]) => [name, halvesToFloats(floatsToHalves(v))]));

/** The recipe with the canvas of training in place of the canvas of use. */
function trainingView(recipe: Recipe): Recipe {
  const size = recipe.schedule.canvasSize ?? recipe.input.size;
  return { ...recipe, input: { ...recipe.input, size } };
}

/** What must be the same to go on from a checkpoint: whatever a step depends on, and no more. */
function fingerprintOf(recipe: Recipe, samples: readonly Sample[], start: Start): string {
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
      ...(recipe.data.minBox && { minBox: recipe.data.minBox }),
      ...(start.from && { initial: start.from.modelHash }),
    }),
  );
  for (const s of samples) hash.update(`${s.source}/${s.fileName}:${s.boxes.length};`);
  return hash.digest('hex');
}
