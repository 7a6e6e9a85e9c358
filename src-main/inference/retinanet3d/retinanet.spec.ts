import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect } from 'vitest';
import { readNpy, readNpz } from '../../../test-support/read-npy';
import { itWithShared } from '../../../test-support/shared-data';
import { windowPositions } from '../../core/detection/sliding-window';
import type { Vec3 } from '../../core/geometry/vec3';
import { readTorchCheckpoint } from '../import/torch-checkpoint';
import { loadTensorflow, type Tensorflow } from '../tensorflow';
import { levelStrides } from './retinanet-architecture';
import { RetinaNet } from './retinanet';
import { convertRetinanet, inferArchitecture } from './retinanet-weights';
import { monaiAnchorSpec } from './monai-anchors';
import { StitchedBoxes, type FoundBoxes, type WindowMaps } from './stitched-boxes';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

const goldenSettings = {
  classes: 1,
  stemStride: [2, 2, 1],
  maxPool: true,
  returnedStages: [1, 2],
  sizeDivisible: [16, 16, 8],
} as const;

/** [1, 1, X, Y, Z] as MONAI has it -> [1, Z, Y, X, 1] */
function toWindow(shape: readonly number[], data: Float32Array): Float32Array {
  const [x, y, z] = shape.slice(2) as [number, number, number];
  const out = new Float32Array(data.length);
  for (let i = 0, at = 0; i < x; i++)
    for (let j = 0; j < y; j++) for (let k = 0; k < z; k++, at++) out[(k * y + j) * x + i] = data[at]!;
  return out;
}

interface GoldenBoxes {
  readonly boxes: number[][];
  readonly scores: number[];
}
interface Golden {
  readonly anchors: { readonly base: Vec3[]; readonly scales: number[] };
  readonly select: {
    readonly scoreThreshold: number;
    readonly topKPerLevel: number;
    readonly nmsThreshold: number;
    readonly detectionsPerImage: number;
  };
  readonly whole: GoldenBoxes;
  readonly sliding: GoldenBoxes & { readonly roi: Vec3; readonly overlap: number };
}

function cutWindow(image: Float32Array, dims: Vec3, window: Vec3, at: Vec3): Float32Array {
  const out = new Float32Array(window[0] * window[1] * window[2]);
  for (let z = 0, to = 0; z < window[2]; z++)
    for (let y = 0; y < window[1]; y++, to += window[0]) {
      const from = ((at[2] + z) * dims[1] + at[1] + y) * dims[0] + at[0];
      out.set(image.subarray(from, from + window[0]), to);
    }
  return out;
}

async function runWindow(network: RetinaNet, values: Float32Array, [x, y, z]: Vec3): Promise<WindowMaps[]> {
  const maps = tf.tidy(() => {
    const out = network.forward(tf.tensor(values, [1, z, y, x, 1]));
    if (out.kind !== 'maps') throw new Error('no maps');
    return out.levels.map((l) => ({ scores: l.scores, deltas: l.deltas }));
  });
  const read = [];
  for (const { scores, deltas } of maps) {
    read.push({
      scores: (await scores.data()) as Float32Array,
      deltas: (await deltas.data()) as Float32Array,
    });
    tf.dispose([scores, deltas]);
  }
  return read;
}

/** Scores that differ by less than rounding may change places: boxes are compared by what is nearest. */
function compare(found: FoundBoxes, expected: GoldenBoxes): void {
  expect(found.scores).toHaveLength(expected.scores.length);
  found.scores.forEach((score, n) => expect(Math.abs(score - expected.scores[n]!)).toBeLessThan(1e-3));
  const left = new Set(found.scores.keys());
  const far = expected.boxes.filter((box, n) => {
    // A side is an anchor's times e^d, and other processors sum d in another order: a side of 78 voxels was off by 1.2e-3.
    const side = Math.max(...[0, 1, 2].map((a) => box[a + 3]! - box[a]!));
    const tolerance = Math.max(1e-3, 3e-5 * side);
    const near = [...left].find(
      (m) =>
        Math.abs(found.scores[m]! - expected.scores[n]!) < 1e-3 &&
        box.every((v, a) => Math.abs(v - found.boxes[m * 6 + a]!) < tolerance),
    );
    if (near !== undefined) left.delete(near);
    return near === undefined;
  });
  expect(far).toEqual([]);
}

describe('RetinaNet on MONAI golden values', () => {
  itWithShared(
    'gives the raw outputs of MONAI 1.3.2 to 1e-4 and leaves no tensor behind',
    [
      'golden/retinanet3d/tiny_state_dict.pt',
      'golden/retinanet3d/input.npy',
      'golden/retinanet3d/outputs.npz',
    ],
    (checkpoint, inputFile, outputsFile) => {
      const state = readTorchCheckpoint(readFileSync(checkpoint!), checkpoint!);
      const architecture = inferArchitecture(state, goldenSettings, checkpoint!);
      const before = tf.memory().numTensors;
      const network = new RetinaNet(tf, architecture, convertRetinanet(state, architecture, checkpoint!));
      const input = readNpy(inputFile!);
      const [x, y, z] = input.shape.slice(2) as [number, number, number];
      const outputs = readNpz(outputsFile!);
      const loaded = tf.memory().numTensors;
      tf.tidy(() => {
        const out = network.forward(tf.tensor(toWindow(input.shape, input.data), [1, z, y, x, 1]));
        if (out.kind !== 'maps') throw new Error('no maps');
        expect(out.levels).toHaveLength(3);
        out.levels.forEach((level, l) => {
          for (const [tensor, name] of [
            [level.scores, `classification_${l}`],
            [level.deltas, `box_regression_${l}`],
          ] as const) {
            const golden = outputs.get(name)!;
            const [, channels, gx, gy, gz] = golden.shape as [number, number, number, number, number];
            expect(tensor.shape).toEqual([gz, gy, gx, channels]);
            const values = tensor.dataSync();
            let worst = 0;
            for (let c = 0, at = 0; c < channels; c++)
              for (let i = 0; i < gx; i++)
                for (let j = 0; j < gy; j++)
                  for (let k = 0; k < gz; k++, at++)
                    worst = Math.max(
                      worst,
                      Math.abs(values[((k * gy + j) * gx + i) * channels + c]! - golden.data[at]!),
                    );
            expect(worst).toBeLessThan(1e-4);
          }
        });
      });
      expect(tf.memory().numTensors).toBe(loaded);
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  itWithShared(
    'finds the boxes of MONAI 1.3.2, in the whole image and by sliding window, to 1e-3 or 3e-5 of a side',
    [
      'golden/retinanet3d/tiny_state_dict.pt',
      'golden/retinanet3d/input.npy',
      'golden/retinanet3d/golden.json',
    ],
    async (checkpoint, inputFile, goldenFile) => {
      const golden = JSON.parse(readFileSync(goldenFile!, 'utf8')) as Golden;
      const state = readTorchCheckpoint(readFileSync(checkpoint!), checkpoint!);
      const architecture = inferArchitecture(state, goldenSettings, checkpoint!);
      const network = new RetinaNet(tf, architecture, convertRetinanet(state, architecture, checkpoint!));
      const input = readNpy(inputFile!);
      const dims = input.shape.slice(2) as unknown as Vec3;
      const image = toWindow(input.shape, input.data);
      const anchors = monaiAnchorSpec(
        levelStrides(architecture),
        golden.anchors.base,
        golden.anchors.scales,
        'edge',
      );
      const spec = {
        scoreThreshold: golden.select.scoreThreshold,
        preNmsTopN: golden.select.topKPerLevel,
        nmsIouThreshold: golden.select.nmsThreshold,
        postNmsTopN: golden.select.detectionsPerImage,
        insideThreshold: null,
      };
      for (const [window, overlap, expected] of [
        [dims, 0, golden.whole],
        [golden.sliding.roi, golden.sliding.overlap, golden.sliding],
      ] as const) {
        const stitched = new StitchedBoxes(anchors, 1, dims, window, 'constant');
        for (const at of windowPositions(dims, window, overlap))
          stitched.add(await runWindow(network, cutWindow(image, dims, window, at), window), at);
        const found = stitched.select(spec, dims, 0);
        compare(found, expected);
      }
      network.dispose();
    },
  );
});
