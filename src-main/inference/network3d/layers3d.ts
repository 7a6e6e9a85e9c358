import { inferenceLayers, nativeOp } from '../network/layers';
import type { Tensor, Tensor4D, Tensorflow } from '../tensorflow';

/**
 * The layers the 3D network is made of. Inference has batch norm folded into its kernels; training
 * (training3d/training-layers3d.ts) has it as it is.
 *
 * Shape shorthand: N: batch; D, H, W: along z, y, x; C: channels in, E: channels out
 *   tensors [N, D, H, W, C]; kernels [k, k, k, C, E]
 */
export interface Layers3d {
  /** Convolution (SAME padding as TensorFlow pads), batch norm, ReLU where asked. */
  convNorm(x: Tensor, name: string, stride: 1 | 2, activate: boolean): Tensor;
  /** Convolution of stride 1 with bias. */
  conv(x: Tensor, name: string): Tensor;
  groupNorm(x: Tensor, name: string, groups: number): Tensor;
}

/** A parameter by its name in architecture3d.ts. */
export type Parameters3d = (name: string) => Tensor;

export function inferenceLayers3d(tf: Tensorflow, p: Parameters3d): Layers3d {
  const flat = inferenceLayers(tf);
  const withBias = (x: Tensor, name: string, stride: 1 | 2): Tensor =>
    nativeOp(tf, 'BiasAdd', convolve(tf, x, p(`${name}.kernel`), stride), p(`${name}.bias`));
  return {
    convNorm(x, name, stride, activate) {
      const y = withBias(x, name, stride);
      return activate ? y.relu() : y;
    },
    conv: (x, name) => withBias(x, name, 1),
    groupNorm: (x, name, groups) =>
      asPlanes(x, (planes) => flat.groupNorm(planes, p(`${name}.scale`), p(`${name}.offset`), groups)),
  };
}

/** A 1x1x1 convolution is one matrix product. */
export function convolve(tf: Tensorflow, x: Tensor, kernel: Tensor, stride: 1 | 2): Tensor {
  if (kernel.shape[0] === 1 && stride === 1) {
    const channels = x.shape[4]!;
    const filters = kernel.shape[4]!;
    return tf
      .matMul(x.reshape([-1, channels]), kernel.reshape([channels, filters]))
      .reshape([...x.shape.slice(0, 4), filters]);
  }
  return tf.conv3d(x as never, kernel as never, stride, 'same');
}

/**
 * {@link convolve} for training on a graphics card, where the gradient of Conv3D is slow: the planes that a kernel reaches are
 * laid side by side as channels, and one 2D convolution does the rest. The same sums in another order. On a processor neither
 * way is faster (bench/convolution-3d.mjs).
 */
export function convolveByPlanes(tf: Tensorflow, x: Tensor, kernel: Tensor, stride: 1 | 2): Tensor {
  const [n, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const [deep, high, wide, , filters] = kernel.shape as [number, number, number, number, number];
  if (deep === 1) return convolve(tf, x, kernel, stride);
  const planes = Math.ceil(depth / stride);
  // SAME as TensorFlow pads: what is odd goes behind.
  const before = Math.floor(Math.max(0, (planes - 1) * stride + deep - depth) / 2);
  const behind = deep - 1 + planes * stride - depth - before;
  const padded = tf.pad(x, [
    [0, 0],
    [before, behind],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  const reached = Array.from({ length: deep }, (_, d) => {
    const from = padded.slice([0, d, 0, 0, 0], [n, planes * stride, height, width, channels]);
    if (stride === 1) return from;
    return from
      .reshape([n * planes, stride, height, width, channels])
      .slice([0, 0, 0, 0, 0], [n * planes, 1, height, width, channels]);
  }).map((part) => part.reshape([n * planes, height, width, channels]));
  const flat = kernel.transpose([1, 2, 0, 3, 4]).reshape([high, wide, deep * channels, filters]);
  const y: Tensor = tf.conv2d(tf.concat(reached, 3) as Tensor4D, flat as Tensor4D, stride, 'same');
  return y.reshape([n, planes, ...y.shape.slice(1)]);
}

/** Runs a layer of pictures on a volume: [N, D, H, W, C] as [N, D H, W, C]. */
export const asPlanes = (x: Tensor, layer: (planes: Tensor) => Tensor): Tensor => {
  const [n, d, h, w, c] = x.shape as [number, number, number, number, number];
  return layer(x.reshape([n, d * h, w, c])).reshape(x.shape);
};

/** Each voxel eight times: twice along every axis. tfjs-node has no UpSampling3D. */
export function upsample(tf: Tensorflow, x: Tensor): Tensor {
  const [n, d, h, w, c] = x.shape as [number, number, number, number, number];
  const planes = x.reshape([n * d, h, w, c]);
  const wide: Tensor = tf.image.resizeNearestNeighbor(planes as Tensor4D, [2 * h, 2 * w]);
  return wide
    .reshape([n * d, 1, 4 * h * w * c])
    .tile([1, 2, 1])
    .reshape([n, 2 * d, 2 * h, 2 * w, c]);
}
