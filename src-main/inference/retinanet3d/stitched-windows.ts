import { windowPositions } from '../../core/detection/sliding-window';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeBundle } from '../bundle/schema';
import type { VolumeNetwork } from '../network3d/volume-network';
import { isAir, type WindowReader } from '../preprocess/volume-windows';
import type { Tensorflow } from '../tensorflow';
import { StitchedBoxes, type FoundBoxes, type WindowMaps } from './stitched-boxes';

/**
 * Runs MONAI's network over a volume as MONAI does: windows by its rule, head maps averaged, then decoded once.
 *
 * Triples are x, y, z.
 */
export interface StitchedRun {
  readonly tf: Tensorflow;
  readonly network: VolumeNetwork;
  readonly bundle: VolumeBundle;
  /** Of the network's grid around the volume. */
  readonly dims: Vec3;
  readonly window: Vec3;
  readonly reader: Pick<WindowReader, 'read'>;
  readonly minScore: number;
  /** Before each window, and once at the end. May throw. */
  readonly onWindow: (done: number, count: number) => Promise<void>;
}

/** @returns boxes in voxels of the grid, best first */
export async function detectStitched(run: StitchedRun): Promise<FoundBoxes> {
  const { bundle, dims, window, network } = run;
  const padded = dims.map((side, a) => {
    const divisor = network.sizeDivisible[a]!;
    return Math.ceil(side / divisor) * divisor;
  }) as [number, number, number];
  const stitched = new StitchedBoxes(bundle.anchors, network.classes, padded, window, 'constant');
  // By z: windows of one z share a resampled slab.
  const starts = windowPositions(padded, window, bundle.input.overlap).sort((a, b) => a[2] - b[2]);
  for (const [n, start] of starts.entries()) {
    await run.onWindow(n, starts.length);
    const values = run.reader.read(start);
    if (!isAir(values)) stitched.add(await runWindow(run, values), start);
  }
  await run.onWindow(starts.length, starts.length);
  return stitched.select(bundle.proposals, dims, run.minScore);
}

async function runWindow({ tf, network, window }: StitchedRun, values: Float32Array): Promise<WindowMaps[]> {
  const [x, y, z] = window;
  const levels = tf.tidy(() => {
    const output = network.forward(tf.tensor(values, [1, z, y, x, 1]));
    if (output.kind !== 'maps') throw new Error('only maps can be stitched');
    return output.levels.map(({ scores, deltas }) => ({ scores, deltas }));
  });
  try {
    const maps: WindowMaps[] = [];
    for (const { scores, deltas } of levels) {
      maps.push({
        scores: (await scores.data()) as Float32Array,
        deltas: (await deltas.data()) as Float32Array,
      });
    }
    return maps;
  } finally {
    for (const { scores, deltas } of levels) tf.dispose([scores, deltas]);
  }
}
