import type { Tensor, Tensorflow } from '../tensorflow';
import type { LossParts } from './losses';
import type { Optimizer } from './optimizer';

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
 * @param prepare makes what needs no gradient (inputs, frozen features) and returns the loss as a function of the
 *   parameters, which come in the optimizer's order; both run in one tidy
 */
export function takeStep(
  tf: Tensorflow,
  optimizer: Optimizer,
  step: number,
  rate: number,
  prepare: () => (parameters: readonly Tensor[]) => LossParts,
): StepLosses {
  const leaves = optimizer.leaves();
  const result = tf.tidy(() => {
    const lossOf = prepare();
    let parts: Tensor[] = [];
    const { value, grads } = tf.valueAndGrads((...parameters: Tensor[]) => {
      const loss = lossOf(parameters);
      parts = [tf.keep(loss.objectness.clone()), tf.keep(loss.box.clone())];
      return loss.total as never;
    })(leaves);
    const losses = tf.stack([value as Tensor, ...parts]);
    tf.dispose(parts);
    return { losses, grads };
  });
  const norm = optimizer.apply(result.grads, step, rate);
  const [total, objectness, box] = result.losses.dataSync() as Float32Array;
  const gradientNorm = (norm.dataSync() as Float32Array)[0]!;
  tf.dispose([result.losses, result.grads, leaves, norm]);
  return { total: total!, objectness: objectness!, box: box!, gradientNorm };
}
