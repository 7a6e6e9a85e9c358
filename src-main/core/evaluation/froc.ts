import { outcome, type MatchTable } from './coco-matching';

/**
 * Free-response ROC: what share of the lesions is found, at how many false marks an image.
 *
 * The rule: a mark is a hit when its box and a lesion's overlap with IoU >= 0.5, each lesion hit at most once, the
 * higher-scoring mark first (the matching of coco-matching.ts over all sizes). Every other mark is a false positive, also
 * a second one on a lesion already hit: a reader has to dismiss it. Marks on crowd regions count for nothing. Categories
 * are pooled, each matched within itself. Images without a lesion count like any other. Every distinct score is a point of
 * the curve, which begins in (0, 0); between points it is interpolated linearly, as in the LUNA16 challenge's script
 * (Setio et al. 2017); beyond its last point it stays level.
 *
 * Shape shorthand: I: images; M: marks, best score first; P: points, one a distinct score
 */
export interface FrocPoint {
  /** Marks scoring at least this are shown. */
  readonly threshold: number;
  readonly fpPerImage: number;
  readonly sensitivity: number;
}

/** The false positives an image at which the project reports sensitivity. */
export const frocRates = [0.25, 0.5, 1, 2, 4, 8] as const;

export interface Froc {
  /** @param weights [I] how often each image counts; left out, once each. Empty when there is no lesion. */
  curve(weights?: ArrayLike<number>): FrocPoint[];
  /** Sensitivity at each of `rates`; -1 when there is no lesion. */
  sensitivityAt(rates: readonly number[], weights?: ArrayLike<number>): number[];
}

export function froc(table: MatchTable): Froc {
  const marks = table.categories.flatMap((c) =>
    [...c.scores].flatMap((score, d) => {
      const o = c.outcomes.all[0]![d];
      return o === outcome.ignored ? [] : [{ score, image: c.imageIndex[d]!, hit: o === outcome.hit }];
    }),
  );
  marks.sort((a, b) => b.score - a.score);
  const once = new Int32Array(table.imageIds.length).fill(1);

  const curve = (weights: ArrayLike<number> = once): FrocPoint[] => {
    let images = 0;
    let lesions = 0;
    for (let i = 0; i < once.length; i++) {
      images += weights[i]!;
      for (const c of table.categories) lesions += weights[i]! * c.positives.all[i]!;
    }
    if (lesions === 0) return [];
    const points: FrocPoint[] = [];
    let hits = 0;
    let misses = 0;
    marks.forEach((mark, m) => {
      if (mark.hit) hits += weights[mark.image]!;
      else misses += weights[mark.image]!;
      if (marks[m + 1]?.score === mark.score) return;
      points.push({ threshold: mark.score, fpPerImage: misses / images, sensitivity: hits / lesions });
    });
    return points;
  };

  return {
    curve,
    sensitivityAt(rates, weights = once) {
      const points = curve(weights);
      const lesions = table.categories.some((c) => c.positives.all.some((n, i) => n * weights[i]! > 0));
      return rates.map((rate) => (lesions ? interpolate(points, rate) : -1));
    },
  };
}

function interpolate(points: readonly FrocPoint[], rate: number): number {
  let x0 = 0;
  let y0 = 0;
  for (const { fpPerImage, sensitivity } of points) {
    if (fpPerImage > rate) return y0 + ((sensitivity - y0) * (rate - x0)) / (fpPerImage - x0);
    x0 = fpPerImage;
    y0 = sensitivity;
  }
  return y0;
}
