import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parameterSpecs3d, type Architecture3d } from '../network3d/architecture3d';
import { CompiledNetwork3d } from '../network3d/compiled3d';
import { runNetwork3d } from '../network3d/network3d';
import { createRandom } from '../random';
import { loadTensorflow, tensorCount, type Tensor, type Tensorflow } from '../tensorflow';
import { foldParameters, initialParameters3d, trainedSpecs } from './parameters3d';
import { trainingLayers3d } from './training-layers3d';

const architecture: Architecture3d = {
  backbone: 'residual3d',
  stages: [
    { channels: 4, blocks: 1 },
    { channels: 6, blocks: 2 },
  ],
  fpnChannels: 8,
  finestLevel: 1,
  headNormGroups: 2,
  anchorsPerLocation: 2,
};

describe('batch norm folded into the convolutions', () => {
  let tf: Tensorflow;
  let input: Float32Array;
  beforeAll(async () => {
    tf = await loadTensorflow();
    const random = createRandom(8);
    input = Float32Array.from({ length: 16 ** 3 }, () => random.uniform());
  });
  afterAll(() => expect(tensorCount()).toBe(0));

  it('gives what the network in training gives on the batch whose moments were folded', () => {
    const random = createRandom(4);
    const values = initialParameters3d(architecture, 5);
    // Scales and offsets as after some training.
    for (const [name, value] of values)
      if (name.endsWith('norm.scale') || name.endsWith('norm.offset'))
        value.forEach((v, n) => (value[n] = v + 0.5 * random.normal()));

    const moments = new Map<string, { mean: Float32Array; variance: Float32Array }>();
    const trained = new Map(
      trainedSpecs(architecture).map((s) => [s.name, tf.tensor(values.get(s.name)!, s.shape as number[])]),
    );
    const inTraining = tf.tidy(() => {
      const layers = trainingLayers3d(
        tf,
        (name) => trained.get(name)!,
        (name, y) => {
          const { mean, variance } = tf.moments(y, [0, 1, 2, 3]);
          moments.set(name, {
            mean: mean.dataSync() as Float32Array,
            variance: variance.dataSync() as Float32Array,
          });
        },
      );
      return runNetwork3d(tf, layers, architecture, tf.tensor(input, [1, 16, 16, 16, 1])).map((l) => [
        l.objectness.dataSync(),
        l.boxDeltas.dataSync(),
      ]);
    });
    tf.dispose([...trained.values()]);

    const folded = foldParameters(architecture, values, moments);
    expect([...folded.keys()]).toEqual(parameterSpecs3d(architecture).map((s) => s.name));
    const network = new CompiledNetwork3d(tf, architecture, folded);
    const output = tf.tidy(() => {
      const out = network.forward(tf.tensor(input, [1, 16, 16, 16, 1]));
      if (out.kind !== 'maps') throw new Error('no maps');
      return out.levels.map((l) => [l.scores, l.deltas] as Tensor[]).map((l) => l.map((t) => t.dataSync()));
    });
    network.dispose();
    expect(output).toHaveLength(2);
    output.forEach((level, l) =>
      level.forEach((map, m) => {
        const wanted = inTraining[l]![m]!;
        expect(map).toHaveLength(wanted.length);
        let worst = 0;
        for (let n = 0; n < map.length; n++) worst = Math.max(worst, Math.abs(map[n]! - wanted[n]!));
        expect(worst).toBeLessThan(1e-4);
      }),
    );
  });

  it('leaves about a million parameters in the network meant for CT', () => {
    const count = parameterSpecs3d({
      backbone: 'residual3d',
      stages: [
        { channels: 24, blocks: 1 },
        { channels: 48, blocks: 2 },
        { channels: 80, blocks: 2 },
      ],
      fpnChannels: 40,
      finestLevel: 1,
      headNormGroups: 0,
      anchorsPerLocation: 3,
    }).reduce((sum, s) => sum + s.size, 0);
    expect(count).toBeGreaterThan(0.9e6);
    expect(count).toBeLessThan(1.2e6);
  });
});
