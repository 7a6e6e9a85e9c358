import { parameterSpecs3d, type Architecture3d } from '../src-main/inference/network3d/architecture3d';
import { packWeights, writeBundleFiles } from '../src-main/inference/bundle/files';
import { volumeBundleFile, type VolumeBundleFile } from '../src-main/inference/bundle/schema';
import { lpsToIjk } from '../src-main/core/geometry/affine';
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
): Promise<void> {
  const values = brightnessWeights();
  const { shards, record } = packWeights(parameterSpecs3d(tinyArchitecture).map((s) => values.get(s.name)!));
  await writeBundleFiles(folder, {
    bundle: brightnessBundle(changes),
    model: { format: 'regio-rpn3d-1', architecture: tinyArchitecture, ...record },
    card: 'Made by a test.\n',
    shards,
  });
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
