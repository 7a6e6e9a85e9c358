import type { ParameterSpec } from '../network/architecture';
import type { Tensor, Tensorflow } from '../tensorflow';

/**
 * AdamW (Loshchilov & Hutter 2019) and a moving average of the weights, over all trained parameters as one vector: a
 * dozen ops a step rather than a dozen for each of 150 tensors.
 *
 * Shape shorthand: P: trained parameters in all
 */
export interface OptimizerOptions {
  readonly learningRate: number;
  readonly backboneRate: number;
  readonly weightDecay: number;
  readonly emaDecay: number;
  readonly gradientClip: number;
  /** In place of the decay: how strongly weights are drawn back to where they started (L2-SP, Li et al. 2018). */
  readonly pull?: number | undefined;
}

export interface OptimizerState {
  readonly weights: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  readonly average: Float32Array;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export class Optimizer {
  private weights: Tensor;
  private firstMoment: Tensor;
  private secondMoment: Tensor;
  private average: Tensor;
  /** [P] factors on the learning rate and on the decay. */
  private readonly rates: Tensor;
  private readonly decays: Tensor;
  /** [P] what the decay draws towards; null: zero. */
  private readonly origin: Tensor | null;

  constructor(
    private readonly tf: Tensorflow,
    private readonly specs: readonly ParameterSpec[],
    private readonly options: OptimizerOptions,
    start: OptimizerState,
  ) {
    this.weights = tf.tensor1d(start.weights);
    this.firstMoment = tf.tensor1d(start.firstMoment);
    this.secondMoment = tf.tensor1d(start.secondMoment);
    this.average = tf.tensor1d(start.average);
    const perParameter = (value: (s: ParameterSpec) => number): Tensor => {
      const out = new Float32Array(start.weights.length);
      let at = 0;
      for (const s of specs) out.fill(value(s), at, (at += s.size));
      return tf.tensor1d(out);
    };
    this.rates = perParameter((s) => (s.stage === null ? 1 : options.backboneRate));
    const { pull } = options;
    this.decays = perParameter((s) => pull ?? (s.decayed ? options.weightDecay : 0));
    this.origin = pull === undefined ? null : tf.tensor1d(start.weights);
  }

  /** [P] the parameters as they are now; the optimizer's own, gone with the next update. */
  get vector(): Tensor {
    return this.weights;
  }

  /** The moving average as tensors of the parameters' shapes, in the order of the specs; the caller disposes them. */
  averagedLeaves(): Tensor[] {
    return this.tf.tidy(() => splitParameters(this.tf, this.average, this.specs));
  }

  /**
   * One update.
   * @param raw [P] gradient
   * @param step counted from 1
   * @param rate factor on the learning rate by the schedule
   * @returns norm of the gradient before clipping, a scalar that the caller disposes
   */
  apply(raw: Tensor, step: number, rate: number): Tensor {
    const { tf } = this;
    const o = this.options;
    const learningRate = (o.learningRate * rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    // A short average early on: else the first thousand steps would show the untrained network.
    const decay = Math.min(o.emaDecay, (1 + step) / (10 + step));
    const next = tf.tidy(() => {
      const norm = raw.square().sum().sqrt();
      const g = raw.mul(tf.minimum(1, tf.div(o.gradientClip, norm.add(1e-6))));
      const m = this.firstMoment.mul(beta1).add(g.mul(1 - beta1));
      const v = this.secondMoment.mul(beta2).add(g.square().mul(1 - beta2));
      const update = m
        .div(v.sqrt().add(epsilon))
        .mul(learningRate)
        .add(
          this.fromOrigin()
            .mul(this.decays)
            .mul(o.learningRate * rate),
        )
        .mul(this.rates);
      const w = this.weights.sub(update);
      const average = this.average.mul(decay).add(w.mul(1 - decay));
      return { m, v, w, average, norm };
    });
    tf.dispose([this.weights, this.firstMoment, this.secondMoment, this.average]);
    this.weights = next.w;
    this.firstMoment = next.m;
    this.secondMoment = next.v;
    this.average = next.average;
    return next.norm;
  }

  private fromOrigin(): Tensor {
    return this.origin ? this.weights.sub(this.origin) : this.weights;
  }

  state(): OptimizerState {
    return {
      weights: this.weights.dataSync() as Float32Array,
      firstMoment: this.firstMoment.dataSync() as Float32Array,
      secondMoment: this.secondMoment.dataSync() as Float32Array,
      average: this.average.dataSync() as Float32Array,
    };
  }

  dispose(): void {
    this.tf.dispose([
      this.weights,
      this.firstMoment,
      this.secondMoment,
      this.average,
      this.rates,
      this.decays,
      ...(this.origin ? [this.origin] : []),
    ]);
  }
}

/** [P] -> each parameter in its shape. */
export function splitParameters(tf: Tensorflow, flat: Tensor, specs: readonly ParameterSpec[]): Tensor[] {
  const parts = tf.split(
    flat,
    specs.map((s) => s.size),
  );
  return parts.map((part, n) => part.reshape(specs[n]!.shape as number[]));
}

/** Linear warm-up, then half a cosine to a hundredth: factor on the learning rate at `step` of `total`. */
export function scheduleRate(step: number, total: number, warmUp: number): number {
  if (step < warmUp) return (step + 1) / (warmUp + 1);
  const done = (step - warmUp) / Math.max(1, total - warmUp);
  return 0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
}
