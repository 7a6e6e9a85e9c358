import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../core/app-error';
import { writeCheckpoint, type Checkpoint, type HistoryPoint } from './checkpoint';
import type { Optimizer } from './optimizer';
import type { TrainProgress } from './progress';
import type { StepLosses } from './take-step';

/** The loop that every training shares: steps, checkpoints, progress, cancelling. */
export interface StepRun {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Pictures or patches a step. */
  readonly batchSize: number;
  /** Null: a short training, which is begun anew rather than gone on with. */
  readonly checkpointFile: string | null;
  readonly fingerprint: string;
  /** Where an interrupted run of the same recipe and data stopped. */
  readonly resumed: Checkpoint | null;
  readonly optimizer: Optimizer;
  /** One update. @param step counted from 0 */
  readonly update: (step: number) => StepLosses | Promise<StepLosses>;
  readonly report: (progress: Partial<TrainProgress> & Pick<TrainProgress, 'phase'>) => void;
  readonly signal: AbortSignal | undefined;
}

export interface StepsDone {
  readonly history: readonly HistoryPoint[];
  /** Of this and the runs before it. */
  readonly trainingSeconds: number;
}

/** A checkpoint is written this often, so that a killed training loses little. */
const checkpointSeconds = 60;

/** @throws AppError job.cancelled when aborted, after writing a checkpoint; internal where the loss is no number */
export async function runSteps(run: StepRun): Promise<StepsDone> {
  const { steps, stepsPerEpoch, batchSize, resumed, signal } = run;
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

  let lastSave = 0;
  for (let step = firstStep; step < steps; step++) {
    const losses = await run.update(step);
    if (!Number.isFinite(losses.total)) {
      throw new AppError(
        'internal',
        `Training diverged at step ${step + 1}.`,
        'Lower the learning rate in the recipe and train with --restart.',
      );
    }
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
  return { history, trainingSeconds: secondsBefore + elapsed() };
}
