import { box2Iou, type Box2 } from '../geometry/box';

/**
 * A picture and its mirror image were both read: what both saw in one place becomes one box.
 *
 * Shape shorthand: N, M: boxes of the plain and of the mirrored reading, each best first; K: those that are left
 */
export interface ReadBox {
  readonly box: Box2;
  readonly score: number;
  /** Index into the labels. */
  readonly classIndex: number;
  /** By label, where there are several. */
  readonly classScores?: readonly number[] | undefined;
}

export interface AveragedBox extends ReadBox {
  /** Index into N; null: only the mirrored reading saw it. */
  readonly plain: number | null;
  /** Index into M; null: only the plain reading saw it. */
  readonly mirrored: number | null;
}

/** Two boxes with at least this overlap are of one thing. */
const sameThing = 0.5;

/**
 * Score: the mean of both readings, 0 where one saw nothing; box: the mean of both, by their scores.
 * @param mirrored in the coordinates of the plain picture
 * @returns [K] with scores of at least `minScore`, best first, at most `limit`
 */
export function averageFlips(
  plain: readonly ReadBox[],
  mirrored: readonly ReadBox[],
  { minScore, limit }: { readonly minScore: number; readonly limit: number },
): AveragedBox[] {
  // By overlap alone, so that a picture and its mirror image pair alike.
  const pairs = plain
    .flatMap((a, n) => mirrored.map((b, m) => ({ n, m, overlap: box2Iou(a.box, b.box) })))
    .filter((p) => p.overlap >= sameThing)
    .sort((p, q) => q.overlap - p.overlap);
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  for (const { n, m } of pairs) {
    if (partner.has(n) || taken.has(m)) continue;
    partner.set(n, m);
    taken.add(m);
  }
  const averaged = plain.map((a, n): AveragedBox => {
    const m = partner.get(n);
    if (m === undefined) return { ...a, score: a.score / 2, plain: n, mirrored: null };
    return { ...meanOf(a, mirrored[m]!), plain: n, mirrored: m };
  });
  mirrored.forEach((b, m) => {
    if (!taken.has(m)) averaged.push({ ...b, score: b.score / 2, plain: null, mirrored: m });
  });
  return averaged
    .filter((b) => b.score >= minScore)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

function meanOf(a: ReadBox, b: ReadBox): ReadBox {
  const share = a.score + b.score > 0 ? b.score / (a.score + b.score) : 0.5;
  const box = a.box.map((v, n) => v + share * (b.box[n]! - v)) as unknown as Box2;
  const score = (a.score + b.score) / 2;
  if (!a.classScores || !b.classScores) {
    return { box, score, classIndex: a.score >= b.score ? a.classIndex : b.classIndex };
  }
  const classScores = a.classScores.map((v, c) => (v + b.classScores![c]!) / 2);
  return { box, score, classIndex: classScores.indexOf(Math.max(...classScores)), classScores };
}
