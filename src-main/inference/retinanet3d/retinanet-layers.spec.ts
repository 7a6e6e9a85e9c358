import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { loadTensorflow, type Tensor, type Tensorflow } from '../tensorflow';
import { convolve3d, groupNormRelu, maxPoolAfterRelu, resizeNearest } from './retinanet-layers';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

type Sides = readonly [number, number, number];
const random = createRandom(5);
const noise = (shape: number[]): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );

/** PyTorch's window over one axis: output o of stride s and padding p sees inputs o s - p + k. */
function* places(sides: Sides): Generator<[number, number, number]> {
  for (let z = 0; z < sides[0]; z++)
    for (let y = 0; y < sides[1]; y++) for (let x = 0; x < sides[2]; x++) yield [z, y, x];
}

/** What PyTorch's definition gives, one value at a time; `fold` gets the value (undefined outside) and the place in the kernel. */
function slide(
  x: Tensor,
  kernel: Sides,
  stride: Sides,
  channels: number,
  fold: (
    at: (c: number) => number | undefined,
    k: readonly [number, number, number],
    sum: Float64Array,
  ) => void,
  start: number,
): { values: number[]; sides: Sides } {
  const [, d, h, w, c] = x.shape as [number, number, number, number, number];
  const data = x.dataSync();
  const inputs: Sides = [d, h, w];
  const sides = inputs.map(
    (n, a) => Math.floor((n + 2 * Math.floor(kernel[a]! / 2) - kernel[a]!) / stride[a]!) + 1,
  ) as unknown as Sides;
  const values: number[] = [];
  for (const out of places(sides)) {
    const sum = new Float64Array(channels).fill(start);
    for (const k of places(kernel)) {
      const from = k.map((v, a) => out[a]! * stride[a]! - Math.floor(kernel[a]! / 2) + v);
      const inside = from.every((v, a) => v >= 0 && v < inputs[a]!);
      fold((ch) => (inside ? data[((from[0]! * h + from[1]!) * w + from[2]!) * c + ch] : undefined), k, sum);
    }
    values.push(...sum);
  }
  return { values, sides };
}

describe('layers as PyTorch has them', () => {
  it.each<[Sides, Sides, [number, number, number]]>([
    [
      [6, 5, 8],
      [3, 3, 3],
      [2, 2, 2],
    ],
    [
      [7, 4, 6],
      [7, 7, 7],
      [2, 2, 1],
    ],
    [
      [5, 5, 4],
      [1, 1, 1],
      [2, 2, 2],
    ],
    [
      [4, 5, 6],
      [3, 3, 3],
      [1, 1, 1],
    ],
    [
      [4, 5, 6],
      [1, 1, 1],
      [1, 1, 1],
    ],
  ])('convolves %j by %j, stride x, y, z %j, padded on both sides', (sides, kernel, strides) => {
    const x = noise([1, ...sides, 2]);
    const w = noise([...kernel, 2, 3]);
    const weights = w.dataSync();
    const expected = slide(
      x,
      kernel,
      [strides[2], strides[1], strides[0]],
      3,
      (at, [z, y, xx], sum) => {
        for (let c = 0; c < 2; c++) {
          const v = at(c) ?? 0;
          for (let e = 0; e < 3; e++)
            sum[e]! += v * weights[(((z * kernel[1] + y) * kernel[2] + xx) * 2 + c) * 3 + e]!;
        }
      },
      0,
    );
    const y = convolve3d(tf, x, w, strides);
    expect(y.shape).toEqual([1, ...expected.sides, 3]);
    y.dataSync().forEach((v, n) => expect(v).toBeCloseTo(expected.values[n]!, 3));
    tf.dispose([x, w, y]);
  });

  it.each<[Sides]>([[[6, 4, 8]], [[5, 7, 6]]])('pools %j by 3, stride 2', (sides) => {
    const x = tf.tidy(() => noise([1, ...sides, 2]).relu());
    const expected = slide(
      x,
      [3, 3, 3],
      [2, 2, 2],
      2,
      (at, _, most) => {
        for (let c = 0; c < 2; c++) most[c] = Math.max(most[c]!, at(c) ?? -Infinity);
      },
      -Infinity,
    );
    const y = maxPoolAfterRelu(tf, x);
    expect(y.shape).toEqual([1, ...expected.sides, 2]);
    y.dataSync().forEach((v, n) => expect(v).toBeCloseTo(expected.values[n]!, 5));
    tf.dispose([x, y]);
  });

  it('takes the nearest neighbour, to twice and to odd sizes', () => {
    const x = tf.tensor([1, 2, 3], [1, 1, 1, 3, 1]);
    const twice = resizeNearest(tf, x, [2, 1, 6]);
    expect([...twice.dataSync()]).toEqual([1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]);
    const odd = resizeNearest(tf, x, [1, 1, 5]);
    // floor(i * 3 / 5)
    expect([...odd.dataSync()]).toEqual([1, 1, 2, 2, 3]);
    tf.dispose([x, twice, odd]);
  });

  it('normalizes groups of channels with the bias in, and disposes what it was given', () => {
    const before = tf.memory().numTensors;
    const [x, bias, scale, offset] = [noise([1, 3, 4, 5, 6]), noise([6]), noise([6]), noise([6])];
    const [data, b, s, o] = [x!, bias!, scale!, offset!].map((t) => Array.from(t.dataSync()));
    const expected = data!.map((v, n) => v + b![n % 6]!);
    for (let g = 0; g < 3; g++) {
      const own = expected.filter((_, n) => Math.floor((n % 6) / 2) === g);
      const mean = own.reduce((p, q) => p + q, 0) / own.length;
      const variance = own.reduce((p, q) => p + (q - mean) ** 2, 0) / own.length;
      expected.forEach((v, n) => {
        if (Math.floor((n % 6) / 2) !== g) return;
        expected[n] = Math.max(0, ((v - mean) / Math.sqrt(variance + 1e-5)) * s![n % 6]! + o![n % 6]!);
      });
    }
    const y = groupNormRelu(tf, x!, bias!, scale!, offset!, 3);
    y.dataSync().forEach((v, n) => expect(v).toBeCloseTo(expected[n]!, 4));
    tf.dispose([y, bias!, scale!, offset!]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
