import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { loadTensorflow, tensorCount, type Tensor, type Tensor4D, type Tensorflow } from '../tensorflow';
import { inferenceLayers, trainingLayers, type Layers } from './layers';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

const drawn = (shape: number[], seed: number): Tensor => {
  const random = createRandom(seed);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
    shape,
  );
};

/** Each layer as a function of its tensors, and the same by tfjs's own ops with their own gradients. */
const cases: {
  name: string;
  shapes: number[][];
  ours: (l: Layers, t: Tensor[]) => Tensor;
  plain: (t: Tensor[]) => Tensor;
}[] = [
  {
    name: '3x3 convolution, stride 2, ReLU6',
    shapes: [[2, 7, 6, 4], [3, 3, 4, 5], [5]],
    ours: (l, [x, k, b]) => l.conv(x!, k!, b!, 2, true),
    plain: ([x, k, b]) => tf.relu6(tf.conv2d(x as Tensor4D, k as Tensor4D, 2, 'same').add(b!)),
  },
  {
    name: '1x1 convolution',
    shapes: [[2, 5, 6, 4], [1, 1, 4, 3], [3]],
    ours: (l, [x, k, b]) => l.conv(x!, k!, b!, 1, false),
    plain: ([x, k, b]) => tf.conv2d(x as Tensor4D, k as Tensor4D, 1, 'same').add(b!),
  },
  {
    name: 'depthwise convolution',
    shapes: [[2, 7, 6, 4], [5, 5, 4, 1], [4]],
    ours: (l, [x, k, b]) => l.depthwise(x!, k!, b!, 2),
    plain: ([x, k, b]) => tf.relu6(tf.depthwiseConv2d(x as Tensor4D, k as Tensor4D, 2, 'same').add(b!)),
  },
  {
    name: 'GroupNorm',
    shapes: [[2, 5, 3, 8], [8], [8]],
    ours: (l, [x, s, o]) => l.groupNorm(x!, s!, o!, 4),
    plain: ([x, s, o]) => {
      const grouped = x!.reshape([2, 15, 4, 2]);
      const centred = grouped.sub(grouped.mean([1, 3], true));
      const deviation = centred.square().mean([1, 3], true).add(1e-5).sqrt();
      return centred.div(deviation).reshape([2, 5, 3, 8]).mul(s!).add(o!);
    },
  },
];

describe.each(cases)('$name', ({ shapes, ours, plain }) => {
  const close = (a: Tensor, b: Tensor): void => {
    expect(a.shape).toEqual(b.shape);
    const other = b.dataSync();
    a.dataSync().forEach((v, n) =>
      expect(Math.abs(v - other[n]!)).toBeLessThan(2e-4 * Math.max(1, Math.abs(other[n]!))),
    );
  };

  it("has the values and the gradients of tfjs's own ops", () => {
    const before = tensorCount();
    tf.tidy(() => {
      const inputs = shapes.map((s, n) => drawn(s, n + 1));
      const expected = plain(inputs);
      close(ours(inferenceLayers(tf), inputs), expected);
      close(ours(trainingLayers(tf), inputs), expected);
      // Weighted, so that no gradient cancels.
      const weights = drawn(expected.shape, 9);
      const gradients = (f: (t: Tensor[]) => Tensor): Tensor[] =>
        tf.grads((...t: Tensor[]) => f(t).mul(weights).sum())(inputs);
      const own = gradients((t) => ours(trainingLayers(tf), t));
      gradients(plain).forEach((g, n) => close(own[n]!, g));
    });
    expect(tensorCount()).toBe(before);
  });
});
