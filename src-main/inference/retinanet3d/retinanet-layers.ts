import type { Vec3 } from '../../core/geometry/vec3';
import type { Tensor, Tensorflow } from '../tensorflow';

/**
 * PyTorch's 3D layers on tfjs-node, channels last.
 *
 * Shape shorthand: tensors [1, D, H, W, C]; kernels [kz, ky, kx, C, E]; strides x, y, z
 */

/**
 * Convolution padded by half its kernel on every side, as PyTorch's `padding = k // 2`. TensorFlow's SAME does that only
 * where the stride is 1: with 2 it would pad the end alone and shift everything by a voxel.
 */
export function convolve3d(tf: Tensorflow, x: Tensor, kernel: Tensor, stride: number | Vec3): Tensor {
  const [sx, sy, sz] = typeof stride === 'number' ? [stride, stride, stride] : stride;
  const sides = kernel.shape.slice(0, 3);
  if (sides.every((k) => k === 1) && sx === 1 && sy === 1 && sz === 1) {
    // A 1 x 1 x 1 convolution is one matrix product.
    return tf.tidy(() => {
      const [from, to] = kernel.shape.slice(3) as [number, number];
      return tf
        .matMul(x.reshape([-1, from]), kernel.reshape([from, to]))
        .reshape([...x.shape.slice(0, 4), to]);
    });
  }
  const strides: [number, number, number] = [sz, sy, sx];
  if ((sx === 1 && sy === 1 && sz === 1) || sides.every((k) => k === 1))
    return tf.conv3d(x as never, kernel as never, strides, 'same');
  return tf.tidy(() => {
    const half = sides.map((k): [number, number] => [Math.floor(k / 2), Math.floor(k / 2)]);
    return tf.conv3d(tf.pad(x, [[0, 0], ...half, [0, 0]]) as never, kernel as never, strides, 'valid');
  });
}

/** PyTorch's MaxPool3d(3, stride 2, padding 1) of what is never negative, so that padding by 0 stands for -infinity. */
export function maxPoolAfterRelu(tf: Tensorflow, x: Tensor): Tensor {
  return tf.tidy(() => {
    // One before; one after only where the last window would else hang over.
    const padding = x.shape.slice(1, 4).map((side): [number, number] => [1, side % 2]);
    return tf.maxPool3d(tf.pad(x, [[0, 0], ...padding, [0, 0]]) as never, 3, 2, 'valid');
  });
}

/** Nearest neighbour to [D, H, W], as PyTorch's interpolate: source index floor(i * in / out). */
export function resizeNearest(tf: Tensorflow, x: Tensor, size: readonly number[]): Tensor {
  return tf.tidy(() =>
    size.reduce((y, side, n) => {
      const from = y.shape[n + 1]!;
      if (from === side) return y;
      const source = Int32Array.from({ length: side }, (_, i) =>
        Math.min(from - 1, Math.floor((i * from) / side)),
      );
      return tf.gather(y, tf.tensor1d(source, 'int32'), n + 1);
    }, x),
  );
}

const epsilon = 1e-5;

/**
 * relu(groupNorm(x + bias)), PyTorch's GroupNorm; disposes x. The bias is put into the statistics, and the means are
 * taken in two steps: a plain sum over a million voxels would lose digits in float32.
 */
export function groupNormRelu(
  tf: Tensorflow,
  x: Tensor,
  bias: Tensor,
  scale: Tensor,
  offset: Tensor,
  groups: number,
): Tensor {
  const out = tf.tidy(() => {
    const [, depth, height, width, channels] = x.shape as [number, number, number, number, number];
    const planes = x.reshape([depth, height, width, channels]);
    /** [C] -> the mean of its group, for each channel. */
    const overGroup = (byChannel: Tensor): Tensor =>
      byChannel
        .reshape([groups, channels / groups])
        .mean(1, true)
        .tile([1, channels / groups])
        .reshape([channels]);
    const overPlaces = (y: Tensor): Tensor =>
      y
        .reshape([depth, height * width, channels])
        .mean(1)
        .mean(0);
    const shift = overGroup(overPlaces(planes).add(bias)).sub(bias);
    const squares = tf.squaredDifference(planes, shift);
    const variance = overGroup(overPlaces(squares));
    squares.dispose();
    return tf.batchNorm(
      planes as never,
      shift as never,
      variance as never,
      offset as never,
      scale as never,
      epsilon,
    );
  });
  x.dispose();
  const y = tf.tidy(() => out.relu().reshape(x.shape));
  out.dispose();
  return y;
}
