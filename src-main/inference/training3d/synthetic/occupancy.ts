import type { Box3 } from '../../../core/geometry/box';
import type { Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';
import type { SolidPart } from './solid';
import type { Tile } from './tile';

/**
 * How much of each voxel a body fills after the scanner's blur, and noise of the scanner's kind to go with it: averaged
 * over a slice's thickness, blurred in the slice, and interpolated between slices where the tile's planes are no slices.
 *
 * Shape shorthand: share, grain [Z, Y, X] over `size` voxels of the tile from `low`, x fastest
 */
export interface Occupancy {
  readonly low: Vec3;
  readonly size: Vec3;
  /** 0..1. */
  readonly share: Float32Array;
  /** Mean 0, deviation 1, blurred as the scan's noise is. */
  readonly grain: Float32Array;
}

/** Distance of samples through a slice, mm. */
const sampleMm = 0.8;

/** @returns null where nothing of it lies in the tile */
export function occupancyOf(parts: readonly SolidPart[], tile: Tile, random: Random): Occupancy | null {
  const { dims, spacing, slices, blurMm } = tile;
  const beyond = [2 * blurMm, 2 * blurMm, slices.thicknessMm / 2 + slices.spacingMm];
  const ends = [0, 1, 2].map((a): [number, number] => {
    const low = Math.min(...parts.map((p) => p.box[a]!)) - beyond[a]!;
    const high = Math.max(...parts.map((p) => p.box[a + 3]!)) + beyond[a]!;
    return [Math.max(0, Math.floor(low / spacing[a]!)), Math.min(dims[a]!, Math.ceil(high / spacing[a]!))];
  });
  if (ends.some(([low, high]) => high <= low)) return null;
  const low = ends.map((e) => e[0]) as unknown as Vec3;
  const size = ends.map((e) => e[1] - e[0]) as unknown as Vec3;
  const sliceAt = (z: number): number => ((z + 0.5) * spacing[2] - slices.firstMm) / slices.spacingMm;
  const first = Math.floor(sliceAt(low[2]) + 1e-6);
  const count = Math.floor(sliceAt(low[2] + size[2] - 1) + 1e-6) + 2 - first;

  const taps = gaussianTaps(blurMm / spacing[0]);
  const plane = size[0] * size[1];
  const share = new Float32Array(count * plane);
  const grain = new Float32Array(count * plane);
  for (let k = 0; k < count; k++) {
    const own = share.subarray(k * plane, (k + 1) * plane);
    const middle = slices.firstMm + (first + k) * slices.spacingMm;
    if (parts.map((p) => fillSlice(own, p, tile, low, size, middle)).some(Boolean)) blur(own, size, taps);
    const noise = grain.subarray(k * plane, (k + 1) * plane);
    // Sum of uniforms: near enough to normal, and cheap.
    for (let n = 0; n < plane; n++)
      noise[n] = 2 * (random.uniform() + random.uniform() + random.uniform() - 1.5);
    blur(noise, size, taps);
    const kept = taps.reduce((sum, t) => sum + t * t, 0);
    for (let n = 0; n < plane; n++) noise[n]! /= kept;
  }
  const position = Float64Array.from({ length: size[2] }, (_, z) => sliceAt(low[2] + z) - first);
  return {
    low,
    size,
    share: betweenSlices(share, plane, position),
    grain: betweenSlices(grain, plane, position),
  };
}

/** @returns whether the part reaches the slice */
function fillSlice(
  own: Float32Array,
  part: SolidPart,
  { spacing, slices }: Tile,
  low: Vec3,
  size: Vec3,
  middle: number,
): boolean {
  const half = slices.thicknessMm / 2;
  if (middle + half <= part.box[2] || middle - half >= part.box[5]) return false;
  const through = Math.max(1, Math.round(slices.thicknessMm / sampleMm));
  const within = span(part.box, low, size, spacing);
  const wide = part.box[3] - part.box[0] > 14;
  const across = wide ? [0.5] : [0.25, 0.75];
  const weight = 1 / (through * across.length ** 2);
  for (let y = within[1]; y < within[3]; y++) {
    for (let x = within[0]; x < within[2]; x++) {
      let sum = 0;
      for (let s = 0; s < through; s++) {
        const z = middle - half + ((s + 0.5) / through) * slices.thicknessMm;
        for (const dy of across)
          for (const dx of across)
            sum += part.covers((x + low[0] + dx) * spacing[0], (y + low[1] + dy) * spacing[1], z);
      }
      const at = y * size[0] + x;
      own[at] = Math.max(own[at]!, sum * weight);
    }
  }
  return true;
}

/** Pixels of the slice in a box: x0, y0, x1, y1. */
function span(box: Box3, low: Vec3, size: Vec3, spacing: Vec3): [number, number, number, number] {
  const from = (a: 0 | 1): number => Math.max(0, Math.floor(box[a] / spacing[a]) - low[a]);
  const to = (a: 0 | 1): number => Math.min(size[a], Math.ceil(box[a === 0 ? 3 : 4] / spacing[a]) - low[a]);
  return [from(0), from(1), to(0), to(1)];
}

function gaussianTaps(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(2 * sigma));
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, n) =>
    Math.exp(-((n - reach) ** 2) / (2 * Math.max(0.1, sigma) ** 2)),
  );
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((t) => t / sum);
}

function blur(plane: Float32Array, [width, height]: Vec3, taps: Float64Array): void {
  const reach = (taps.length - 1) / 2;
  const line = new Float32Array(Math.max(width, height));
  const along = (start: number, step: number, length: number): void => {
    for (let n = 0; n < length; n++) line[n] = plane[start + n * step]!;
    for (let n = 0; n < length; n++) {
      let sum = 0;
      for (let t = -reach; t <= reach; t++)
        sum += taps[t + reach]! * line[Math.min(length - 1, Math.max(0, n + t))]!;
      plane[start + n * step] = sum;
    }
  };
  for (let y = 0; y < height; y++) along(y * width, 1, width);
  for (let x = 0; x < width; x++) along(x, width, height);
}

function betweenSlices(slices: Float32Array, plane: number, position: Float64Array): Float32Array {
  const out = new Float32Array(position.length * plane);
  position.forEach((at, z) => {
    const below = Math.floor(at + 1e-6);
    const t = Math.max(0, at - below);
    for (let n = 0; n < plane; n++) {
      const a = slices[below * plane + n]!;
      out[z * plane + n] = t < 1e-5 ? a : a + (slices[(below + 1) * plane + n]! - a) * t;
    }
  });
  return out;
}
