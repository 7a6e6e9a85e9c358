import { rm } from 'node:fs/promises';
import { AppError } from '../../core/app-error';
import { compareModels, thresholdOfSameFalseMarks } from '../../core/evaluation/compare-models';
import { evaluateCoco } from '../../core/evaluation/evaluate-coco';
import type { JobOptions } from '../../core/study/entities';
import { readBundle, type OpenedPictureBundle } from '../bundle/read';
import type { Compared } from '../bundle/fine-tuned-record';
import { loadDetector } from '../detector';
import { createRandom, shuffled } from '../random';
import { loadTensorflow, type Tensorflow } from '../tensorflow';
import { augmentedExample } from '../training/augment';
import type { Sample } from '../training/dataset';
import { scheduleRate } from '../training/optimizer';
import type { Recipe } from '../training/recipe';
import { epochsOf, runSteps } from '../training/run-steps';
import { Trainer } from '../training/trainer';
import { detectAll, sampleOf, truthOf, withoutHeldBackCopies, type CasePicture } from './case-picture';
import { fineTuningRecipe, ownCases } from './fine-tuning-recipe';
import type { FineTuned } from './fine-tuned';
import { writeFineTunedBundle } from './write-fine-tuned';

export interface FineTuneOptions extends JobOptions {
  /** Folder of the bundle whose weights training begins from; it is read and never written. */
  readonly baseFolder: string;
  /** Folder of the bundle that the new one is compared with: the one in use. */
  readonly oldFolder: string;
  /** The new bundle goes here, whole or not at all. */
  readonly outFolder: string;
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly pictures: readonly CasePicture[];
  /** Passes over the training pictures; default {@link defaultEpochs}. */
  readonly epochs?: number | undefined;
  /** Training takes at most about so long on this machine; default 10. */
  readonly minutes?: number | undefined;
  readonly seed?: number | undefined;
}

export interface FineTuneResult {
  readonly modelHash: string;
  readonly steps: number;
  readonly trainingSeconds: number;
  readonly comparison: Compared;
}

export const defaultEpochs = 30;
/** On fewer pictures a threshold would follow chance: the base's stays. */
const leastForThreshold = 20;
const defaultMinutes = 10;
/** More passes over so few pictures teach them by heart. */
const mostEpochs = 100;

/**
 * Goes on training a picture model with reviewed cases, and measures the new model and the old on those held back.
 *
 * @throws AppError request.invalid (a model of volumes, or an imported one), training.failed, job.cancelled, and what
 *   reading a bundle throws; nothing is left at `outFolder` then
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneResult> {
  const { signal, outFolder } = options;
  const base = await openBase(options.baseFolder);
  const pictures = withoutHeldBackCopies(options.pictures);
  const recipe = fineTuningRecipe(base, options.seed ?? 1);
  const learnt = pictures.filter((p) => !p.heldBack);
  const held = pictures.filter((p) => p.heldBack);
  const samples = learnt.map((p, n) => sampleOf(p, n, recipe.input, ownCases.name));

  const tf = await loadTensorflow();
  const trained = await trainOn(tf, recipe, base.parameters(), samples, options);
  try {
    const draft: FineTuned = {
      id: options.id,
      name: options.name,
      createdAt: options.createdAt,
      values: trained.values,
      architecture: base.architecture,
      recipe,
      epochs: trained.epochs,
      steps: trained.steps,
      trainingSeconds: trained.seconds,
      learnt,
      held,
      threshold: null,
      measured: null,
    };
    // The figures are of the bundle as it will be used, with its weights rounded to half precision: written, read, measured.
    await writeFineTunedBundle(outFolder, base.bundle, draft);
    const truth = truthOf(held, base.bundle.labels);
    const before = await measured(options.oldFolder, held, share(options, 0.8, 0.9, 'The model in use'));
    const after = await measured(outFolder, held, share(options, 0.9, 1, 'The new model'));
    const found = held.length < leastForThreshold ? null : thresholdOfSameFalseMarks(truth, before, after);
    const threshold = found && Math.max(base.bundle.thresholds.scoreFloor, found);
    const compared = {
      modelId: before.id,
      modelVersion: before.version,
      modelHash: before.modelHash,
      ...compareModels(truth, before, { ...after, threshold: threshold ?? after.threshold }),
    };
    const evaluation = evaluateCoco(truth, after.detections);
    await writeFineTunedBundle(outFolder, base.bundle, {
      ...draft,
      threshold,
      measured: { compared, evaluation },
    });
    if (signal?.aborted) throw cancelled();
    const { bundle } = await readBundle(outFolder);
    return {
      modelHash: bundle.modelHash,
      steps: trained.steps,
      trainingSeconds: trained.seconds,
      comparison: compared,
    };
  } catch (error) {
    for (const folder of [outFolder, `${outFolder}.writing`])
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw writeError(error);
  }
}

async function openBase(folder: string): Promise<OpenedPictureBundle> {
  const opened = await readBundle(folder);
  if (opened.kind === 'picture') return opened;
  throw new AppError(
    'request.invalid',
    `${opened.bundle.name} cannot go on learning: only networks of ours that read pictures can so far.`,
    'Choose another model.',
    { field: 'modelId' },
  );
}

interface Trained {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly steps: number;
  readonly epochs: number;
  readonly seconds: number;
}

async function trainOn(
  tf: Tensorflow,
  recipe: Recipe,
  initial: ReadonlyMap<string, Float32Array>,
  samples: readonly Sample[],
  options: FineTuneOptions,
): Promise<Trained> {
  const size = recipe.schedule.canvasSize ?? recipe.input.size;
  const schooling: Recipe = { ...recipe, input: { ...recipe.input, size } };
  const { batchSize } = recipe.schedule;
  const stepsPerEpoch = Math.ceil(samples.length / batchSize);
  const step = (trainer: Trainer, n: number, total: number) => {
    const order = shuffled(samples, createRandom(recipe.seed, 1, Math.floor(n / stepsPerEpoch)));
    const random = createRandom(recipe.seed, 2, n);
    // The last batch of a pass begins the pass anew.
    const batch = Array.from(
      { length: Math.min(batchSize, order.length) },
      (_, b) => order[((n % stepsPerEpoch) * batchSize + b) % order.length]!,
    );
    const examples = batch.map((s) =>
      augmentedExample(s, schooling.input, recipe.augmentation, random, samples),
    );
    return trainer.step(
      examples,
      n + 1,
      scheduleRate(n, total, Math.min(recipe.schedule.warmUpSteps, total)),
    );
  };

  const asked = options.epochs ?? (options.minutes === undefined ? defaultEpochs : mostEpochs);
  let steps = Math.max(1, Math.round(asked * stepsPerEpoch));
  if (options.epochs === undefined) {
    // The second step of a throw-away trainer says how fast this machine is; the first makes memory ready.
    const trial = new Trainer(tf, schooling, initial, null);
    try {
      step(trial, 0, steps);
      const began = performance.now();
      step(trial, 1, steps);
      const budget = (options.minutes ?? defaultMinutes) * 60_000;
      steps = Math.max(1, Math.min(steps, Math.floor(budget / (performance.now() - began))));
    } finally {
      trial.dispose();
    }
  }

  const trainer = new Trainer(tf, schooling, initial, null, steps);
  try {
    const { trainingSeconds } = await runSteps({
      steps,
      stepsPerEpoch,
      batchSize,
      checkpointFile: null,
      fingerprint: '',
      resumed: null,
      optimizer: trainer.optimizer,
      update: (n) => step(trainer, n, steps),
      report: (p) =>
        options.onProgress?.(
          (0.8 * (p.step ?? 0)) / steps,
          `Training: step ${p.step} of ${steps}, ${Math.ceil(p.etaSeconds ?? 0)} s left`,
        ),
      signal: options.signal,
    });
    const epochs = epochsOf(steps, stepsPerEpoch);
    return { values: trainer.averagedParameters(), steps, epochs, seconds: trainingSeconds };
  } finally {
    trainer.dispose();
  }
}

async function measured(folder: string, held: readonly CasePicture[], options: JobOptions) {
  const detector = await loadDetector(folder);
  try {
    const { id, version, modelHash, thresholds } = detector.bundle;
    const detections = await detectAll(detector, held, options);
    return { detections, threshold: thresholds.default, id, version, modelHash };
  } finally {
    detector.dispose();
  }
}

const share = (options: JobOptions, from: number, to: number, what: string): JobOptions => ({
  signal: options.signal,
  onProgress: (fraction, step) => options.onProgress?.(from + (to - from) * fraction, `${what}: ${step}`),
});

/** A full disk says so; everything else as it came. */
function writeError(error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof AppError || typeof code !== 'string') return AppError.from(error);
  return new AppError(
    'training.failed',
    code === 'ENOSPC'
      ? 'There is no room on the disk for the new model.'
      : 'The new model cannot be written.',
    'Make room, or check the models folder, and train again. Nothing was changed.',
    undefined,
    { cause: error },
  );
}

const cancelled = (): AppError =>
  new AppError('job.cancelled', 'Training was cancelled.', 'Start it again when ready.');
