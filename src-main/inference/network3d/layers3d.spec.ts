import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorflow, type Tensor, type Tensorflow } from '../tensorflow';
import { convolve, convolveByPlanes } from './layers3d';

describe('convolution by planes', () => {
  let tf: Tensorflow;
  beforeAll(async () => {
    tf = await loadTensorflow();
  });

  it.each([
    { sides: [8, 6, 10], kernel: 3, stride: 1 },
    { sides: [8, 6, 10], kernel: 3, stride: 2 },
    { sides: [7, 9, 5], kernel: 3, stride: 2 },
    { sides: [7, 6, 5], kernel: 5, stride: 1 },
    { sides: [6, 4, 8], kernel: 1, stride: 2 },
  ] as const)('has the values and gradients of Conv3D: $sides, kernel $kernel, stride $stride', (shape) => {
    const { sides, kernel: k, stride } = shape;
    const results = [convolve, convolveByPlanes].map((layer) =>
      tf.tidy(() => {
        const x: Tensor = tf.randomNormal([2, ...sides, 3], 0, 1, 'float32', 5);
        const kernel: Tensor = tf.randomNormal([k, k, k, 3, 4], 0, 1, 'float32', 6);
        const { value, grads } = tf.valueAndGrads((a: Tensor, b: Tensor) =>
          layer(tf, a, b, stride).square().sum(),
        )([x, kernel]);
        return [layer(tf, x, kernel, stride), value as Tensor, ...grads].map((t) => ({
          shape: t.shape,
          values: [...t.dataSync()],
        }));
      }),
    );
    const [direct, byPlanes] = results as [(typeof results)[0], (typeof results)[0]];
    direct.forEach(({ shape, values }, n) => {
      expect(byPlanes[n]!.shape).toEqual(shape);
      const largest = Math.max(...values.map(Math.abs));
      values.forEach((v, i) => expect(Math.abs(byPlanes[n]!.values[i]! - v)).toBeLessThan(1e-5 * largest));
    });
  });
});
