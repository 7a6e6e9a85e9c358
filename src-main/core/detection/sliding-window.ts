import type { Vec3 } from '../geometry/vec3';

/**
 * Windows over a volume, and the average of what a network says where they overlap: MONAI 1.3's rules
 * (inferers/utils.py, sliding_window_inference; data/utils.py, dense_patch_slices and compute_importance_map).
 *
 * Shape shorthand: triples are x, y, z; maps are [Z, Y, X, C] flat, channel fastest, then x
 */

/**
 * Where windows start along one axis: every `floor(window (1 - overlap))` voxels, the last one moved back so that it ends
 * with the volume. A window that is as long as the volume or longer starts once, at 0.
 */
export function windowStarts(size: number, window: number, overlap: number): number[] {
  if (!(size >= 1 && window >= 1 && overlap >= 0 && overlap < 1)) {
    throw new RangeError(`no windows of ${window} with overlap ${overlap} in ${size}`);
  }
  if (window >= size) return [0];
  const interval = Math.max(1, Math.trunc(window * (1 - overlap)));
  const starts: number[] = [];
  for (let start = 0; ; start += interval) {
    starts.push(Math.min(start, size - window));
    if (start + window >= size) return starts;
  }
}

/** Lowest corners of all windows, z fastest, as MONAI visits them. */
export function windowPositions(size: Vec3, window: Vec3, overlap: number): Vec3[] {
  const [xs, ys, zs] = [0, 1, 2].map((d) => windowStarts(size[d]!, window[d]!, overlap)) as [
    number[],
    number[],
    number[],
  ];
  return xs.flatMap((x) => ys.flatMap((y) => zs.map((z): Vec3 => [x, y, z])));
}

export type BlendMode = 'constant' | 'gaussian';

/**
 * What each voxel of a window counts: 1, or a Gaussian whose sigma is `sigmaScale` of each side; never under a thousandth.
 * @returns [Z, Y, X] flat
 */
export function importanceMap(window: Vec3, mode: BlendMode, sigmaScale = 0.125): Float32Array {
  const [width, height, depth] = window;
  const out = new Float32Array(width * height * depth).fill(1);
  if (mode === 'constant') return out;
  const [gx, gy, gz] = window.map((side) =>
    Float32Array.from({ length: side }, (_, n) => {
      const x = n - (side - 1) / 2;
      return Math.exp((x * x) / (-2 * (sigmaScale * side) ** 2));
    }),
  ) as [Float32Array, Float32Array, Float32Array];
  let lowest = Infinity;
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        out[at] = gx[x]! * gy[y]! * gz[z]!;
        lowest = Math.min(lowest, out[at]!);
      }
    }
  }
  const floor = Math.max(lowest, 1e-3);
  for (let n = 0; n < out.length; n++) if (out[n]! < floor) out[n] = floor;
  return out;
}

/** One map of a whole volume, put together from windows: the weighted mean where they overlap. */
export class StitchedMap {
  private readonly sums: Float32Array;
  private readonly counts: Float32Array;

  /** @param size of the whole map */
  constructor(
    readonly size: Vec3,
    readonly channels: number,
  ) {
    const places = size[0] * size[1] * size[2];
    this.sums = new Float32Array(places * channels);
    this.counts = new Float32Array(places);
  }

  /**
   * @param values [Z, Y, X, C] of a window of `size`
   * @param at its lowest corner
   * @param weights [Z, Y, X]; 1 unless given
   * @throws RangeError where the window does not lie in the map
   */
  add(values: ArrayLike<number>, size: Vec3, at: Vec3, weights?: ArrayLike<number>): void {
    const { channels } = this;
    const [width, height, depth] = size;
    const places = width * height * depth;
    if (
      values.length !== places * channels ||
      (weights && weights.length !== places) ||
      [0, 1, 2].some((d) => at[d]! < 0 || at[d]! + size[d]! > this.size[d]!)
    ) {
      throw new RangeError(`a window of ${size.join(' x ')} at ${at.join(', ')} does not fit`);
    }
    for (let z = 0, from = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        let to = ((at[2] + z) * this.size[1] + at[1] + y) * this.size[0] + at[0];
        for (let x = 0; x < width; x++, from++, to++) {
          const weight = weights ? weights[from]! : 1;
          this.counts[to]! += weight;
          for (let c = 0; c < channels; c++) {
            this.sums[to * channels + c]! += weight * values[from * channels + c]!;
          }
        }
      }
    }
  }

  /** The mean [Z, Y, X, C]; `empty` where no window was. The map is used up: no copy is made, since it may be large. */
  mean(empty = 0): Float32Array {
    const { sums, counts, channels } = this;
    for (let n = 0; n < counts.length; n++) {
      const count = counts[n]!;
      if (count === 1) continue;
      if (count === 0) sums.fill(empty, n * channels, (n + 1) * channels);
      else for (let c = 0; c < channels; c++) sums[n * channels + c]! /= count;
      counts[n] = 1;
    }
    return sums;
  }
}
