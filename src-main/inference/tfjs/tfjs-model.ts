import { z } from 'zod';
import { AppError } from '../../core/app-error';
import type { Tensor, Tensorflow } from '../tensorflow';

/**
 * A TensorFlow.js model (graph or layers) from bytes that were read and checked before: nothing is fetched by name.
 */
export const tfjsManifest = z.looseObject({
  format: z.enum(['graph-model', 'layers-model']).optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string().regex(/^[\w-][\w.-]*$/, 'must be plain file names')),
        weights: z.array(z.looseObject({ name: z.string(), shape: z.array(z.number()), dtype: z.string() })),
      }),
    )
    .max(1000),
});
export type TfjsManifest = z.infer<typeof tfjsManifest>;

export interface TfjsModel {
  readonly outputNames: readonly string[];
  /** Call inside tf.tidy. @param input [1, H, W, C] */
  run(input: Tensor): Tensor[];
  dispose(): void;
}

/** A layers model names its classes; a graph model lists its nodes. */
export const isGraph = (manifest: TfjsManifest): boolean =>
  manifest.format ? manifest.format === 'graph-model' : 'node' in manifest.modelTopology;

/** @throws AppError model.invalid where TensorFlow cannot build it, e.g. for a custom layer */
export async function loadTfjsModel(
  tf: Tensorflow,
  manifest: TfjsManifest,
  weights: Uint8Array,
  file: string,
): Promise<TfjsModel> {
  const artifacts = {
    modelTopology: manifest.modelTopology,
    weightSpecs: manifest.weightsManifest.flatMap((group) => group.weights) as never,
    weightData: new Uint8Array(weights).buffer,
  };
  const handler = { load: () => Promise.resolve(artifacts) };
  const before = tf.memory().numTensors;
  try {
    if (isGraph(manifest)) {
      const model = await tf.loadGraphModel(handler);
      const outputNames = model.outputs.map((o) => o.name);
      return {
        outputNames,
        run: (input) => asList(model.execute(input, outputNames)),
        dispose: () => model.dispose(),
      };
    }
    const model = await tf.loadLayersModel(handler);
    return {
      outputNames: model.outputNames,
      run: (input) => asList(model.predict(input)),
      dispose: () => void model.dispose(),
    };
  } catch (cause) {
    // What TensorFlow had made of a model that it then refused cannot be reached any more.
    const lost = tf.memory().numTensors - before;
    throw new AppError(
      'model.invalid',
      `TensorFlow.js cannot build this model: ${cause instanceof Error ? cause.message.slice(0, 300) : 'unknown'}.`,
      'Convert it again with tensorflowjs_converter, without custom layers or operations.',
      { file, field: lost > 0 ? 'weightsManifest' : 'modelTopology' },
      { cause },
    );
  }
}

const asList = (output: unknown): Tensor[] => (Array.isArray(output) ? output : [output]) as Tensor[];
