/**
 * Percentile bootstrap over images (Efron 1979): images are drawn with replacement, since marks of one image depend on
 * each other. Shape shorthand: I: images, B: resamples, V: values a statistic returns.
 */
export interface BootstrapOptions {
  readonly resamples?: number;
  readonly seed?: number;
  /** Share of resamples within the interval. */
  readonly level?: number;
}

/**
 * @param statistic [V] from the weights [I] (how often each image was drawn; they sum to I); NaN where it is undefined in
 *   a resample, which then does not count.
 * @returns [V] of [low, high], or null where fewer than half of the resamples defined the value.
 */
export function bootstrapIntervals(
  images: number,
  statistic: (weights: Int32Array) => readonly number[],
  options: BootstrapOptions = {},
): ([number, number] | null)[] {
  const { resamples = 1000, seed = 20_240_501, level = 0.95 } = options;
  const random = mulberry32(seed);
  const values: number[][] = [];
  const weights = new Int32Array(images);
  for (let b = 0; b < resamples; b++) {
    weights.fill(0);
    for (let i = 0; i < images; i++) weights[Math.floor(random() * images)]!++;
    statistic(weights).forEach((value, v) => {
      values[v] ??= [];
      if (!Number.isNaN(value)) values[v].push(value);
    });
  }
  return values.map((sample) => {
    if (sample.length * 2 < resamples) return null;
    sample.sort((a, b) => a - b);
    return [quantile(sample, (1 - level) / 2), quantile(sample, (1 + level) / 2)];
  });
}

/** Linear between order statistics, numpy's default. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}

/** Mulberry32: 32 bits of state are plenty for drawing images, and the same on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
