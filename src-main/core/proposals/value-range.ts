import type { VoxelArray } from '../volume/volume';

/**
 * The linear map of a picture's or volume's values to 0..255, clamped. Without a given range: 8-bit values as they are; of others the
 * 0.5th to 99.5th percentile of every 1st to 16th value, so that one metal clip does not flatten everything else.
 */
export function toUnitRange(
  data: VoxelArray,
  range?: readonly [number, number] | undefined,
): (value: number) => number {
  if (!range && data instanceof Uint8Array) return (value) => value;
  const [low, high] = range ?? percentiles(data);
  const scale = high > low ? 255 / (high - low) : 0;
  return (value) => {
    const scaled = (value - low) * scale;
    // A NaN (background of some exports) counts as the lowest value.
    return scaled > 0 ? (scaled < 255 ? scaled : 255) : 0;
  };
}

function percentiles(data: VoxelArray): [number, number] {
  const step = Math.max(1, Math.min(16, Math.floor(data.length / 65_536)));
  const sample = new Float32Array(Math.ceil(data.length / step));
  let count = 0;
  for (let n = 0; n < data.length; n += step) if (Number.isFinite(data[n]!)) sample[count++] = data[n]!;
  const sorted = sample.subarray(0, count).sort();
  if (count === 0) return [0, 0];
  const at = (share: number): number => sorted[Math.round(share * (count - 1))]!;
  return [at(0.005), at(0.995)];
}
