import type { Tensor, Tensorflow } from '../tensorflow';

/**
 * The few layers the network is made of, with gradients that run in native kernels.
 *
 * Shape shorthand: N: batch, H, W: rows and columns, C: channels in, D: channels out, G: groups
 *   tensors are [N, H, W, C]; kernels [k, k, C, D], depthwise kernels [k, k, C, 1]
 *
 * tfjs composes the gradients of ReLU6 and of bias addition from many element-wise ops, which took a third of a
 * training step; a custom gradient calls TensorFlow's Relu6Grad and BiasAddGrad instead.
 */
export interface Layers {
  /** Convolution with SAME padding (as TensorFlow pads), bias, and ReLU6 where asked. */
  conv(x: Tensor, kernel: Tensor, bias: Tensor, stride: number, activate: boolean): Tensor;
  /** Depthwise convolution, bias, ReLU6. */
  depthwise(x: Tensor, kernel: Tensor, bias: Tensor, stride: number): Tensor;
  /** GroupNorm over [H, W, C/G], then scale and offset by channel. */
  groupNorm(x: Tensor, scale: Tensor, offset: Tensor, groups: number): Tensor;
}

/** A parameter's tensor by its name in architecture.ts. */
export type Parameters = (name: string) => Tensor;

interface NativeBackend {
  executeSingleOutput(op: string, attributes: unknown[], inputs: Tensor[]): Tensor;
  binding: { TF_ATTR_TYPE: number };
}
/** TF_FLOAT of TensorFlow's c_api. */
const tfFloat = 1;

/** TensorFlow's own op of float inputs and one output, without a gradient. */
export function nativeOp(tf: Tensorflow, op: string, ...inputs: Tensor[]): Tensor {
  const backend = tf.backend() as unknown as NativeBackend;
  return backend.executeSingleOutput(
    op,
    [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: tfFloat }],
    inputs,
  );
}

/**
 * For inference and for frozen layers, without gradients. tfjs's fused convolutions add the bias as a plain addition;
 * as a BiasAdd, TensorFlow fuses it into the convolution even where a residual is added next (graph/native-graph.ts).
 */
export function inferenceLayers(tf: Tensorflow): Layers {
  const finish = (linear: Tensor, bias: Tensor, activate: boolean): Tensor => {
    const summed = nativeOp(tf, 'BiasAdd', linear, bias);
    linear.dispose();
    if (!activate) return summed;
    const value = nativeOp(tf, 'Relu6', summed);
    summed.dispose();
    return value;
  };
  return {
    conv: (x, kernel, bias, stride, activate) =>
      finish(tf.conv2d(x as never, kernel as never, stride, 'same'), bias, activate),
    depthwise: (x, kernel, bias, stride) =>
      finish(tf.depthwiseConv2d(x as never, kernel as never, stride, 'same'), bias, true),
    groupNorm: (x, scale, offset, groups) => tf.tidy(() => normalize(tf, x, scale, offset, groups).y),
  };
}

export function trainingLayers(tf: Tensorflow): Layers {
  const native = (op: string, ...inputs: Tensor[]): Tensor => nativeOp(tf, op, ...inputs);

  const addBias = tf.customGrad((...args) => {
    const [x, bias] = args as [Tensor, Tensor];
    return {
      value: native('BiasAdd', x, bias),
      gradFunc: (dy: Tensor) => [dy.clone(), native('BiasAddGrad', dy)],
    };
  }) as (x: Tensor, bias: Tensor) => Tensor;

  const addBiasRelu6 = tf.customGrad((...args) => {
    const [x, bias, save] = args as unknown as [Tensor, Tensor, (saved: Tensor[]) => void];
    const summed = native('BiasAdd', x, bias);
    const value = native('Relu6', summed);
    summed.dispose();
    save([value]);
    return {
      value,
      // Relu6Grad takes the op's output as well as its input (TensorFlow, nn_ops.cc).
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const dx = native('Relu6Grad', dy, saved[0]!);
        return [dx, native('BiasAddGrad', dx)];
      },
    };
  }) as (x: Tensor, bias: Tensor) => Tensor;

  const groupNorms = new Map<number, (x: Tensor, scale: Tensor, offset: Tensor) => Tensor>();
  const groupNormOf = (groups: number): ((x: Tensor, scale: Tensor, offset: Tensor) => Tensor) => {
    let found = groupNorms.get(groups);
    if (!found) groupNorms.set(groups, (found = groupNormWithGradient(tf, groups)));
    return found;
  };

  return {
    conv(x, kernel, bias, stride, activate) {
      const [k] = kernel.shape as [number, number, number, number];
      const linear =
        k === 1 && stride === 1
          ? pointwise(tf, x, kernel)
          : tf.conv2d(x as never, kernel as never, stride, 'same');
      return activate ? addBiasRelu6(linear, bias) : addBias(linear, bias);
    },
    depthwise: (x, kernel, bias, stride) =>
      addBiasRelu6(tf.depthwiseConv2d(x as never, kernel as never, stride, 'same'), bias),
    groupNorm: (x, scale, offset, groups) => groupNormOf(groups)(x, scale, offset),
  };
}

/** A 1x1 convolution is one matrix product; its gradients as such are faster than Conv2DBackprop* (measured). */
function pointwise(tf: Tensorflow, x: Tensor, kernel: Tensor): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const d = kernel.shape[3]!;
  return tf.matMul(x.reshape([n * h * w, c]), kernel.reshape([c, d])).reshape([n, h, w, d]);
}

const epsilon = 1e-5;

/** y = x * a + b with a, b [N, 1, C] made of the group's moments: two passes over x, the rest is tiny. */
function normalize(
  tf: Tensorflow,
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  groups: number,
): { y: Tensor; mean: Tensor; inverseDeviation: Tensor } {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const flat = x.reshape([n, h * w, c]);
  const mean = groupMean(flat.mean(1), groups);
  const square = groupMean(flat.square().mean(1), groups);
  const inverseDeviation = square.sub(mean.square()).relu().add(epsilon).rsqrt();
  const a = inverseDeviation.mul(scale);
  const b = tf.sub(offset, mean.mul(a));
  const y = flat.mul(a.expandDims(1)).add(b.expandDims(1)).reshape([n, h, w, c]);
  return { y, mean, inverseDeviation };
}

/** [N, C] -> [N, C], each value replaced by its group's mean. */
function groupMean(perChannel: Tensor, groups: number): Tensor {
  const [n, c] = perChannel.shape as [number, number];
  const means = perChannel.reshape([n, groups, c / groups]).mean(2, true);
  return means.tile([1, 1, c / groups]).reshape([n, c]);
}

/**
 * Gradient by hand: with m, r the group's mean and inverse deviation, xh = (x - m) r and K = H W C/G,
 *   dx = r (dy scale - mean_K(dy scale) - xh mean_K(dy scale xh)),
 * written as dy * p - x * q + s with p, q, s [N, 1, C].
 */
function groupNormWithGradient(
  tf: Tensorflow,
  groups: number,
): (x: Tensor, scale: Tensor, offset: Tensor) => Tensor {
  return tf.customGrad((...args) => {
    const [x, scale, offset, save] = args as unknown as [Tensor, Tensor, Tensor, (saved: Tensor[]) => void];
    const { y, mean, inverseDeviation } = normalize(tf, x, scale, offset, groups);
    save([x, scale, mean, inverseDeviation]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, scale, mean, r] = saved as [Tensor, Tensor, Tensor, Tensor];
        const [n, h, w, c] = x.shape as [number, number, number, number];
        const flatX = x.reshape([n, h * w, c]);
        const flatDy = dy.reshape([n, h * w, c]);
        const sumDy = flatDy.sum(1);
        const sumDyXh = flatDy.mul(flatX).sum(1).sub(mean.mul(sumDy)).mul(r);
        const meanDy = groupMean(sumDy.mul(scale), groups).div(h * w);
        const meanDyXh = groupMean(sumDyXh.mul(scale), groups).div(h * w);
        const p = r.mul(scale);
        const q = r.square().mul(meanDyXh);
        const s = q.mul(mean).sub(r.mul(meanDy));
        const dx = flatDy
          .mul(p.expandDims(1))
          .sub(flatX.mul(q.expandDims(1)))
          .add(s.expandDims(1))
          .reshape([n, h, w, c]);
        return [dx, sumDyXh.sum(0), sumDy.sum(0)];
      },
    };
  }) as (x: Tensor, scale: Tensor, offset: Tensor) => Tensor;
}
