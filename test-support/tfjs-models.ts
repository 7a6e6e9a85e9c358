import type * as TF from '@tensorflow/tfjs-node';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Tiny TensorFlow.js detectors that always answer with the same two boxes, [0.25, 0.25, 0.5, 0.75] at 0.9 and
 * [0.5, 0.5, 1, 1] at 0.2 plus a thousandth of the picture's mean, as fractions x0, y0, x1, y1.
 */
const boxes = [0.25, 0.25, 0.5, 0.75, 0.5, 0.5, 1, 1];
const scores = [0.9, 0.2];

export interface MadeTfjsModel {
  model: Record<string, unknown>;
  weights: Buffer;
  mapping: Record<string, unknown>;
}

export function writeTfjsModel(folder: string, made: MadeTfjsModel): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.json'), JSON.stringify(made.model));
  writeFileSync(join(folder, 'weights.bin'), made.weights);
  writeFileSync(join(folder, 'regio-mapping.json'), JSON.stringify(made.mapping));
}

const mapping = (outputs: Record<string, unknown>): Record<string, unknown> => ({
  name: 'Made detector',
  version: '1.0.0',
  modality: 'ES',
  bodyParts: ['COLON'],
  labels: ['polyp'],
  licence: 'CC0-1.0',
  input: { width: 32, height: 32, fit: 'stretch' },
  outputs: { boxFormat: 'xyxy', ...outputs },
});

/** A functional Keras-like model: mean over the picture, then two dense layers. */
export async function makeLayersModel(tf: typeof TF): Promise<MadeTfjsModel> {
  const input = tf.input({ shape: [32, 32, 3] });
  const mean = tf.layers.globalAveragePooling2d({}).apply(input) as TF.SymbolicTensor;
  const dense = (units: number, name: string): TF.SymbolicTensor =>
    tf.layers.dense({ units, name }).apply(mean) as TF.SymbolicTensor;
  const shaped = (x: TF.SymbolicTensor, targetShape: number[], name: string): TF.SymbolicTensor =>
    tf.layers.reshape({ targetShape, name }).apply(x) as TF.SymbolicTensor;
  const model = tf.model({
    inputs: input,
    outputs: [
      shaped(dense(8, 'box_dense'), [2, 4], 'box_out'),
      shaped(dense(2, 'score_dense'), [2, 1], 'score_out'),
    ],
  });
  tf.tidy(() => {
    model.getLayer('box_dense').setWeights([tf.zeros([3, 8]), tf.tensor1d(boxes)]);
    model.getLayer('score_dense').setWeights([tf.fill([3, 2], 1e-3 / 3), tf.tensor1d(scores)]);
  });
  type Artifacts = Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0];
  let saved: Artifacts | null = null;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  model.dispose();
  const { modelTopology, weightSpecs, weightData } = saved! as Artifacts;
  return {
    model: {
      format: 'layers-model',
      modelTopology,
      weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
    },
    weights: Buffer.from(weightData as ArrayBuffer),
    mapping: mapping({ boxes: 0, scores: 1 }),
  };
}

/** The same as a graph of TensorFlow operations, as tensorflowjs_converter writes them. */
export function makeGraphModel(): MadeTfjsModel {
  const float = { dtype: { type: 'DT_FLOAT' } };
  const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
  const constant = (name: string, dtype: string) => ({ name, op: 'Const', attr: { dtype: { type: dtype } } });
  const floats = (values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
  return {
    model: {
      format: 'graph-model',
      modelTopology: {
        node: [
          { name: 'image', op: 'Placeholder', attr: { ...float, shape: dims(-1, 32, 32, 3) } },
          constant('box_values', 'DT_FLOAT'),
          constant('score_values', 'DT_FLOAT'),
          constant('thousandth', 'DT_FLOAT'),
          constant('axes', 'DT_INT32'),
          {
            name: 'mean',
            op: 'Mean',
            input: ['image', 'axes'],
            attr: { T: { type: 'DT_FLOAT' }, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
          },
          { name: 'small', op: 'Mul', input: ['mean', 'thousandth'], attr: { T: { type: 'DT_FLOAT' } } },
          {
            name: 'scores',
            op: 'AddV2',
            input: ['score_values', 'small'],
            attr: { T: { type: 'DT_FLOAT' } },
          },
          { name: 'boxes', op: 'Identity', input: ['box_values'], attr: { T: { type: 'DT_FLOAT' } } },
        ],
        versions: { producer: 987 },
      },
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: [
            { name: 'box_values', shape: [1, 2, 4], dtype: 'float32' },
            { name: 'score_values', shape: [1, 2], dtype: 'float32' },
            { name: 'thousandth', shape: [], dtype: 'float32' },
            { name: 'axes', shape: [3], dtype: 'int32' },
          ],
        },
      ],
    },
    weights: Buffer.concat([
      floats(boxes),
      floats(scores),
      floats([1e-3]),
      Buffer.from(Int32Array.of(1, 2, 3).buffer),
    ]),
    mapping: mapping({ boxes: 'boxes', scores: 'scores' }),
  };
}
