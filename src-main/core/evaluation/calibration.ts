import { once, type MarkTable } from './mark-table';

/**
 * Does a mark scored 0.8 lie on a lesion four times in five? Over the marks that count, "lies on a lesion" being what the
 * matching called a hit; so a second mark on a found lesion is a miss where the rule says so.
 *
 * Brier score: mean squared difference of score and outcome (Brier 1950). Expected calibration error: mean over bins,
 * weighted by their marks, of |mean score - share of hits| (Naeini et al. 2015), in bins of equal count, since detection
 * scores crowd near 0 and equal-width bins would leave most of them empty.
 *
 * Shape shorthand: M: marks, best score first; B: bins, lowest scores first
 */
export interface CalibrationBin {
  readonly lowestScore: number;
  readonly highestScore: number;
  readonly marks: number;
  readonly meanScore: number;
  /** Share of the marks that hit. */
  readonly precision: number;
  /** 95 % Wilson interval of `precision` (marks taken as independent: a guide to the eye). */
  readonly precision95: readonly [number, number];
}

export interface Calibration {
  readonly brier: number;
  readonly expectedCalibrationError: number;
  readonly bins: readonly CalibrationBin[];
}

/** `[brier, expectedCalibrationError]` of a resample, both NaN where it holds no mark. */
export type CalibrationStatistic = (weights: ArrayLike<number>) => [number, number];

/**
 * @returns null when there is no mark or a score is outside 0..1: such scores are no probabilities, and nothing can be
 *   said about their calibration.
 */
export function calibrate(
  table: MarkTable,
  bins = 10,
): { readonly result: Calibration; readonly statistic: CalibrationStatistic } | null {
  const marks = table.scores.length;
  // Sorted: the ends tell it all.
  if (marks === 0 || table.scores[0]! > 1 || table.scores[marks - 1]! < 0) return null;
  const binOf = assignBins(table.scores, bins);
  const count = binOf[0]! + 1;

  // Summed per image first: a bootstrap then adds up images, of which there are far fewer than marks.
  const images = table.positives.length;
  const [n, score, hits] = [0, 1, 2].map(() => new Float64Array(images * count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const squares = new Float64Array(images);
  for (let m = 0; m < marks; m++) {
    const image = table.image[m]!;
    const cell = image * count + binOf[m]!;
    n[cell]!++;
    score[cell]! += table.scores[m]!;
    hits[cell]! += table.hit[m]!;
    squares[image]! += (table.scores[m]! - table.hit[m]!) ** 2;
  }
  const sums = (weights: ArrayLike<number>) => {
    const bin = { n: new Float64Array(count), score: new Float64Array(count), hits: new Float64Array(count) };
    let brier = 0;
    for (let i = 0; i < images; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      brier += weight * squares[i]!;
      for (let b = 0; b < count; b++) {
        const cell = i * count + b;
        bin.n[b]! += weight * n[cell]!;
        bin.score[b]! += weight * score[cell]!;
        bin.hits[b]! += weight * hits[cell]!;
      }
    }
    const total = bin.n.reduce((a, b) => a + b, 0);
    const error = bin.n.reduce((sum, _, b) => sum + Math.abs(bin.score[b]! - bin.hits[b]!), 0);
    return { ...bin, brier: brier / total, error: error / total };
  };

  const whole = sums(once(table));
  const low = new Float64Array(count).fill(Infinity);
  const high = new Float64Array(count).fill(-Infinity);
  table.scores.forEach((s, m) => {
    low[binOf[m]!] = Math.min(low[binOf[m]!]!, s);
    high[binOf[m]!] = Math.max(high[binOf[m]!]!, s);
  });
  return {
    result: {
      brier: whole.brier,
      expectedCalibrationError: whole.error,
      bins: Array.from({ length: count }, (_, b) => ({
        lowestScore: low[b]!,
        highestScore: high[b]!,
        marks: whole.n[b]!,
        meanScore: whole.score[b]! / whole.n[b]!,
        precision: whole.hits[b]! / whole.n[b]!,
        precision95: wilson(whole.hits[b]!, whole.n[b]!),
      })),
    },
    statistic: (weights) => {
      const { brier, error } = sums(weights);
      return [brier, error];
    },
  };
}

/** [M] bin of each mark, lowest scores in bin 0. Equal scores stay together, so that the order of marks is no matter. */
function assignBins(scores: Float64Array, bins: number): Int32Array {
  const marks = scores.length;
  const binOf = new Int32Array(marks);
  let bin = 0;
  let wanted = marks / bins;
  for (let place = 0; place < marks; place++) {
    const m = marks - 1 - place;
    if (place > 0 && place >= Math.round(wanted) && scores[m] !== scores[m + 1]) {
      bin++;
      while (Math.round(wanted) <= place) wanted += marks / bins;
    }
    binOf[m] = bin;
  }
  return binOf;
}

/** Wilson (1927) score interval. */
function wilson(hits: number, n: number): [number, number] {
  const z = 1.959964;
  const p = hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
