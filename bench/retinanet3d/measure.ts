import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Volume } from '../../src-main/core/volume/volume';
import { readBundle } from '../../src-main/inference/bundle/read';
import { loadDetector } from '../../src-main/inference/detector';
import { importModel } from '../../src-main/inference/import/import-model';
import { RetinaNet } from '../../src-main/inference/retinanet3d/retinanet';
import { loadTensorflow } from '../../src-main/inference/tensorflow';
import { parseNpy } from '../../test-support/read-npy';

/** Imports a MONAI bundle, compares it with MONAI on a small input, and runs it over a made volume. */
interface Options {
  readonly bundle: string;
  readonly dims: [number, number, number];
  /** Stop after so many windows; 0: all. */
  readonly windows: number;
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2]!) as Options;
  const models = mkdtempSync(join(tmpdir(), 'regio-bench-'));
  try {
    const started = Date.now();
    const bundle = await importModel(options.bundle, models);
    console.log(`import: ${((Date.now() - started) / 1000).toFixed(1)} s, bundle ${bundle.id}`);
    await compare(bundle.folder, join(options.bundle, 'check'));
    await measure(bundle.folder, options);
  } finally {
    rmSync(models, { recursive: true });
  }
}

/** Largest difference of raw outputs from MONAI's. */
async function compare(folder: string, check: string): Promise<void> {
  const tf = await loadTensorflow();
  const opened = await readBundle(folder);
  if (opened.kind !== 'volume' || opened.model.format !== 'monai-retinanet3d-1')
    throw new Error('no RetinaNet');
  const network = new RetinaNet(tf, opened.model.architecture, opened.parameters());
  const input = parseNpy(readFileSync(join(check, 'input.npy')));
  let worst = 0;
  tf.tidy(() => {
    // [1, 1, X, Y, Z] <-> [1, Z, Y, X, C]
    const output = network.forward(tf.transpose(tf.tensor(input.data, [...input.shape]), [0, 4, 3, 2, 1]));
    if (output.kind !== 'maps') throw new Error('no maps');
    output.levels.forEach((level, n) => {
      for (const [map, name] of [
        [level.scores, 'classification'],
        [level.deltas, 'box_regression'],
      ] as const) {
        const golden = parseNpy(readFileSync(join(check, `${name}_${n}.npy`)));
        const turned = tf.transpose(tf.tensor(golden.data, [...golden.shape]), [0, 4, 3, 2, 1]).squeeze([0]);
        worst = Math.max(worst, map.sub(turned).abs().max().dataSync()[0]!);
      }
    });
  });
  network.dispose();
  console.log(
    `raw outputs on ${input.shape.slice(2).join(' x ')}: within ${worst.toExponential(1)} of MONAI's`,
  );
}

async function measure(folder: string, { dims, windows }: Options): Promise<void> {
  const tf = await loadTensorflow();
  let largest = 0;
  const engine = tf.engine() as unknown as { trackTensor(t: { size: number }, backend: unknown): void };
  const track = engine.trackTensor.bind(engine);
  engine.trackTensor = (tensor, backend) => {
    largest = Math.max(largest, tensor.size * 4);
    track(tensor, backend);
  };
  const volume = makeVolume(dims);
  const detector = await loadDetector(folder);
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  let done = 0;
  let planned = 0;
  const started = Date.now();
  const found = await detector
    .detectVolume(volume, {
      signal: controller.signal,
      onProgress: (fraction, step) => {
        const match = /^Window (\d+) of (\d+)$/.exec(step);
        if (!match) return;
        planned = Number(match[2]);
        done = Math.round(fraction * planned);
        console.log(`  ${((Date.now() - started) / 1000).toFixed(0)} s: ${done} of ${planned} windows`);
        if (windows > 0 && done >= windows) controller.abort();
      },
    })
    .catch((error: { code?: string }) => {
      if (error.code === 'job.cancelled') return null;
      throw error;
    });
  const seconds = (Date.now() - started) / 1000;
  const { input } = detector.bundle;
  const sides = 'window' in input ? input.window.map((side, d) => Math.min(side, dims[d]!)) : [];
  console.log(`windows: ${done} of ${planned}, each at most ${sides.join(' x ')}`);
  console.log(`time: ${seconds.toFixed(0)} s; ${(seconds / Math.max(1, done)).toFixed(1)} s a window`);
  console.log(`findings: ${found ? found.length : 'stopped early'}`);
  console.log(
    `largest tensor: ${(largest / 2 ** 20).toFixed(0)} MiB; tensors left behind: ${tf.memory().numTensors - before}`,
  );
  console.log(`peak resident memory: ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GiB`);
  detector.dispose();
}

/** Soft tissue with balls in it: no window is left out as air. */
function makeVolume(dims: [number, number, number]): Volume {
  const [x, y, z] = dims;
  const data = new Int16Array(x * y * z);
  let state = 12345;
  for (let n = 0; n < data.length; n++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[n] = -400 + ((state >>> 16) % 500);
  }
  return {
    data,
    dims,
    spacing: [0.703125, 0.703125, 1.25],
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    modality: 'CT',
  };
}

void main();
