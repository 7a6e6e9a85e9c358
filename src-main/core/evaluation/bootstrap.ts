import { seededRandom } from '../seeded-random';

/**
 * Percentile bootstrap (Efron 1979) over images, or over patients where several images are of one: what is drawn with
 * replacement must be independent, and the marks of one image, and the images of one patient, are not.
 * Shape shorthand: I: images, K: clusters (patients), B: resamples, V: values a statistic returns.
 */
export interface BootstrapOptions {
  readonly resamples?: number;
  readonly seed?: number;
  /** Share of resamples within the interval. */
  readonly level?: number;
  /** [I] cluster of each image, 0 .. K - 1: whole clusters are drawn, K of them. Left out: each image is its own. */
  readonly clusterOf?: ArrayLike<number> | undefined;
}

/**
 * @param statistic [V] from the weights [I] (how often each image was drawn); NaN where it is undefined in a resample,
 *   which then does not count.
 * @returns [V] of [low, high], or null where fewer than half of the resamples defined the value.
 */
export function bootstrapIntervals(
  images: number,
  statistic: (weights: Int32Array) => readonly number[],
  options: BootstrapOptions = {},
): ([number, number] | null)[] {
  const { resamples = 1000, seed = 20_240_501, level = 0.95, clusterOf } = options;
  const random = seededRandom(seed);
  const values: number[][] = [];
  let clusters = images;
  if (clusterOf) {
    clusters = 0;
    for (let i = 0; i < images; i++) clusters = Math.max(clusters, clusterOf[i]! + 1);
  }
  const drawn = new Int32Array(clusters);
  const weights = clusterOf ? new Int32Array(images) : drawn;
  for (let b = 0; b < resamples; b++) {
    drawn.fill(0);
    for (let k = 0; k < clusters; k++) drawn[Math.floor(random() * clusters)]!++;
    if (clusterOf) for (let i = 0; i < images; i++) weights[i] = drawn[clusterOf[i]!]!;
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

/**
 * [I] cluster of each image from its label; an image without one is a cluster of its own. Undefined when no image has a
 * label, or every label is used once: then images are what is drawn.
 */
export function clustersOf(labels: readonly (string | number | undefined)[]): Int32Array | undefined {
  const index = new Map<string | number, number>();
  let next = 0;
  const clusterOf = Int32Array.from(labels, (label) => {
    if (label === undefined) return next++;
    const known = index.get(label);
    if (known !== undefined) return known;
    index.set(label, next);
    return next++;
  });
  return next === labels.length ? undefined : clusterOf;
}

/** {@link bootstrapIntervals} of values that have names; a value of -1 (nothing to find) is undefined, and so left out. */
export function namedIntervals(
  images: number,
  names: readonly string[],
  statistic: (weights: Int32Array) => readonly number[],
  options?: BootstrapOptions,
): Record<string, [number, number]> {
  const intervals = bootstrapIntervals(
    images,
    (weights) => statistic(weights).map((v) => (v < 0 ? NaN : v)),
    options,
  );
  return Object.fromEntries(
    names.flatMap((name, n) => {
      const interval = intervals[n];
      return interval ? [[name, interval]] : [];
    }),
  );
}

/** Linear between order statistics, numpy's default. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
