import { parameterSpecs3d, type Architecture3d } from '../src-main/inference/network3d/architecture3d';
import { packWeights, writeBundleFiles } from '../src-main/inference/bundle/files';
import { volumeBundleFile, type VolumeBundleFile } from '../src-main/inference/bundle/schema';
import { createRandom } from '../src-main/inference/random';
import type { VolumeRecipe } from '../src-main/inference/training3d/recipe3d';
import { lpsToIjk } from '../src-main/core/geometry/affine';
import type { Box3 } from '../src-main/core/geometry/box';
import type { Vec3 } from '../src-main/core/geometry/vec3';
import type { Volume, VolumeGeometry } from '../src-main/core/volume/volume';

/** Levels of stride 2 and 4, four channels: the smallest 3D network with every kind of layer but GroupNorm. */
export const tinyArchitecture: Architecture3d = {
  backbone: 'residual3d',
  stages: [
    { channels: 4, blocks: 1 },
    { channels: 4, blocks: 1 },
  ],
  fpnChannels: 4,
  finestLevel: 1,
  headNormGroups: 0,
  anchorsPerLocation: 1,
};

/**
 * Weights set by hand: channel 0 carries the mean of the 6 x 6 x 6 voxels around a location of the finest level, and
 * objectness is high where that mean is. The coarse level stays silent.
 */
export function brightnessWeights(): Map<string, Float32Array> {
  const values = new Map(parameterSpecs3d(tinyArchitecture).map((s) => [s.name, new Float32Array(s.size)]));
  const kernel = (name: string, taps: readonly number[], input: number, gain: number): void => {
    const width = taps.length;
    for (const [z, a] of taps.entries())
      for (const [y, b] of taps.entries())
        for (const [x, c] of taps.entries())
          values.get(`${name}.kernel`)![((z * width + y) * width + x) * input * 4] = gain * a * b * c;
  };
  // SAME padding puts the window of stride 2 at voxels 2 n to 2 n + 2; the first two are symmetric about the location.
  kernel('stem', [0.5, 0.5, 0], 1, 1);
  kernel('fpn.lateral.1', [1], 4, 1);
  kernel('fpn.output.1', [1 / 3, 1 / 3, 1 / 3], 4, 1);
  kernel('head.conv', [0, 1, 0], 4, 1);
  values.get('head.objectness.kernel')![0] = 60;
  values.get('head.objectness.bias')![0] = -20;
  return values;
}

/** A bundle of the brightness network: boxes are 8 voxels wide. */
export function brightnessBundle(changes: Partial<VolumeBundleFile> = {}): VolumeBundleFile {
  return volumeBundleFile.parse({
    schemaVersion: 1,
    kind: 'volume',
    id: 'made-spheres',
    version: '0.0.1',
    name: 'Spheres',
    description: 'Finds bright spheres.',
    intendedUse: 'Tests.',
    modalities: ['CT'],
    bodyParts: ['CHEST'],
    labels: ['sphere'],
    input: {
      spacing: [1, 1, 1],
      orientation: 'LPS',
      intensity: { low: -1000, high: 400 },
      window: [32, 32, 32],
      overlap: 0.25,
    },
    anchors: {
      levels: [
        { stride: [2, 2, 2], shapes: [[8, 8, 8]] },
        { stride: [4, 4, 4], shapes: [[16, 16, 16]] },
      ],
      offset: 0.5,
    },
    proposals: {
      scoreThreshold: 0.05,
      preNmsTopN: 50,
      nmsIouThreshold: 0.1,
      postNmsTopN: 20,
      insideThreshold: 0.7,
    },
    thresholds: {
      scoreFloor: 0.1,
      default: 0.5,
      chosenOn: 'nothing: set by hand',
      fpPerScan: null,
      sensitivity: null,
    },
    training: null,
    metrics: {},
    checksums: 'sha256',
    ...changes,
  });
}

export async function writeBrightnessBundle(
  folder: string,
  changes: Partial<VolumeBundleFile> = {},
  options: Parameters<typeof writeBundleFiles>[2] = {},
): Promise<void> {
  const values = brightnessWeights();
  const { shards, record } = packWeights(parameterSpecs3d(tinyArchitecture).map((s) => values.get(s.name)!));
  const parts = {
    bundle: brightnessBundle(changes),
    model: { format: 'regio-rpn3d-1', architecture: tinyArchitecture, ...record },
    card: 'Made by a test.\n',
    shards,
  };
  await writeBundleFiles(folder, parts, options);
}

export interface Sphere {
  readonly centerLps: Vec3;
  /** mm. */
  readonly radius: number;
}

/** A volume of air (-1000) with spheres of tissue (40); border voxels are grey by how far they lie inside. */
export function sphereVolume(g: VolumeGeometry, spheres: readonly Sphere[]): Volume {
  const [nx, ny, nz] = g.dims;
  const data = new Int16Array(nx * ny * nz).fill(-1000);
  for (const { centerLps, radius } of spheres) {
    const center = lpsToIjk(g, centerLps);
    const reach = g.spacing.map((s) => Math.ceil(radius / s) + 2);
    const range = [0, 1, 2].map((a) => [
      Math.max(0, Math.floor(center[a]! - reach[a]!)),
      Math.min(g.dims[a]!, Math.ceil(center[a]! + reach[a]!)),
    ]) as [number, number][];
    for (let k = range[2]![0]!; k < range[2]![1]!; k++) {
      for (let j = range[1]![0]!; j < range[1]![1]!; j++) {
        for (let i = range[0]![0]!; i < range[0]![1]!; i++) {
          // Directions are orthogonal in these volumes, so distances are those along the axes.
          const distance = Math.hypot(
            (i - center[0]) * g.spacing[0],
            (j - center[1]) * g.spacing[1],
            (k - center[2]) * g.spacing[2],
          );
          const inside = Math.min(1, Math.max(0, radius - distance + 0.5));
          const at = i + nx * (j + ny * k);
          data[at] = Math.max(data[at]!, Math.round(-1000 + 1040 * inside));
        }
      }
    }
  }
  return { ...g, data, modality: 'CT' };
}

/** Three bright spheres of 8 to 13 mm in coarse noise, in a volume of 64 x 64 x 32 voxels of 1 x 1 x 2 mm. */
export function madeVolume(seed: number): { volume: Volume; lesions: Box3[] } {
  const random = createRandom(seed, 77);
  const geometry: VolumeGeometry = {
    dims: [64, 64, 32],
    spacing: [1, 1, 2],
    origin: [-30, 20, 100],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
  const spheres: Sphere[] = [];
  while (spheres.length < 3) {
    const radius = random.between(4, 6.5);
    const at = geometry.dims.map((n, a) => {
      const side = n * geometry.spacing[a]!;
      return geometry.origin[a]! + random.between(radius + 1, side - radius - 3);
    }) as unknown as Vec3;
    const apart = spheres.every(
      (s) => Math.hypot(...s.centerLps.map((c, a) => c - at[a]!)) > radius + s.radius + 4,
    );
    if (apart) spheres.push({ centerLps: at, radius });
  }
  const volume = sphereVolume(geometry, spheres);
  for (let n = 0; n < volume.data.length; n++)
    volume.data[n] = Math.round(-700 + 0.45 * (volume.data[n]! + 1000) + 110 * random.normal());
  const lesions = spheres.map(({ centerLps: c, radius: r }): Box3 => [
    c[0] - r,
    c[1] - r,
    c[2] - r,
    c[0] + r,
    c[1] + r,
    c[2] + r,
  ]);
  return { volume, lesions };
}

/** A recipe that learns the made volumes in half a minute. */
export function madeVolumeRecipe(): VolumeRecipe {
  const source = (name: string, first: number, count: number) => ({
    name,
    licence: 'made by the test',
    minReaders: 1,
    volumes: Array.from({ length: count }, (_, n) => ({
      series: String(first + n),
      boxes: `boxes/${first + n}.json`,
    })),
  });
  return {
    kind: 'volume',
    bundle: {
      id: 'made-volumes',
      version: '0.0.1',
      name: 'Spheres',
      description: 'Finds bright spheres.',
      intendedUse: 'Tests.',
      modalities: ['CT'],
      bodyParts: ['CHEST'],
      labels: ['sphere'],
    },
    limits: ['Made volumes only.'],
    data: { train: [source('train', 1000, 12)], validation: [source('val', 2000, 4)] },
    architecture: {
      backbone: 'residual3d',
      stages: [
        { channels: 8, blocks: 1 },
        { channels: 12, blocks: 1 },
        { channels: 16, blocks: 1 },
      ],
      fpnChannels: 12,
      finestLevel: 2,
      headNormGroups: 0,
      anchorsPerLocation: 1,
    },
    input: {
      spacing: [1, 1, 1],
      orientation: 'LPS',
      intensity: { low: -1000, high: 400 },
      window: [64, 64, 64],
      overlap: 0.25,
    },
    anchors: {
      levels: [
        { stride: [4, 4, 4], shapes: [[9, 9, 9]] },
        { stride: [8, 8, 8], shapes: [[13, 13, 13]] },
      ],
      offset: 0.5,
      origin: 'edge',
    },
    matching: { kind: 'top-k', k: 6 },
    losses: { objectness: 'quality-focal', box: 'giou', boxWeight: 2 },
    augmentation: {
      flip: [true, true, true],
      scale: [0.9, 1.1],
      contrast: 0.1,
      brightness: 0.05,
      noise: 0.02,
    },
    schedule: {
      epochs: 9,
      patchesPerVolume: 4,
      patch: [32, 32, 32],
      positiveShare: 0.8,
      batchSize: 8,
      learningRate: 0.005,
      warmUpSteps: 5,
      weightDecay: 0.0001,
      emaDecay: 0.9,
      gradientClip: 10,
      calibrationBatches: 4,
    },
    proposals: {
      scoreThreshold: 0,
      preNmsTopN: 100,
      nmsIouThreshold: 0.2,
      postNmsTopN: 50,
      insideThreshold: 0.7,
    },
    scoreFloor: 0.05,
    seed: 3,
  };
}
