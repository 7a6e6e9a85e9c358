import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packWeights, writeBundleFiles } from '../src-main/inference/bundle/files';
import {
  pictureBundleFile,
  pictureModelFile,
  type PictureBundleFile,
} from '../src-main/inference/bundle/schema';
import { architecture, parameterSpecs, type Architecture } from '../src-main/inference/network/architecture';
import { createRandom } from '../src-main/inference/random';

/** Drawn parameters: small, so that no sigmoid saturates. */
export function drawnParameters(a: Architecture, seed: number): Map<string, Float32Array> {
  const random = createRandom(seed);
  return new Map(
    parameterSpecs(a).map((s) => {
      const fan = s.size / s.shape[s.shape.length - 1]!;
      const deviation = s.name.endsWith('.kernel') ? 1 / Math.sqrt(fan) : 0.1;
      const value = s.name.endsWith('.scale') ? 1 : 0;
      return [s.name, Float32Array.from({ length: s.size }, () => value + deviation * random.normal())];
    }),
  );
}

/** Two levels, three anchors, spatial attention: the smallest picture network that has all the inspector shows. */
const tinyPictureArchitecture = architecture.parse({
  backbone: 'efficientnet-lite0',
  fpnChannels: 8,
  finestLevel: 4,
  coarsestLevel: 5,
  normGroups: 0,
  anchorsPerLocation: 3,
  spatialAttention: true,
});

/**
 * Files of the bundle without changes. Drawing 3.4 million weights and running the network for its golden.json take a second:
 * once a process, since suites write the same bundle before each test.
 */
let unchanged: Map<string, Buffer> | null = null;

/** A picture bundle whose network was never trained: it marks something everywhere. */
export async function writeDrawnBundle(
  folder: string,
  changes: Partial<PictureBundleFile> = {},
  options: Parameters<typeof writeBundleFiles>[2] = {},
): Promise<void> {
  if (Object.keys({ ...changes, ...options }).length > 0) return drawBundle(folder, changes, options);
  if (unchanged) {
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of unchanged) writeFileSync(join(folder, name), bytes);
    return;
  }
  await drawBundle(folder);
  unchanged = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

async function drawBundle(
  folder: string,
  changes: Partial<PictureBundleFile> = {},
  options: Parameters<typeof writeBundleFiles>[2] = {},
): Promise<void> {
  const values = drawnParameters(tinyPictureArchitecture, 5);
  const specs = parameterSpecs(tinyPictureArchitecture);
  const { shards, record } = packWeights(specs.map((s) => values.get(s.name)!));
  const parts = {
    bundle: pictureBundleFile.parse({
      schemaVersion: 1,
      kind: 'picture',
      id: 'made-drawn',
      version: '0.0.1',
      name: 'Drawn',
      description: 'Marks something everywhere.',
      intendedUse: 'Tests.',
      modalities: ['MR', 'OT'],
      bodyParts: ['BRAIN'],
      labels: ['thing'],
      input: {
        size: 64,
        channels: 1,
        intensity: { kind: 'percentile', low: 0.01, high: 0.99 },
        mean: 128,
        deviation: 64,
      },
      anchors: { baseScale: 2, scales: [1], aspectRatios: [0.5, 1, 2] },
      proposals: { preNmsTopN: 20, nmsIouThreshold: 0.4, postNmsTopN: 8 },
      volume: { iouThreshold: 0.3, maxGapSlices: 1, marginFraction: 0.1 },
      thresholds: {
        scoreFloor: 0.3,
        default: 0.5,
        chosenOn: 'nothing: drawn',
        fpPerImage: 0,
        sensitivity: 0,
      },
      training: {
        recipe: 'none',
        data: [],
        images: 0,
        epochs: 0,
        seed: 5,
        backbone: 'drawn',
      },
      metrics: {},
      checksums: 'sha256',
      ...changes,
    }),
    model: pictureModelFile.parse({
      format: 'regio-rpn-1',
      architecture: tinyPictureArchitecture,
      ...record,
    }),
    card: 'Made by a test.\n',
    shards,
  };
  await writeBundleFiles(folder, parts, options);
}
