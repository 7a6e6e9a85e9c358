import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { packWeights, weightsHash, writeBundleFiles } from '../bundle/files';
import { renderModelCard } from '../bundle/model-card';
import { loadDetector } from '../detector';
import { parameterSpecs3d } from '../network3d/architecture3d';
import { loadTensorflow } from '../tensorflow';
import {
  batchMakerCount,
  batchThreads,
  madeHere,
  type BatchMakers,
  type BatchThreads,
} from '../training/batches';
import { readCheckpoint, type HistoryPoint } from '../training/checkpoint';
import { renderLossPlot } from '../training/loss-plot';
import { scheduleRate } from '../training/optimizer';
import { progressReporter } from '../training/progress';
import { epochsOf, runSteps, type StepsDone } from '../training/run-steps';
import { withChanges } from '../training/recipe';
import type { TrainOptions } from '../training/train';
import { readGridSamples, readVolumes, type GridSample, type VolumeReader } from './dataset3d';
import { describeVolumeModel, type TrainedVolumeModel } from './describe3d';
import { initialParameters3d } from './parameters3d';
import type { Patch } from './patches';
import { readVolumeRecipe, type VolumeRecipe } from './recipe3d';
import type { BatchRequest } from './serve-batches';
import { Trainer3d } from './trainer3d';
import { calibrationStream, trainingStream, volumeBatches } from './volume-batches';
import { validateHeldOut, validateVolumes, type VolumeValidation } from './validate3d';

export type TrainVolumesOptions = Omit<TrainOptions, 'backboneWeights' | 'initial'> & {
  readonly readVolume: VolumeReader;
  /** Where the recipe's `package:` paths start. */
  readonly packageRoot?: string | undefined;
  /** Threads that make patches ahead; none: each batch is made when its step begins. */
  readonly batchMakers?: BatchMakers | undefined;
};

export interface TrainVolumesResult {
  readonly bundleFolder: string;
  readonly lossPlot: string;
  readonly steps: number;
  /** Of this and the runs before it. */
  readonly trainingSeconds: number;
  readonly patchesPerSecond: number;
  readonly validation: VolumeValidation;
  readonly history: readonly HistoryPoint[];
}

/**
 * Trains a 3D detector from a volume recipe, writes its bundle, and validates that bundle as it will be used. Picks up
 * where an interrupted run of the same recipe and data stopped.
 * @throws AppError job.cancelled when aborted, after writing a checkpoint
 */
export async function trainVolumes(
  recipePath: string,
  options: TrainVolumesOptions,
): Promise<TrainVolumesResult> {
  const { dataRoot, packageRoot, epochs, seed, batchMakers } = options;
  const makers = batchMakerCount(batchMakers);
  const request: BatchRequest = {
    recipePath: resolve(recipePath),
    dataRoot: resolve(dataRoot),
    packageRoot,
    epochs,
    seed,
  };
  // Before anything else: they have the same volumes to read.
  const threads = batchMakers && makers > 0 ? batchThreads<Patch[]>(batchMakers.file, makers, request) : null;
  try {
    return await trainWith(threads, recipePath, options);
  } finally {
    await threads?.close();
  }
}

async function trainWith(
  threads: BatchThreads<Patch[]> | null,
  recipePath: string,
  options: TrainVolumesOptions,
): Promise<TrainVolumesResult> {
  const loaded = await readVolumeRecipe(recipePath);
  const recipe = withChanges(loaded, options);
  const { signal, readVolume, minutes } = options;
  const report = progressReporter(options.onProgress);

  report({ phase: 'load' });
  const dataRoot = resolve(options.dataRoot);
  const roots = { dataRoot, packageRoot: options.packageRoot };
  const samples = await readGridSamples(recipe, roots, readVolume, signal);
  const tf = await loadTensorflow();

  const workFolder = join(options.workFolder ?? '.train', recipe.bundle.id);
  const checkpointFile = join(workFolder, 'checkpoint.bin');
  const fingerprint = fingerprintOf(recipe, samples);
  const resumed = options.restart ? null : await readCheckpoint(checkpointFile, fingerprint);

  const { batchSize, warmUpSteps, calibrationBatches } = recipe.schedule;
  const { stepsPerEpoch, steps, batch } = volumeBatches(recipe, samples);
  const trainer = new Trainer3d(
    tf,
    recipe,
    initialParameters3d(recipe.architecture, recipe.seed),
    resumed?.state ?? null,
    steps,
  );
  let values: Map<string, Float32Array>;
  let done: StepsDone;
  const batches =
    threads?.start([resumed?.step ?? 0, steps]) ?? madeHere((step) => batch(trainingStream, step));
  try {
    done = await runSteps({
      steps,
      limitSeconds: minutes === undefined ? undefined : minutes * 60,
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
    values = trainer.foldedParameters(
      (function* () {
        for (let n = 0; n < calibrationBatches; n++) yield batch(calibrationStream, n);
      })(),
    );
  } finally {
    trainer.dispose();
  }

  const { history, trainingSeconds } = done;
  report({ phase: 'validate', step: done.steps, steps: done.steps });
  const model: TrainedVolumeModel = {
    recipe: withChanges(recipe, { epochs: epochsOf(done.steps, stepsPerEpoch) }),
    recipeName: `${basename(dirname(recipePath))}/${basename(recipePath)}`,
    data: recipe.data.train.map(({ name, licence }) => {
      const own = samples.filter((s) => s.source === name);
      return { name, licence, images: own.length, boxes: own.reduce((n, s) => n + s.boxes.length, 0) };
    }),
    patches: done.steps * batchSize,
    trainingSeconds,
  };
  const candidate = join(workFolder, 'candidate');
  await write(candidate, model, values, null);
  const detector = await loadDetector(candidate);
  let validation: VolumeValidation;
  try {
    const { heldOut } = recipe.data;
    const held = readVolumes(recipe.data.validation, roots, readVolume, signal);
    validation = heldOut
      ? await validateHeldOut(join(dirname(recipePath), heldOut))
      : await validateVolumes(detector, held, recipe.scoreFloor, signal);
  } finally {
    detector.dispose();
    await rm(candidate, { recursive: true, force: true });
  }

  await mkdir(workFolder, { recursive: true });
  const lossPlot = join(workFolder, 'loss.png');
  await writeFile(lossPlot, await renderLossPlot(`${recipe.bundle.id} ${recipe.bundle.version}`, history));
  const bundleFolder = join(options.modelsFolder, recipe.bundle.id);
  await write(bundleFolder, model, values, validation);
  report({ phase: 'done', step: done.steps, steps: done.steps });
  const patchesPerSecond = (done.steps * batchSize) / trainingSeconds;
  return {
    bundleFolder,
    lossPlot,
    steps: done.steps,
    trainingSeconds,
    patchesPerSecond,
    validation,
    history,
  };
}

function write(
  folder: string,
  model: TrainedVolumeModel,
  values: ReadonlyMap<string, Float32Array>,
  validation: VolumeValidation | null,
): Promise<void> {
  const { architecture } = model.recipe;
  const { shards, record } = packWeights(parameterSpecs3d(architecture).map((s) => values.get(s.name)!));
  const bundle = describeVolumeModel(model, validation);
  return writeBundleFiles(folder, {
    bundle,
    model: { format: 'regio-rpn3d-1', architecture, ...record },
    card: renderModelCard(bundle, {
      architecture,
      parameterCount: record.parameterCount,
      weightsSha256: weightsHash(shards),
    }),
    shards,
  });
}

/** What must be the same to go on from a checkpoint: whatever a step depends on, and no more. */
function fingerprintOf(recipe: VolumeRecipe, samples: readonly GridSample[]): string {
  const {
    architecture,
    input,
    anchors,
    matching,
    losses,
    augmentation,
    schedule,
    seed,
    lungMask,
    synthetic,
  } = recipe;
  const hash = createHash('sha256').update(
    JSON.stringify({
      architecture,
      input,
      anchors,
      matching,
      losses,
      augmentation,
      schedule,
      seed,
      lungMask,
      synthetic,
    }),
  );
  for (const s of samples)
    hash.update(`${s.source}/${s.series}:${s.grid.dims.join('x')}:${s.boxes.length}:${s.ignored.length};`);
  return hash.digest('hex');
}
