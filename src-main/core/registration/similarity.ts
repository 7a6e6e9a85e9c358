import { lpsToIjk } from '../geometry/affine';
import type { Vec3 } from '../geometry/vec3';
import type { RegistrationImage } from './registration-image';
import { applyRigid, type RigidTransform } from './rigid-transform';

/** How well a transform fits. */
export interface Fit {
  readonly transform: RigidTransform;
  readonly similarity: number;
  readonly overlap: number;
  /** What is climbed: the similarity, less where little of the body is in both. */
  readonly score: number;
}

/** Normal equations of one Gauss-Newton step: three turns (times {@link Matcher.leverMm}, mm), then three shifts (mm). */
interface Linearised {
  /** 6 x 6, row by row. */
  readonly matrix: readonly number[];
  readonly gradient: readonly number[];
  /** Turns are round this point of the moving volume. */
  readonly about: Vec3;
}

export interface Matcher {
  /** @param every looks at each n-th point only */
  judge(transform: RigidTransform, every?: number): Fit;
  /** Null where too little is in both. */
  linearise(transform: RigidTransform): Linearised | null;
  /** A turn of 1 / lever radians moves the body by about 1 mm: turns and shifts are steps of one size then. */
  readonly leverMm: number;
}

/** More say no more, and take longer. */
const mostPoints = 40_000;
const fewestPoints = 200;
/** Overlap at and above which it costs nothing. */
const enoughOverlap = 0.7;

/** Compares two images of one level at points of the fixed one's body. */
export function createMatcher(fixed: RegistrationImage, moving: RegistrationImage): Matcher {
  const { geometry } = moving;
  const [nx, ny, nz] = geometry.dims;
  const { values, body } = moving;
  const plane = nx * ny;
  const mm = geometry.spacing[0];
  const { points, known, fixedCount } = pointsOf(fixed);
  const movingCount = count(body) * mm ** 3;
  const fixedMm3 = fixedCount * fixed.geometry.spacing[0] ** 3;
  /** Each point stands for so much of the body. */
  const share = fixedMm3 / Math.max(1, known.length);
  const center = meanOf(points);
  const leverMm = 100;

  /** Grids lie along the patient's axes: ijk = (lps - origin) / mm. */
  const ijkOf = (transform: RigidTransform) => {
    const { rotation, translation } = transform;
    const start = lpsToIjk(geometry, translation);
    return { start, rows: rotation.map((row) => row.map((v) => v / mm)) as unknown as readonly Vec3[] };
  };

  /** Calls back for each point that both show, with both values and the moving one's slope (per mm). */
  function visit(
    transform: RigidTransform,
    every: number,
    see: (n: number, f: number, m: number, gx: number, gy: number, gz: number) => void,
  ): number {
    const { start, rows } = ijkOf(transform);
    const [r0, r1, r2] = rows as [Vec3, Vec3, Vec3];
    let seen = 0;
    for (let n = 0; n < known.length; n += every) {
      const [x, y, z] = [points[3 * n]!, points[3 * n + 1]!, points[3 * n + 2]!];
      const i = start[0] + r0[0] * x + r0[1] * y + r0[2] * z;
      const j = start[1] + r1[0] * x + r1[1] * y + r1[2] * z;
      const k = start[2] + r2[0] * x + r2[1] * y + r2[2] * z;
      if (!(i >= 0 && j >= 0 && k >= 0 && i < nx - 1 && j < ny - 1 && k < nz - 1)) continue;
      const [i0, j0, k0] = [Math.floor(i), Math.floor(j), Math.floor(k)];
      const [u, v, w] = [i - i0, j - j0, k - k0];
      const at = i0 + j0 * nx + k0 * plane;
      const a = values[at]!;
      const b = values[at + 1]!;
      const c = values[at + nx]!;
      const d = values[at + nx + 1]!;
      const e = values[at + plane]!;
      const f = values[at + plane + 1]!;
      const g = values[at + plane + nx]!;
      const h = values[at + plane + nx + 1]!;
      const [ab, cd, ef, gh] = [a + u * (b - a), c + u * (d - c), e + u * (f - e), g + u * (h - g)];
      const [near, far] = [ab + v * (cd - ab), ef + v * (gh - ef)];
      const dx = (1 - w) * ((1 - v) * (b - a) + v * (d - c)) + w * ((1 - v) * (f - e) + v * (h - g));
      const dy = (1 - w) * (cd - ab) + w * (gh - ef);
      seen++;
      see(n, known[n]!, near + w * (far - near), dx / mm, dy / mm, (far - near) / mm);
    }
    return seen;
  }

  function sums(transform: RigidTransform, every: number) {
    let [f1, m1, ff, mm2, fm] = [0, 0, 0, 0, 0];
    const seen = visit(transform, every, (_, f, m) => {
      f1 += f;
      m1 += m;
      ff += f * f;
      mm2 += m * m;
      fm += f * m;
    });
    const n = Math.max(1, seen);
    const covariance = fm / n - (f1 / n) * (m1 / n);
    const varF = ff / n - (f1 / n) ** 2;
    const varM = mm2 / n - (m1 / n) ** 2;
    return { seen, meanF: f1 / n, meanM: m1 / n, covariance, varF, varM };
  }

  return {
    leverMm,
    judge(transform, every = 1) {
      const { seen, covariance, varF, varM } = sums(transform, every);
      const overlap = Math.min(1, (seen * every * share) / Math.max(1, Math.min(fixedMm3, movingCount)));
      const enough = seen * every >= fewestPoints && varF > 1e-9 && varM > 1e-9;
      const similarity = enough ? covariance / Math.sqrt(varF * varM) : 0;
      const score = similarity * Math.sqrt(Math.min(1, overlap / enoughOverlap));
      return { transform, similarity, overlap, score };
    },
    linearise(transform) {
      const { seen, meanF, meanM, covariance, varM } = sums(transform, 1);
      if (seen < fewestPoints || !(varM > 1e-9)) return null;
      // f is best told from m by this line.
      const slope = covariance / varM;
      const about = applyRigid(transform, center);
      const matrix = new Array<number>(36).fill(0);
      const gradient = new Array<number>(6).fill(0);
      const row = new Float64Array(6);
      const { rotation, translation } = transform;
      visit(transform, 1, (n, f, m, gx, gy, gz) => {
        const residual = f - meanF - slope * (m - meanM);
        const [x, y, z] = [points[3 * n]!, points[3 * n + 1]!, points[3 * n + 2]!];
        const [px, py, pz] = rotation.map(
          (r, a) => r[0] * x + r[1] * y + r[2] * z + translation[a]! - about[a]!,
        ) as [number, number, number];
        row[0] = (slope * (gz * py - gy * pz)) / leverMm;
        row[1] = (slope * (gx * pz - gz * px)) / leverMm;
        row[2] = (slope * (gy * px - gx * py)) / leverMm;
        row[3] = slope * gx;
        row[4] = slope * gy;
        row[5] = slope * gz;
        for (let p = 0; p < 6; p++) {
          const value = row[p]!;
          gradient[p]! += value * residual;
          for (let q = p; q < 6; q++) matrix[p * 6 + q]! += value * row[q]!;
        }
      });
      for (let p = 0; p < 6; p++) for (let q = 0; q < p; q++) matrix[p * 6 + q] = matrix[q * 6 + p]!;
      return { matrix, gradient, about };
    },
  };
}

/** Points of the body, LPS mm, three numbers each, and the values there. */
function pointsOf({ geometry, values, body }: RegistrationImage) {
  const [nx, ny] = geometry.dims;
  const fixedCount = count(body);
  const every = Math.max(1, fixedCount / mostPoints);
  const points: number[] = [];
  const known: number[] = [];
  let next = 0;
  let met = 0;
  const mm = geometry.spacing[0];
  for (let n = 0; n < body.length; n++) {
    if (!body[n]) continue;
    if (met++ < next) continue;
    // Not a whole number of voxels apart: no lattice of its own.
    next += every;
    const at: Vec3 = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
    for (let a = 0; a < 3; a++) points.push(geometry.origin[a]! + at[a]! * mm);
    known.push(values[n]!);
  }
  return { points: Float64Array.from(points), known: Float32Array.from(known), fixedCount };
}

function count(body: Uint8Array): number {
  let sum = 0;
  for (let n = 0; n < body.length; n++) sum += body[n]!;
  return sum;
}

function meanOf(points: Float64Array): Vec3 {
  const sum = [0, 0, 0];
  points.forEach((v, n) => (sum[n % 3]! += v));
  const n = Math.max(1, points.length / 3);
  return [sum[0]! / n, sum[1]! / n, sum[2]! / n];
}
