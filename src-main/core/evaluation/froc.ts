import { once, weighted, type MarkTable } from './mark-table';

/**
 * Free-response ROC: what share of the lesions is found, at how many false marks an image.
 *
 * What is a hit and what a false mark was decided by the matching that made the table. Images without a lesion count
 * like any other. Every distinct score is a point of the curve, which begins in (0, 0); between points it is interpolated
 * linearly, as in the LUNA16 challenge's script (Setio et al. 2017); beyond its last point it stays level.
 *
 * Shape shorthand: I: images; M: marks, best score first; P: points, one a distinct score; R: rates asked for
 */
export interface FrocPoint {
  /** Marks scoring at least this are shown. */
  readonly threshold: number;
  readonly fpPerImage: number;
  readonly sensitivity: number;
}

/** The false positives an image at which the project reports sensitivity on pictures. */
export const frocRates = [0.25, 0.5, 1, 2, 4, 8] as const;

/** The false positives a scan of LUNA16; their mean sensitivity is the competition performance metric (CPM). */
export const cpmRates = [0.125, 0.25, 0.5, 1, 2, 4, 8] as const;

export interface Froc {
  /** @param weights [I] how often each image counts; left out, once each. Empty when there is no lesion. */
  curve(weights?: ArrayLike<number>): FrocPoint[];
  /** [R] sensitivity at each of `rates`; -1 when there is no lesion. */
  sensitivityAt(rates: readonly number[], weights?: ArrayLike<number>): number[];
}

export function froc(table: MarkTable): Froc {
  const { scores, image, hit } = table;
  const marks = scores.length;

  return {
    curve(weights = once(table)) {
      const { images, lesions } = weighted(table, weights);
      const points: FrocPoint[] = [];
      if (lesions === 0) return points;
      let hits = 0;
      let misses = 0;
      for (let m = 0; m < marks; m++) {
        if (hit[m] === 1) hits += weights[image[m]!]!;
        else misses += weights[image[m]!]!;
        if (m + 1 < marks && scores[m + 1] === scores[m]) continue;
        points.push({ threshold: scores[m]!, fpPerImage: misses / images, sensitivity: hits / lesions });
      }
      return points;
    },

    // No points are made here: a bootstrap calls this a thousand times, and most of a curve lies beyond the last rate.
    sensitivityAt(rates, weights = once(table)) {
      const { images, lesions } = weighted(table, weights);
      const result = rates.map(() => -1);
      if (lesions === 0) return result;
      const rising = [...rates.keys()].sort((a, b) => rates[a]! - rates[b]!);
      let next = 0;
      let hits = 0;
      let misses = 0;
      let x0 = 0;
      let y0 = 0;
      for (let m = 0; m < marks && next < rising.length; m++) {
        if (hit[m] === 1) hits += weights[image[m]!]!;
        else misses += weights[image[m]!]!;
        if (m + 1 < marks && scores[m + 1] === scores[m]) continue;
        const x = misses / images;
        const y = hits / lesions;
        while (next < rising.length && x > rates[rising[next]!]!) {
          result[rising[next]!] = y0 + ((y - y0) * (rates[rising[next]!]! - x0)) / (x - x0);
          next++;
        }
        x0 = x;
        y0 = y;
      }
      for (; next < rising.length; next++) result[rising[next]!] = y0;
      return result;
    },
  };
}

/** Mean, or -1 where one is -1 (nothing to find): of the sensitivities at {@link cpmRates} it is the CPM. */
export function meanOf(values: readonly number[]): number {
  if (values.length === 0 || values.some((v) => v < 0)) return -1;
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** {"0.125": ..., "8": ...} */
export const byRate = (rates: readonly number[], values: readonly number[]): Record<string, number> =>
  Object.fromEntries(rates.map((rate, r) => [String(rate), values[r]!]));
