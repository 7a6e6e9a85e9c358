import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../core/app-error';
import { writeCheckpoint, type Checkpoint, type HistoryPoint } from './checkpoint';
import type { Optimizer } from './optimizer';
import type { TrainProgress } from './progress';
import type { StepLosses } from './take-step';

/** The loop that every training shares: steps, checkpoints, progress, cancelling. */
export interface StepRun {
  /** At most. */
  readonly steps: number;
  /** Fewer steps are done where these would take longer, runs before this one counted. */
  readonly limitSeconds?: number | undefined;
  readonly stepsPerEpoch: number;
  /** Pictures or patches a step. */
  readonly batchSize: number;
  /** Null: a short training, which is begun anew rather than gone on with. */
  readonly checkpointFile: string | null;
  readonly fingerprint: string;
  /** Where an interrupted run of the same recipe and data stopped. */
  readonly resumed: Checkpoint | null;
  readonly optimizer: Optimizer;
  /**
   * One update.
   * @param step counted from 0
   * @param total how many there will be, as far as is known now: where time is limited, by the share of it that is gone
   */
  readonly update: (step: number, total: number) => StepLosses | Promise<StepLosses>;
  readonly report: (progress: Partial<TrainProgress> & Pick<TrainProgress, 'phase'>) => void;
  readonly signal: AbortSignal | undefined;
}

export interface StepsDone {
  readonly steps: number;
  readonly history: readonly HistoryPoint[];
  /** Of this and the runs before it. */
  readonly trainingSeconds: number;
}

/** A checkpoint is written this often, so that a killed training loses little. */
const checkpointSeconds = 60;

/** @throws AppError job.cancelled when aborted, after writing a checkpoint; internal where the loss is no number */
export async function runSteps(run: StepRun): Promise<StepsDone> {
  const { stepsPerEpoch, batchSize, resumed, signal, limitSeconds = Infinity } = run;
  const history: HistoryPoint[] = [...(resumed?.history ?? [])];
  const secondsBefore = resumed?.seconds ?? 0;
  const firstStep = resumed?.step ?? 0;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const save = async (step: number): Promise<void> => {
    if (run.checkpointFile === null) return;
    await writeCheckpoint(run.checkpointFile, {
      step,
      fingerprint: run.fingerprint,
      seconds: secondsBefore + elapsed(),
      history,
      state: run.optimizer.state(),
    });
  };

  const total = (done: number): number => {
    const share = (secondsBefore + elapsed()) / limitSeconds;
    if (share >= 1) return done;
    return done === 0 || share === 0
      ? run.steps
      : Math.min(run.steps, Math.max(done + 1, Math.round(done / share)));
  };
  let lastSave = 0;
  let steps = total(firstStep);
  for (let step = firstStep; step < steps; step++) {
    const losses = await run.update(step, steps);
    if (!Number.isFinite(losses.total)) {
      throw new AppError(
        'internal',
        `Training diverged at step ${step + 1}.`,
        'Lower the learning rate in the recipe and train with --restart.',
      );
    }
    steps = total(step + 1);
    history.push({ step: step + 1, total: losses.total, objectness: losses.objectness, box: losses.box });
    const rate = ((step + 1 - firstStep) * batchSize) / elapsed();
    run.report({
      phase: 'train',
      step: step + 1,
      steps,
      epoch: Math.floor(step / stepsPerEpoch),
      imagesPerSecond: rate,
      etaSeconds: ((steps - step - 1) * batchSize) / rate,
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
  return { steps, history, trainingSeconds: secondsBefore + elapsed() };
}

/** Rounded as a recipe gives them. */
export const epochsOf = (steps: number, stepsPerEpoch: number): number =>
  Math.round((100 * steps) / stepsPerEpoch) / 100;
