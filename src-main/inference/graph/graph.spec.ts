import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { loadTensorflow, type Tensor, type Tensor4D, type Tensorflow } from '../tensorflow';
import { GraphedFunction } from './graphed-function';
import { compileGraph } from './native-graph';
import * as pb from './protobuf';
import { recordGraph } from './record';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

const drawn = (shape: number[], seed: number): Tensor => {
  const random = createRandom(seed);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
};

describe('the wire format', () => {
  it.each([
    [0, [0]],
    [1, [1]],
    [300, [0xac, 0x02]],
    [-1, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
  ])('writes %d as protobuf.dev shows it', (value, bytes) => {
    expect([...pb.varint(value)]).toEqual(bytes);
  });

  it('nests messages and maps', () => {
    expect([...Buffer.concat(pb.nested(3, pb.integer(1, 150)))]).toEqual([0x1a, 3, 8, 0x96, 1]);
    expect([...Buffer.concat(pb.text(2, 'testing'))]).toEqual([0x12, 7, ...Buffer.from('testing')]);
    expect([...Buffer.concat(pb.packed(6, [3, 270, 86942]))]).toEqual([0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]);
    expect([...Buffer.concat(pb.entry(1, 'a', pb.integer(2, 1)))]).toEqual([10, 7, 10, 1, 97, 18, 2, 16, 1]);
  });
});

/** Everything our networks do: each kind of op, attribute and constant. */
function body(weights: { kernel: Tensor; bias: Tensor; kernel3d: Tensor }) {
  return (x: Tensor): { a: Tensor; list: Tensor[]; note: string } => {
    const conv = tf.fused.conv2d({
      x: x as Tensor4D,
      filter: weights.kernel as Tensor4D,
      strides: 2,
      pad: 'same',
      bias: weights.bias,
      activation: 'relu6',
    });
    const [n, h, w, c] = conv.shape;
    const flat = conv.reshape([n, h * w, c]);
    const mean = flat
      .mean(1)
      .reshape([n, c / 2, 2])
      .mean(2, true)
      .tile([1, 1, 2])
      .reshape([n, c]);
    const normed = flat.sub(mean.expandDims(1)).square();
    const best = tf.topk(normed.sum(2), 5);
    const picked = tf.gather(normed.reshape([-1, c]), best.indices.reshape([-1]) as never);
    const up = tf.image.resizeNearestNeighbor(conv, [2 * h, 2 * w]);
    const volume = tf.conv3d(up.expandDims(4) as never, weights.kernel3d as never, 1, 'same');
    const [left, right] = tf.split(picked, 2, -1) as [Tensor, Tensor];
    const joined = tf.concat([left.tanh(), right.sigmoid()], -1).transpose();
    return { a: joined, list: [volume, best.indices, x.clone()], note: 'kept' };
  };
}
const weights = () => ({
  kernel: drawn([3, 3, 3, 4], 1),
  bias: drawn([4], 2),
  kernel3d: drawn([2, 2, 2, 1, 2], 3),
});
const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('regio-graph-'));

describe('a function as a native graph', () => {
  it('gives what the ops give one by one, for other inputs than the recorded one', () => {
    const w = weights();
    const run = body(w);
    const [first, second] = [drawn([1, 9, 8, 3], 4), drawn([1, 9, 8, 3], 5)];
    const before = tf.memory().numTensors;
    const inBefore = leftovers();
    const graph = compileGraph(tf, [first], ([x]) => {
      const { a, list } = run(x!);
      return [a, ...list];
    });
    expect(leftovers()).toEqual(inBefore);
    const outputs = graph.run([second]);
    const { a, list } = tf.tidy(() => run(second)) as unknown as ReturnType<typeof run>;
    [a, ...list].forEach((plain, n) => {
      expect(outputs[n]!.shape).toEqual(plain.shape);
      expect(outputs[n]!.dtype).toBe(plain.dtype);
      const expected = [...plain.dataSync()];
      [...outputs[n]!.dataSync()].forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 4));
    });
    tf.dispose([a, ...list, ...outputs]);
    expect(tf.memory().numTensors).toBe(before);
    graph.dispose();
    tf.dispose([first, second, w] as never);
  });

  it('refuses what cannot be written down and leaves the backend as it was', () => {
    const backend = tf.backend() as unknown as { executeSingleOutput: unknown };
    const method = backend.executeSingleOutput;
    const x = drawn([2], 6);
    const before = tf.memory().numTensors;
    expect(() => recordGraph(tf, [x], () => [tf.tensor(['text'])])).toThrow(/string/);
    expect(backend.executeSingleOutput).toBe(method);
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});

describe('a function that becomes a graph when asked for often', () => {
  it('answers the same before and after, by shape, and leaks nothing', () => {
    const w = weights();
    const run = body(w);
    const before = tf.memory().numTensors;
    const graphed = new GraphedFunction(tf, run, 2);
    for (const shape of [
      [1, 9, 8, 3],
      [1, 6, 10, 3],
    ]) {
      const x = drawn(shape, 7);
      const answers = Array.from({ length: 5 }, () => {
        const out = graphed.run(x);
        expect(out.note).toBe('kept');
        const values = [out.a, ...out.list].map((t) => [...t.dataSync()]);
        tf.dispose([out.a, ...out.list]);
        return values;
      });
      for (const answer of answers) {
        answer.forEach((values, t) =>
          values.forEach((v, n) => expect(v).toBeCloseTo(answers[0]![t]![n]!, 4)),
        );
      }
      x.dispose();
    }
    expect(graphed.graphCount).toBe(2);
    expect(graphed.failure).toBeNull();
    graphed.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(w as never);
  });

  it('keeps four graphs, those of the shapes asked for last, and answers the same for every shape', () => {
    const before = tf.memory().numTensors;
    let bodies = 0;
    const graphed = new GraphedFunction(
      tf,
      (x) => {
        bodies++;
        return [x.square().sum()];
      },
      1,
    );
    const ask = (length: number): void =>
      tf.tidy(() => {
        const [sum] = graphed.run(tf.range(0, length));
        expect(sum!.dataSync()[0]).toBe(((length - 1) * length * (2 * length - 1)) / 6);
      });
    // Once op by op, and once recorded for the graph.
    for (const length of [2, 3, 4, 5, 6]) for (let n = 0; n < 3; n++) ask(length);
    expect(bodies).toBe(10);
    expect(graphed.graphCount).toBe(4);
    for (const length of [3, 4, 5, 6]) ask(length);
    expect(bodies).toBe(10);
    // That of the first shape went: it begins anew, and the one not asked for since gives way.
    ask(2);
    expect(bodies).toBe(11);
    ask(2);
    ask(2);
    expect(bodies).toBe(12);
    ask(3);
    expect(bodies).toBe(13);
    expect(graphed.graphCount).toBe(4);
    graphed.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on op by op where a graph cannot be made, and says why', () => {
    let runs = 0;
    const graphed = new GraphedFunction(
      tf,
      (x) => {
        // While recording (the second call) something that a graph cannot hold.
        if (++runs === 2) throw new Error('not this');
        return { y: x.add(1) };
      },
      1,
    );
    const x = tf.tensor1d([1, 2]);
    for (let n = 0; n < 3; n++) {
      const { y } = graphed.run(x);
      expect([...y.dataSync()]).toEqual([2, 3]);
      y.dispose();
    }
    expect(graphed.graphCount).toBe(0);
    expect(String(graphed.failure)).toMatch(/not this/);
    graphed.dispose();
    x.dispose();
  });
});
