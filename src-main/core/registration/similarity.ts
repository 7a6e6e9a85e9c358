import type { Vec3 } from '../geometry/vec3';
import { count, pointsOf, visitPoints } from './body-points';
import type { RegistrationImage } from './registration-image';
import { curveFit, lineFit, type Relation } from './relation';
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

const fewestPoints = 200;
/** Overlap at and above which it costs nothing. */
const enoughOverlap = 0.7;

/** Compares two images of one level at points of the fixed one's body. */
export function createMatcher(fixed: RegistrationImage, moving: RegistrationImage): Matcher {
  const { points, values: known, bodyCount: fixedCount } = pointsOf(fixed);
  const movingCount = count(moving.body) * moving.geometry.spacing[0] ** 3;
  const fixedMm3 = fixedCount * fixed.geometry.spacing[0] ** 3;
  /** Each point stands for so much of the body. */
  const share = fixedMm3 / Math.max(1, known.length);
  const center = meanOf(points);
  const leverMm = 100;

  const visit = (
    transform: RigidTransform,
    every: number,
    see: (n: number, f: number, m: number, gx: number, gy: number, gz: number) => void,
  ): number =>
    visitPoints(points, moving, transform, every, (n, m, gx, gy, gz) => see(n, known[n]!, m, gx, gy, gz));

  /** Between CTs values mean alike; between MR series of two kinds what is bright in one may be dark in the other. */
  const newFit = fixed.modality === 'CT' && moving.modality === 'CT' ? lineFit : curveFit;

  function relate(transform: RigidTransform, every: number): { seen: number; relation: Relation } {
    const fit = newFit();
    const seen = visit(transform, every, (_, f, m) => fit.add(f, m));
    return { seen, relation: fit.end() };
  }

  return {
    leverMm,
    judge(transform, every = 1) {
      const { seen, relation } = relate(transform, every);
      const overlap = Math.min(1, (seen * every * share) / Math.max(1, Math.min(fixedMm3, movingCount)));
      const similarity = seen * every >= fewestPoints ? relation.similarity : 0;
      const score = similarity * Math.sqrt(Math.min(1, overlap / enoughOverlap));
      return { transform, similarity, overlap, score };
    },
    linearise(transform) {
      const { seen, relation } = relate(transform, 1);
      if (seen < fewestPoints || !relation.varied) return null;
      const about = applyRigid(transform, center);
      const matrix = new Array<number>(36).fill(0);
      const gradient = new Array<number>(6).fill(0);
      const row = new Float64Array(6);
      const { rotation, translation } = transform;
      visit(transform, 1, (n, f, m, gx, gy, gz) => {
        const residual = f - relation.expected(m);
        const slope = relation.slope(m);
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

function meanOf(points: Float64Array): Vec3 {
  const sum = [0, 0, 0];
  points.forEach((v, n) => (sum[n % 3]! += v));
  const n = Math.max(1, points.length / 3);
  return [sum[0]! / n, sum[1]! / n, sum[2]! / n];
}
