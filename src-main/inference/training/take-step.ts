import type { Tensor, Tensorflow } from '../tensorflow';
import type { Optimizer } from './optimizer';
import type { StepGradient } from './step-gradient';

/** Losses of one step. */
export interface StepLosses {
  readonly total: number;
  readonly objectness: number;
  readonly box: number;
  readonly gradientNorm: number;
}

/**
 * One update of any network: forward, backward, optimizer.
 * @param step counted from 1
 * @param rate factor on the learning rate by the schedule
 * @param prepare makes the gradient's inputs; runs in a tidy
 */
export function takeStep(
  tf: Tensorflow,
  optimizer: Optimizer,
  gradient: StepGradient,
  step: number,
  rate: number,
  prepare: () => readonly Tensor[],
): StepLosses {
  const result = tf.tidy(() => gradient.run(optimizer.vector, prepare()));
  const norm = optimizer.apply(result.gradient, step, rate);
  const [total, objectness, box] = result.losses.dataSync() as Float32Array;
  const gradientNorm = (norm.dataSync() as Float32Array)[0]!;
  tf.dispose([result.losses, result.gradient, norm]);
  return { total: total!, objectness: objectness!, box: box!, gradientNorm };
}
