import { GraphedFunction } from '../graph/graphed-function';
import type { ParameterSpec } from '../network/architecture';
import type { Tensor, Tensorflow } from '../tensorflow';
import type { LossParts } from './losses';
import { splitParameters } from './optimizer';

/**
 * Losses of a batch and their gradient, as a function of the weights and of what the batch is made of.
 *
 * A step is some two to six thousand ops. Issued one by one they cost a fifth of a volume's step on a processor, and
 * more than a graphics card needs to compute them, so that they may run as one native graph; then everything that differs
 * from step to step must come as an input.
 *
 * Shape shorthand: P: trained parameters in all
 */
export class StepGradient {
  private readonly graphed: GraphedFunction<{ losses: Tensor; gradient: Tensor }>;

  /**
   * @param loss of the parameters, in the order of `specs`, and of the inputs; see recordGraph
   * @param graphAfter steps of the same shapes that run op by op before they become a graph
   */
  constructor(
    tf: Tensorflow,
    specs: readonly ParameterSpec[],
    loss: (parameters: readonly Tensor[], inputs: readonly Tensor[]) => LossParts,
    graphAfter: number,
  ) {
    this.graphed = new GraphedFunction(
      tf,
      (weights, ...inputs) => {
        const leaves = splitParameters(tf, weights!, specs);
        let parts: Tensor[] = [];
        const { value, grads } = tf.valueAndGrads((...parameters: Tensor[]) => {
          const { total, objectness, box } = loss(parameters, inputs);
          parts = [tf.keep(objectness.clone()), tf.keep(box.clone())];
          return total as never;
        })(leaves);
        const losses = tf.stack([value as Tensor, ...parts]);
        tf.dispose(parts);
        return { losses, gradient: tf.concat(grads.map((g) => g.reshape([-1]))) };
      },
      graphAfter,
    );
  }

  /** What stood in the way of a graph, or null. */
  get failure(): unknown {
    return this.graphed.failure;
  }

  /** @returns losses [3]: total, objectness, box; gradient [P]; the caller's to dispose */
  run(weights: Tensor, inputs: readonly Tensor[]): { losses: Tensor; gradient: Tensor } {
    return this.graphed.run(weights, ...inputs);
  }

  dispose(): void {
    this.graphed.dispose();
  }
}

/** Making a graph costs what a dozen steps do. */
const leastSteps = 50;

/** @param steps of the whole training; the same whether it goes through at once or is gone on with, since rounding differs */
export const graphAfter = (steps: number): number => (steps >= leastSteps ? 0 : Infinity);
