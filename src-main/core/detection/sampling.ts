import { background } from './matching-rules';
import { descendingOrder } from './score-order';

/**
 * Which anchors of a picture count in the loss.
 *
 * Shape shorthand: M: anchors; matches [M] as matchAnchors gives them; random: uniform in [0, 1)
 */
export interface SamplingOptions {
  /** Anchors a picture (256 in Ren et al. 2015). */
  readonly batchSize: number;
  /** Most of them that may be foreground, as a share. */
  readonly positiveFraction: number;
}

export interface HardNegativeOptions extends SamplingOptions {
  /** Negatives to take where there are few positives or none; 1 unless given. */
  readonly minNegatives?: number;
  /** Negatives are drawn from this many times as many of the highest scores; 10 unless given. */
  readonly poolSize?: number;
}

/** Indices into M, in no order. */
export interface Sample {
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/** torchvision's BalancedPositiveNegativeSampler: background fills what the foreground leaves of the batch. */
export function sampleBalanced(matches: Int32Array, options: SamplingOptions, random: () => number): Sample {
  const { positives, negatives } = split(matches);
  const positiveCount = Math.min(positives.length, Math.trunc(options.batchSize * options.positiveFraction));
  return {
    positives: drawn(positives, positiveCount, random),
    negatives: drawn(negatives, Math.min(negatives.length, options.batchSize - positiveCount), random),
  };
}

/**
 * MONAI 1.3's HardNegativeSampler: negatives in proportion to the positives taken, drawn from those that score highest.
 * @param scores [M] objectness, probability or logit
 * @throws RangeError where matches and scores differ in number
 */
export function sampleHardNegatives(
  matches: Int32Array,
  scores: ArrayLike<number>,
  options: HardNegativeOptions,
  random: () => number,
): Sample {
  if (matches.length !== scores.length) {
    throw new RangeError(`${scores.length} scores of ${matches.length} anchors`);
  }
  const { batchSize, positiveFraction, minNegatives = 1, poolSize = 10 } = options;
  const { positives, negatives } = split(matches);
  const positiveCount = Math.min(positives.length, Math.trunc(batchSize * positiveFraction));
  const wanted = Math.trunc(Math.max(1, positiveCount) * Math.abs(1 - 1 / positiveFraction));
  const negativeCount = Math.min(negatives.length, Math.max(wanted, minNegatives));
  const hardest = descendingOrder(Float64Array.from(negatives, (m) => scores[m]!));
  const pool = hardest.subarray(0, Math.trunc(negativeCount * poolSize)).map((n) => negatives[n]!);
  return {
    positives: drawn(positives, positiveCount, random),
    negatives: drawn(pool, negativeCount, random),
  };
}

function split(matches: Int32Array): { positives: Int32Array; negatives: Int32Array } {
  return {
    positives: indicesOf(matches, (m) => m >= 0),
    negatives: indicesOf(matches, (m) => m === background),
  };
}

function indicesOf(matches: Int32Array, wanted: (match: number) => boolean): Int32Array {
  const out = new Int32Array(matches.length);
  let count = 0;
  for (let m = 0; m < matches.length; m++) if (wanted(matches[m]!)) out[count++] = m;
  return out.subarray(0, count);
}

/** The first `count` of a random order (Fisher-Yates, as far as needed); shuffles `items`. */
function drawn(items: Int32Array, count: number, random: () => number): Int32Array {
  const length = Math.min(count, items.length);
  for (let n = 0; n < length; n++) {
    const other = n + Math.floor(random() * (items.length - n));
    const item = items[other]!;
    items[other] = items[n]!;
    items[n] = item;
  }
  return items.slice(0, length);
}
