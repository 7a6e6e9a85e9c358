import { averagePrecision, createScratch, type Scratch } from './average-precision';
import { areaRanges, outcome, type AreaRange, type CategoryMatches, type MatchTable } from './coco-matching';

/**
 * COCO's twelve numbers, as pycocotools' COCOeval.accumulate and .summarize compute them.
 *
 * Shape shorthand:
 *   I: images; T: 10 IoU thresholds; H: hits of one category, area and threshold, best first
 */
export const cocoKeys = [
  'AP',
  'AP50',
  'AP75',
  'APsmall',
  'APmedium',
  'APlarge',
  'AR1',
  'AR10',
  'AR100',
  'ARsmall',
  'ARmedium',
  'ARlarge',
] as const;
type CocoKey = (typeof cocoKeys)[number];

/** 0..1, or -1 where the truth holds nothing to find in that range (COCOeval's convention). */
export type CocoMetrics = Record<CocoKey, number>;

const areaNames = Object.keys(areaRanges) as AreaRange[];

/** Precomputed sums over a {@link MatchTable}: `metrics(weights)` costs microseconds to milliseconds. */
export interface CocoSummary {
  /**
   * @param weights [I] how often each image counts; left out, once each. A detection of an image that counts w times
   *   is w equal detections: their order among equals cannot change the precision envelope.
   */
  metrics(weights?: ArrayLike<number>): CocoMetrics;
}

/** What AP needs of one category, area and threshold: detections that count, up to the last hit. */
interface Curve {
  readonly image: Int32Array;
  readonly hit: Uint8Array;
}

interface CategorySums {
  readonly source: CategoryMatches;
  readonly curves: Record<AreaRange, readonly Curve[]>;
  /** Per area (or limit on detections) and threshold: [I] hits, of which recall is made. */
  readonly hits: Record<AreaRange | 'first1' | 'first10', readonly Int32Array[]>;
}

export function summarizeCoco(table: MatchTable): CocoSummary {
  const images = table.imageIds.length;
  const categories = table.categories.map((c) => sumsOf(c, images));
  const once = new Int32Array(images).fill(1);
  const hitCount = Math.max(0, ...categories.map((c) => c.source.scores.length));
  const scratch = createScratch(hitCount);

  return {
    metrics(weights = once) {
      const ap = Object.fromEntries(
        areaNames.map((area) => [area, precisionByThreshold(categories, area, weights, scratch)]),
      ) as Record<AreaRange, number[][]>;
      const ar = (kind: AreaRange | 'first1' | 'first10'): number => meanRecall(categories, kind, weights);
      return {
        AP: mean(ap.all.flat()),
        AP50: mean(ap.all.map((byThreshold) => byThreshold[0]!)),
        AP75: mean(ap.all.map((byThreshold) => byThreshold[5]!)),
        APsmall: mean(ap.small.flat()),
        APmedium: mean(ap.medium.flat()),
        APlarge: mean(ap.large.flat()),
        AR1: ar('first1'),
        AR10: ar('first10'),
        AR100: ar('all'),
        ARsmall: ar('small'),
        ARmedium: ar('medium'),
        ARlarge: ar('large'),
      };
    },
  };
}

/** [category with something to find][T] */
function precisionByThreshold(
  categories: readonly CategorySums[],
  area: AreaRange,
  weights: ArrayLike<number>,
  scratch: Scratch,
): number[][] {
  const rows: number[][] = [];
  for (const category of categories) {
    const positives = dotProduct(category.source.positives[area], weights);
    if (positives > 0)
      rows.push(category.curves[area].map((c) => averagePrecision(c, positives, weights, scratch)));
  }
  return rows;
}

function meanRecall(
  categories: readonly CategorySums[],
  kind: AreaRange | 'first1' | 'first10',
  weights: ArrayLike<number>,
): number {
  const area = kind === 'first1' || kind === 'first10' ? 'all' : kind;
  const values: number[] = [];
  for (const category of categories) {
    const positives = dotProduct(category.source.positives[area], weights);
    if (positives > 0)
      for (const hits of category.hits[kind]) values.push(dotProduct(hits, weights) / positives);
  }
  return mean(values);
}

function sumsOf(source: CategoryMatches, images: number): CategorySums {
  const hitsWithin = (area: AreaRange, limit: number): Int32Array[] =>
    source.outcomes[area].map((outcomes) => {
      const hits = new Int32Array(images);
      outcomes.forEach((o, d) => {
        if (o === outcome.hit && source.rank[d]! < limit) hits[source.imageIndex[d]!]!++;
      });
      return hits;
    });
  return {
    source,
    curves: mapAreas((area) => source.outcomes[area].map((outcomes) => curveOf(outcomes, source.imageIndex))),
    hits: {
      ...mapAreas((area) => hitsWithin(area, Infinity)),
      first1: hitsWithin('all', 1),
      first10: hitsWithin('all', 10),
    },
  };
}

function curveOf(outcomes: Uint8Array, imageIndex: Int32Array): Curve {
  const end = outcomes.lastIndexOf(outcome.hit) + 1;
  const counted: number[] = [];
  for (let d = 0; d < end; d++) if (outcomes[d] !== outcome.ignored) counted.push(d);
  return {
    image: Int32Array.from(counted, (d) => imageIndex[d]!),
    hit: Uint8Array.from(counted, (d) => outcomes[d]!),
  };
}

function mapAreas<T>(make: (area: AreaRange) => T): Record<AreaRange, T> {
  return { all: make('all'), small: make('small'), medium: make('medium'), large: make('large') };
}

function dotProduct(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? -1 : values.reduce((a, b) => a + b, 0) / values.length;
}
