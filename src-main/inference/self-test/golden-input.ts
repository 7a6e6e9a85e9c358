import { seededRandom } from '../../core/seeded-random';
import type { Vec3 } from '../../core/geometry/vec3';
import type { RasterImage, Volume } from '../../core/volume/volume';
import type { InputSpec, VolumeBundle, VolumeInputSpec } from '../bundle/schema';
import type { GoldenInput } from '../bundle/golden-file';

/**
 * Made inputs of the self-test: soft blobs on a slope, with noise. Only sums, products and quotients of doubles and 32-bit
 * integers go into them, which every machine rounds alike: the same bytes everywhere.
 *
 * Shape shorthand: B: blobs; each has a centre, a radius and a height, 1 / (1 + (distance / radius)^2) of it at a distance
 */
interface Blob {
  readonly center: readonly number[];
  readonly radius: number;
  readonly height: number;
}

function drawBlobs(random: () => number, sides: readonly number[], count: number): Blob[] {
  const shortest = Math.min(...sides);
  return Array.from({ length: count }, () => ({
    center: sides.map((side) => side * (0.1 + 0.8 * random())),
    radius: shortest * (0.03 + 0.12 * random()),
    height: random() < 0.75 ? 0.3 + 0.5 * random() : -0.3 * random(),
  }));
}

/** 0..1. */
function valueAt(blobs: readonly Blob[], point: readonly number[], slope: number, noise: number): number {
  let value = 0.25 + 0.1 * slope + 0.06 * (noise - 0.5);
  for (const { center, radius, height } of blobs) {
    let square = 0;
    for (let a = 0; a < center.length; a++) square += (point[a]! - center[a]!) * (point[a]! - center[a]!);
    value += height / (1 + square / (radius * radius));
  }
  return Math.min(1, Math.max(0, value));
}

type PictureInput = Extract<GoldenInput, { kind: 'picture' }>;
type VolumeInput = Extract<GoldenInput, { kind: 'volume' }>;

/** A picture that fills the canvas, four fifths as high as wide. */
export const pictureInput = (input: InputSpec, seed: number): PictureInput => ({
  kind: 'picture',
  width: input.size,
  height: Math.round(input.size * 0.8),
  channels: input.channels,
  seed,
});

export function goldenPicture(
  { width, height, channels, seed }: PictureInput,
  modality: RasterImage['modality'],
): RasterImage {
  const random = seededRandom(seed);
  const blobs = Array.from({ length: channels }, () => drawBlobs(random, [width, height], 6));
  // Channels share half of what they show: colours, but no three unrelated pictures.
  const shared = drawBlobs(random, [width, height], 6);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++, at++)
        data[at] = Math.floor(
          255 * valueAt([...shared, ...blobs[c]!.slice(0, 2)], [x + 0.5, y + 0.5], x / width, random()),
        );
  return { width, height, channels, data, pixelSpacing: null, modality };
}

/** Large enough for the coarsest level, small enough for a part of a second. */
export const volumeInput = (input: VolumeInputSpec, seed: number): VolumeInput => ({
  kind: 'volume',
  dims: input.window.map((side) => Math.min(64, side)),
  seed,
});

/** Values span the network's range. */
export function goldenVolume({ dims, seed }: VolumeInput, bundle: VolumeBundle): Volume {
  const { spacing, intensity } = bundle.input;
  const [width, height, depth] = dims as unknown as Vec3;
  const random = seededRandom(seed);
  const blobs = drawBlobs(random, [width, height, depth], 10);
  const data = new Float32Array(width * height * depth);
  for (let z = 0, at = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++)
        data[at] =
          intensity.low +
          (intensity.high - intensity.low) * valueAt(blobs, [x + 0.5, y + 0.5, z + 0.5], z / depth, random());
  return {
    data,
    dims: [width, height, depth],
    spacing,
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    modality: bundle.modalities[0]!,
  };
}
