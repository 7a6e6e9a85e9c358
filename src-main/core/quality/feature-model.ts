/**
 * How far a picture's features lie from those of the training pictures: a Gaussian whose leading K directions are kept
 * and whose others share one variance (Tipping & Bishop 1999, probabilistic PCA), and the Mahalanobis distance under it
 * (Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples").
 *
 * Shape shorthand: N: pictures, D: features, K: kept directions
 */
export interface FeatureModel {
  /** [D] */
  readonly mean: Float32Array;
  /** [D] One over each feature's standard deviation. */
  readonly scale: Float32Array;
  /** [K, D] Orthonormal directions of the scaled features. */
  readonly directions: Float32Array;
  /** [K] Variance along each of them, shrunk towards their mean. */
  readonly variances: Float32Array;
  /** Variance in every other direction. */
  readonly residual: number;
}

/** Share of the mean variance that replaces as much of each direction's own: few pictures make small ones too small. */
const shrinkage = 0.1;
/**
 * Features that hardly vary are not blown up: their deviation counts as at least this share of the typical one. (Those
 * of our networks lie within a factor of four of each other, so that it touches none but dead ones.)
 */
const leastDeviation = 0.2;
/** Of scaled features, whose variance is 1: pictures that are all alike must not make every other one infinitely far. */
const leastResidual = 1e-3;
const rounds = 30;

/** @param rows N of [D]. @param kept K; at most N - 1 and D - 1 are */
export function fitFeatures(rows: readonly Float32Array[], kept: number): FeatureModel {
  const n = rows.length;
  const d = rows[0]!.length;
  const k = Math.max(1, Math.min(kept, n - 1, d - 1));
  const mean = new Float32Array(d);
  for (const row of rows) for (let i = 0; i < d; i++) mean[i]! += row[i]! / n;
  const deviation = new Float64Array(d);
  for (const row of rows) for (let i = 0; i < d; i++) deviation[i]! += (row[i]! - mean[i]!) ** 2 / n;
  for (let i = 0; i < d; i++) deviation[i] = Math.sqrt(deviation[i]!);
  const least = leastDeviation * Math.sqrt(deviation.reduce((sum, v) => sum + v * v, 1e-12) / d);
  const scale = Float32Array.from(deviation, (v) => 1 / Math.max(v, least));
  const covariance = scaledCovariance(rows, mean, scale);
  const { directions, variances } = leadingDirections(covariance, d, k);
  let total = 0;
  for (let i = 0; i < d; i++) total += covariance[i * d + i]!;
  const along = variances.reduce((a, b) => a + b, 0);
  const average = along / k;
  return {
    mean,
    scale,
    directions: Float32Array.from(directions),
    variances: Float32Array.from(variances, (v) => (1 - shrinkage) * v + shrinkage * average),
    residual: Math.max(leastResidual, (total - along) / (d - k)),
  };
}

/**
 * Root mean squares of the deviation within the kept directions and beyond them, each in units of what the training
 * pictures have, summed: about 2 for a training picture.
 */
export function featureDistance(model: FeatureModel, features: ArrayLike<number>): number {
  const { mean, scale, directions, variances, residual } = model;
  const d = mean.length;
  const k = variances.length;
  const z = Float64Array.from(mean, (m, i) => (features[i]! - m) * scale[i]!);
  let rest = 0;
  for (let i = 0; i < d; i++) rest += z[i]! ** 2;
  let inside = 0;
  for (let j = 0; j < k; j++) {
    let p = 0;
    for (let i = 0; i < d; i++) p += directions[j * d + i]! * z[i]!;
    inside += p ** 2 / variances[j]!;
    rest -= p ** 2;
  }
  return Math.sqrt(inside / k) + Math.sqrt(Math.max(0, rest) / ((d - k) * residual));
}

/** [D, D] of the features minus their mean, times their scale. */
function scaledCovariance(
  rows: readonly Float32Array[],
  mean: Float32Array,
  scale: Float32Array,
): Float64Array {
  const d = mean.length;
  const out = new Float64Array(d * d);
  const z = new Float64Array(d);
  for (const row of rows) {
    for (let i = 0; i < d; i++) z[i] = (row[i]! - mean[i]!) * scale[i]!;
    for (let i = 0; i < d; i++) {
      const zi = z[i]! / rows.length;
      for (let j = 0; j <= i; j++) out[i * d + j]! += zi * z[j]!;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) out[j * d + i] = out[i * d + j]!;
  return out;
}

/**
 * Leading eigenvectors of a symmetric matrix by orthogonal iteration (Golub & Van Loan, section 8.2.4): the same start
 * always, so that the same pictures give the same gate.
 */
function leadingDirections(
  matrix: Float64Array,
  d: number,
  k: number,
): { directions: Float64Array; variances: Float64Array } {
  let q: Float64Array = Float64Array.from({ length: k * d }, (_, n) =>
    Math.cos(0.7 * n + (n % d) * (1 + Math.floor(n / d))),
  );
  orthonormalize(q, d, k);
  for (let round = 0; round < rounds; round++) {
    q = times(matrix, q, d, k);
    orthonormalize(q, d, k);
  }
  const moved = times(matrix, q, d, k);
  const variances = Float64Array.from({ length: k }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += q[j * d + i]! * moved[j * d + i]!;
    return Math.max(sum, 1e-9);
  });
  return { directions: q, variances };
}

/** Each of the k rows of q, [K, D], times the matrix. */
function times(matrix: Float64Array, q: Float64Array, d: number, k: number): Float64Array {
  const out = new Float64Array(k * d);
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let m = 0; m < d; m++) sum += matrix[i * d + m]! * q[j * d + m]!;
      out[j * d + i] = sum;
    }
  }
  return out;
}

/** Gram-Schmidt, twice over each row for the digits that the first pass loses. */
function orthonormalize(q: Float64Array, d: number, k: number): void {
  for (let j = 0; j < k; j++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < j; other++) {
        let along = 0;
        for (let i = 0; i < d; i++) along += q[j * d + i]! * q[other * d + i]!;
        for (let i = 0; i < d; i++) q[j * d + i]! -= along * q[other * d + i]!;
      }
    }
    let length = 0;
    for (let i = 0; i < d; i++) length += q[j * d + i]! ** 2;
    length = Math.sqrt(length) || 1;
    for (let i = 0; i < d; i++) q[j * d + i]! /= length;
  }
}
