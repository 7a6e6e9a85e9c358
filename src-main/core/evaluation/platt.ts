import { calibrate } from './calibration';
import type { MarkTable } from './mark-table';

/**
 * Platt scaling (Platt 1999, "Probabilistic outputs for support vector machines"; Lin, Lin and Weng 2007): a score becomes
 * the share of such marks that lie on a lesion. Two numbers, so that a few dozen hits are enough to fit it, and strictly
 * rising, so that the order of marks and with it average precision and FROC stay what they were.
 *
 *   calibrated = sigmoid(slope * logit(score) + intercept)
 *
 * Shape shorthand: M: marks that count; I: images
 */
export interface ScoreCalibration {
  /** Above 0. */
  readonly slope: number;
  readonly intercept: number;
}

/** float32 scores below 1 are at most 1 - 2^-24: all of them stay apart. */
const edge = 1e-9;

export const logit = (score: number): number => {
  const p = Math.min(1 - edge, Math.max(edge, score));
  return Math.log(p / (1 - p));
};
export const sigmoid = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));

/** @param score 0..1 as the network gives it @returns 0..1 */
export const calibrateScore = ({ slope, intercept }: ScoreCalibration, score: number): number =>
  sigmoid(slope * logit(score) + intercept);

/** The network's score behind a calibrated one; 0 and 1 stay, so that "no limit" remains one. */
export function uncalibrateScore({ slope, intercept }: ScoreCalibration, calibrated: number): number {
  if (calibrated <= 0 || calibrated >= 1) return calibrated;
  return sigmoid((logit(calibrated) - intercept) / slope);
}

/** Fewer of either tell too little: two numbers would follow the accidents of a handful of marks. */
const leastOfEither = 8;

/**
 * Maximum likelihood by Newton's method on Platt's softened targets, which keep a separable set finite.
 * @param counts which marks to fit on, by their place in the table
 * @returns null where there are fewer than eight hits or misses, a score is no probability, or better scores do not lie on
 *   lesions more often: then no rising curve fits
 */
export function fitPlatt(
  table: MarkTable,
  counts: (mark: number) => boolean = () => true,
): ScoreCalibration | null {
  const marks = [...table.scores.keys()].filter(counts);
  const x = marks.map((m) => logit(table.scores[m]!));
  const hits = marks.reduce((n, m) => n + table.hit[m]!, 0);
  const misses = marks.length - hits;
  if (hits < leastOfEither || misses < leastOfEither) return null;
  if (marks.some((m) => !(table.scores[m]! >= 0 && table.scores[m]! <= 1))) return null;
  const target = marks.map((m) => (table.hit[m] === 1 ? (hits + 1) / (hits + 2) : 1 / (misses + 2)));

  const loss = (a: number, b: number): number =>
    x.reduce((sum, v, n) => {
      const z = a * v + b;
      // log(1 + exp(z)) - t z, without overflow.
      return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target[n]! * z;
    }, 0);
  let [a, b] = [1, 0];
  let best = loss(a, b);
  for (let round = 0; round < 100; round++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (const [n, v] of x.entries()) {
      const p = sigmoid(a * v + b);
      const [error, weight] = [p - target[n]!, p * (1 - p)];
      ga += error * v;
      gb += error;
      haa += weight * v * v;
      hab += weight * v;
      hbb += weight;
    }
    const determinant = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    let step = 1;
    let next = loss(a - da, b - db);
    while (!(next <= best) && step > 1e-8) {
      step /= 2;
      next = loss(a - step * da, b - step * db);
    }
    if (!(next < best - 1e-12)) break;
    [a, b, best] = [a - step * da, b - step * db, next];
  }
  // A slope near 0 says that scores tell nothing; a falling curve would turn the order around.
  return a >= leastSlope && Number.isFinite(b) ? { slope: a, intercept: b } : null;
}

const leastSlope = 0.05;

/** The same marks, their scores calibrated: still falling, every tie still a tie. */
export const calibratedTable = (table: MarkTable, calibration: ScoreCalibration): MarkTable => ({
  ...table,
  scores: table.scores.map((score) => calibrateScore(calibration, score)),
});

/**
 * Every mark scored by a fit that never saw its image (or patient): what calibration gives on new images is measured on
 * these and not on the marks it was fitted to.
 * @param clusterOf [I] what is held out together; left out: each image by itself
 * @returns null where one of the fits fails
 */
export function crossFitted(table: MarkTable, folds = 5, clusterOf?: ArrayLike<number>): MarkTable | null {
  const foldOf = (mark: number): number => (clusterOf?.[table.image[mark]!] ?? table.image[mark]!) % folds;
  const scores = Float64Array.from(table.scores);
  for (let fold = 0; fold < folds; fold++) {
    const fit = fitPlatt(table, (m) => foldOf(m) !== fold);
    if (!fit) return null;
    for (let m = 0; m < scores.length; m++)
      if (foldOf(m) === fold) scores[m] = calibrateScore(fit, table.scores[m]!);
  }
  // Fits of different folds may put marks in another order: tables are sorted.
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  return {
    scores: Float64Array.from(order, (m) => scores[m]!),
    image: Int32Array.from(order, (m) => table.image[m]!),
    hit: Uint8Array.from(order, (m) => table.hit[m]!),
    positives: table.positives,
  };
}

/** What calibration does on a table, for a bundle and its card. */
export interface CalibrationMeasured {
  /** Null where none can be fitted: scores stay the network's. */
  readonly calibration: ScoreCalibration | null;
  readonly marks: number;
  readonly hits: number;
  /** Expected calibration error of the network's scores; null where there is no mark, or scores are no probabilities. */
  readonly errorBefore: number | null;
  /** Of calibrated scores, each by fits on other images; null without a calibration. */
  readonly errorAfter: number | null;
}

/** @param clusterOf as {@link crossFitted} */
export function measureCalibration(table: MarkTable, clusterOf?: ArrayLike<number>): CalibrationMeasured {
  const held = crossFitted(table, 5, clusterOf);
  // Without a cross-fit nobody knows what calibration does on new images: none is claimed.
  const calibration = held && fitPlatt(table);
  const error = (t: MarkTable): number | null => calibrate(t)?.result.expectedCalibrationError ?? null;
  return {
    calibration,
    marks: table.scores.length,
    hits: table.hit.reduce((n, h) => n + h, 0),
    errorBefore: error(table),
    errorAfter: calibration && held ? error(held) : null,
  };
}
