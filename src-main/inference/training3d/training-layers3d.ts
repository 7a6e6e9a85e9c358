import { asPlanes, convolve, type Layers3d, type Parameters3d } from '../network3d/layers3d';
import { trainingLayers } from '../network/layers';
import type { Tensor, Tensorflow } from '../tensorflow';

/**
 * The 3D network's layers while it is trained: batch norm over the batch (Ioffe & Szegedy 2015).
 *
 * Shape shorthand: N: batch; D, H, W: along z, y, x; C: channels
 */
export function trainingLayers3d(
  tf: Tensorflow,
  p: Parameters3d,
  onConvolved: (name: string, y: Tensor) => void = () => undefined,
): Layers3d {
  const flat = trainingLayers(tf);
  // Over one picture of all voxels, GroupNorm with a group for each channel is batch norm, with its native gradient.
  const batchNorm = (x: Tensor, name: string): Tensor => {
    const channels = x.shape[4]!;
    const all = x.reshape([1, -1, 1, channels]);
    return flat.groupNorm(all, p(`${name}.norm.scale`), p(`${name}.norm.offset`), channels).reshape(x.shape);
  };
  return {
    convNorm(x, name, stride, activate) {
      const convolved = convolve(tf, x, p(`${name}.kernel`), stride);
      onConvolved(name, convolved);
      const y = batchNorm(convolved, name);
      return activate ? y.relu() : y;
    },
    conv: (x, name) => convolve(tf, x, p(`${name}.kernel`), 1).add(p(`${name}.bias`)),
    groupNorm: (x, name, groups) =>
      asPlanes(x, (planes) => flat.groupNorm(planes, p(`${name}.scale`), p(`${name}.offset`), groups)),
  };
}
