import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, Tensorflow } from '../tensorflow';
import { recordGraph } from './record';
import { encodeSavedModel, outputName, servingTag } from './saved-model';

/**
 * A function of tensors as one native TensorFlow graph.
 *
 * tfjs-node issues one op at a time; run as a graph, TensorFlow fuses convolution, bias and activation, folds what is
 * constant and reuses memory (Grappler). bench/inference-peers.mjs measures both ways.
 */
export interface NativeGraph {
  /**
   * @param inputs of the shapes that were recorded
   * @returns the outputs in recorded order; the caller disposes them
   */
  run(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}

/** The backend's own road to a loaded graph: tf.node.loadSavedModel sorts outputs by name and keeps paths in a cache. */
interface SavedModelBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    session: number,
    inputs: readonly Tensor[],
    inputInfos: { name: string }[],
    outputs: string[],
  ): Tensor[];
  deleteSavedModel(session: number): void;
}

/**
 * @param inputs example tensors: their shapes and types are the graph's; they stay the caller's
 * @param body see recordGraph
 * @throws Error where the graph cannot be written down, stored or loaded
 */
export function compileGraph(
  tf: Tensorflow,
  inputs: readonly Tensor[],
  body: (inputs: readonly Tensor[]) => readonly Tensor[],
): NativeGraph {
  const graph = recordGraph(tf, inputs, body);
  const backend = tf.backend() as unknown as SavedModelBackend;
  // A file because tfjs-node loads graphs from files only. It holds weights, never anything of a patient.
  const folder = mkdtempSync(join(tmpdir(), 'regio-graph-'));
  let session: number;
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(graph));
    session = backend.loadSavedModelMetaGraph(folder, servingTag);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const inputInfos = graph.inputs.map(({ name }) => ({ name: `${name}:0` }));
  const outputs = graph.outputs.map((_, n) => `${outputName(n)}:0`);
  return {
    run: (given) => backend.runSavedModel(session, given, inputInfos, outputs),
    dispose: () => backend.deleteSavedModel(session),
  };
}
