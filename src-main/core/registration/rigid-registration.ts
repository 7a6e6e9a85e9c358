import { ijkToLps } from '../geometry/affine';
import { subtract, type Vec3 } from '../geometry/vec3';
import { gradientAgreement } from './gradient-agreement';
import type { OnStep, RegistrationImage } from './registration-image';
import { invertRigid, nudged, shiftBy, type RigidTransform } from './rigid-transform';
import { createMatcher, type Fit, type Matcher } from './similarity';

/**
 * The rigid movement that lays an earlier volume of a patient over the current one: first the shift that fits best among
 * many, then Gauss-Newton steps at 8, 4 and 2 mm (Levenberg-Marquardt damping) on how well one volume's values are told from
 * the other's, by a line between two CTs and by any curve else ({@link Relation}; Hill DLG et al., Phys Med Biol
 * 2001;46:R1-R45, describe the family).
 */
export interface Registration {
  /** From the current ("fixed") examination to the earlier ("moving") one. */
  readonly transform: RigidTransform;
  /** Of the values over what both show of the inside of the body: correlation between CTs, else the correlation ratio's root. */
  readonly similarity: number;
  /** Whether borders lie on each other ({@link gradientAgreement}). */
  readonly agreement: number;
  /** The part of the smaller body that both show, 0 to 1. */
  readonly overlap: number;
  /** Good enough to look up a place in it: {@link limitsOf}. */
  readonly fits: boolean;
}

/**
 * Below, the two do not show the same part of the same body: half-way between what bench/registration.mjs measures of one
 * patient who breathed otherwise, or in another sequence, and of other patients or a mirrored one (docs/benchmarks.md).
 * Borders of a trunk that breathes do not lie on each other to 2 mm, so there the level before the finest is looked at.
 */
const limitsOf = {
  ct: { similarity: 0.5, agreement: 0.55, borders: { steepest: 0.15, signed: true }, coarser: 1 },
  other: { similarity: 0.4, agreement: 0.5, borders: { steepest: 0.5, signed: false }, coarser: 0 },
} as const;
const leastOverlap = 0.3;

const mostSteps = 25;
/** Of each start, before most are given up. */
const firstSteps = 4;
/** mm or radians-times-lever below which nothing that matters moves any more. */
const converged = 0.005;
const candidatesKept = 6;

/** @param fixed, moving coarse to fine ({@link registrationPyramid}), as many of each */
export async function registerRigid(
  fixed: readonly RegistrationImage[],
  moving: readonly RegistrationImage[],
  onStep: OnStep = () => undefined,
): Promise<Registration> {
  if (fixed.length === 0) throw new RangeError('a pyramid has a level');
  const ct = isCt(fixed) && isCt(moving);
  if (ct) return judged(fixed, moving, await climbed(fixed, moving, onStep));
  // A value may stand for two tissues in one sequence, and for one in the other: only one way is there a curve then.
  const there = await climbed(fixed, moving, (fraction) => onStep(fraction / 2));
  const back = await climbed(moving, fixed, (fraction) => onStep(0.5 + fraction / 2));
  const both = [there, invertRigid(back)].map((transform) => judged(fixed, moving, transform));
  return both.reduce((a, b) => (b.agreement > a.agreement ? b : a));
}

const isCt = (pyramid: readonly RegistrationImage[]): boolean => pyramid[0]!.modality === 'CT';

/** The best that is found, from coarse to fine. */
async function climbed(
  fixed: readonly RegistrationImage[],
  moving: readonly RegistrationImage[],
  onStep: OnStep,
): Promise<RigidTransform> {
  const skin = isCt(fixed) && isCt(moving);
  const [coarse, ...finer] = fixed.map((image, n) =>
    // The skin of one sequence is a mixture with air that no curve tells from the other's.
    createMatcher(n === 0 || skin ? image : { ...image, body: image.inside }, moving[n]!),
  );
  await onStep(0);
  const starts = startingShifts(coarse!, fixed[0]!, moving[0]!);
  const tried: Fit[] = [];
  for (const [n, start] of starts.entries()) {
    tried.push(refine(coarse!, start, firstSteps));
    await onStep(0.1 + (0.3 * (n + 1)) / starts.length);
  }
  const better = tried.sort((a, b) => b.score - a.score).slice(0, 2);
  const refined = better.map((fit) => refine(coarse!, fit.transform));
  let best = refined.reduce((a, b) => (b.score > a.score ? b : a));
  await onStep(0.5);
  for (const [n, matcher] of finer.entries()) {
    best = refine(matcher, best.transform);
    await onStep(0.5 + (0.5 * (n + 1)) / finer.length);
  }
  return best.transform;
}

function judged(
  fixed: readonly RegistrationImage[],
  moving: readonly RegistrationImage[],
  transform: RigidTransform,
): Registration {
  const finest = fixed.length - 1;
  const { overlap } = createMatcher(fixed[finest]!, moving[finest]!).judge(transform);
  const inside = createMatcher({ ...fixed[finest]!, body: fixed[finest]!.inside }, moving[finest]!);
  const { similarity } = inside.judge(transform);
  const { borders, coarser, ...least } = isCt(fixed) && isCt(moving) ? limitsOf.ct : limitsOf.other;
  const level = Math.max(0, finest - coarser);
  const agreement = gradientAgreement(fixed[level]!, moving[level]!, transform, borders);
  const alike = similarity >= least.similarity && agreement >= least.agreement;
  return { transform, similarity, agreement, overlap, fits: alike && overlap >= leastOverlap };
}

/** The best of many shifts: where scanners count from differs, and so does what part of the body was scanned. */
function startingShifts(
  matcher: Matcher,
  fixed: RegistrationImage,
  moving: RegistrationImage,
): RigidTransform[] {
  const [from, to] = [bodyBox(fixed), bodyBox(moving)];
  const centred = subtract(to.center, from.center);
  const reach = (from.size[2] + to.size[2]) / 2;
  const step = 2 * fixed.geometry.spacing[0];
  const shifts: Vec3[] = [[0, 0, 0]];
  for (let z = -reach; z <= reach; z += step)
    for (const x of [-2, -1, 0, 1, 2])
      for (const y of [-2, -1, 0, 1, 2])
        shifts.push([centred[0] + x * step, centred[1] + y * step, centred[2] + z]);
  const ranked = shifts
    .map((shift) => ({ shift, score: matcher.judge(shiftBy(shift), 6).score }))
    .sort((a, b) => b.score - a.score);
  const kept: Vec3[] = [];
  for (const { shift } of ranked) {
    if (kept.length === candidatesKept) break;
    if (kept.every((k) => Math.hypot(...subtract(k, shift)) > 1.5 * step)) kept.push(shift);
  }
  return kept.map(shiftBy);
}

function bodyBox({ geometry, body }: RegistrationImage): { center: Vec3; size: Vec3 } {
  const [nx, ny] = geometry.dims;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  body.forEach((v, n) => {
    if (!v) return;
    const at = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
    for (let a = 0; a < 3; a++) {
      low[a] = Math.min(low[a]!, at[a]!);
      high[a] = Math.max(high[a]!, at[a]!);
    }
  });
  if (low[0] === Infinity) return { center: geometry.origin, size: [0, 0, 0] };
  const center = ijkToLps(geometry, [0, 1, 2].map((a) => (low[a]! + high[a]!) / 2) as unknown as Vec3);
  const size = [0, 1, 2].map((a) => (high[a]! - low[a]!) * geometry.spacing[a]!) as unknown as Vec3;
  return { center, size };
}

/** Gauss-Newton steps from a start, each taken only where it fits better. */
function refine(matcher: Matcher, start: RigidTransform, steps = mostSteps): Fit {
  let best = matcher.judge(start);
  let damping = 1e-3;
  for (let n = 0; n < steps; n++) {
    const system = matcher.linearise(best.transform);
    if (!system) return best;
    let taken = false;
    while (!taken && damping < 1e4) {
      const step = solve(system.matrix, system.gradient, damping);
      if (!step) return best;
      const [a, b, c, x, y, z] = step;
      const lever = matcher.leverMm;
      const turn: Vec3 = [a / lever, b / lever, c / lever];
      const next = matcher.judge(nudged(best.transform, turn, system.about, [x, y, z]));
      taken = next.score > best.score;
      if (taken) {
        best = next;
        damping = Math.max(1e-6, damping / 10);
        if (Math.hypot(...step) < converged) return best;
      } else damping *= 10;
    }
    if (!taken) return best;
  }
  return best;
}

type Six = [number, number, number, number, number, number];

/** (A + damping diag A) x = g by elimination with pivots; null where it has no one answer. */
function solve(matrix: readonly number[], gradient: readonly number[], damping: number): Six | null {
  const rows = gradient.map((g, i) => [
    ...gradient.map((_, j) => matrix[i * 6 + j]! * (i === j ? 1 + damping : 1)),
    g,
  ]);
  for (let c = 0; c < 6; c++) {
    let pivot = c;
    for (let r = c + 1; r < 6; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const head = rows[c]!;
    if (!(Math.abs(head[c]!) > 1e-12)) return null;
    for (let r = 0; r < 6; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / head[c]!;
      for (let k = c; k < 7; k++) rows[r]![k]! -= factor * head[k]!;
    }
  }
  return rows.map((row, n) => row[6]! / row[n]!) as Six;
}
