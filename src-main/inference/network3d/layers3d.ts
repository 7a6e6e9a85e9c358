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
