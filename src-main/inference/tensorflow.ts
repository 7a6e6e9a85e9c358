import util from 'node:util';
import type * as TF from '@tensorflow/tfjs-node';
import { processorCount } from './processors';

/** The TensorFlow module; `import type` keeps it out of processes that only list models. */
export type Tensorflow = typeof TF;
export type Tensor = TF.Tensor;
export type Tensor4D = TF.Tensor4D;

let loaded: Tensorflow | null = null;

/** Loads TensorFlow on first use (about a second and 150 MB), once a process. */
export async function loadTensorflow(): Promise<Tensorflow> {
  if (loaded) return loaded;
  // TensorFlow 2.15 leaves oneDNN off on AMD processors, where it is 1.5 to 3 times faster too (measured).
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // One op at a time, each on all cores: ops are issued synchronously, so a second inter-op thread would idle.
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(Math.max(1, Math.min(16, processorCount())));
  restoreUtil();
  const module = (await import('@tensorflow/tfjs-node')) as unknown as Tensorflow & { default?: Tensorflow };
  loaded = module.default ?? module;
  return loaded;
}

/** Whether TensorFlow computes on a graphics card: a GPU build of libtensorflow in place of the one that set-up installs. */
export const computesOnGpu = (): boolean =>
  (loaded?.backend() as { readonly isUsingGpuDevice?: boolean } | undefined)?.isUsingGpuDevice === true;

/** Tensors alive in this process: a leak shows as a growing count. 0 before TensorFlow was loaded. */
export function tensorCount(): number {
  return loaded ? loaded.memory().numTensors : 0;
}

/** Node 23 removed util's type guards; tfjs-node 4.22 still calls them. */
function restoreUtil(): void {
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
  legacy['isString'] ??= (value: unknown) => typeof value === 'string';
  legacy['isNumber'] ??= (value: unknown) => typeof value === 'number';
  legacy['isObject'] ??= (value: unknown) => typeof value === 'object' && value !== null;
}
