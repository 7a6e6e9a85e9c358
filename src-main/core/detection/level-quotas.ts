import type { Box2 } from '../geometry/box';

/**
 * How many proposals each pyramid level may make, by how large the lesions of a data set are.
 *
 * Shape shorthand: L: levels, finest first
 */
export interface QuotaOptions {
  /** Proposals of all levels together. */
  readonly total: number;
  /** No level gets fewer: the next hospital's lesions may be of another size. */
  readonly minimum: number;
}

/**
 * A lesion belongs to the level whose anchors come nearest to it in scale; each level's quota is its share of lesions.
 * @param levelSizes [L] side of a level's middle anchor, px
 * @param boxes lesions, px of the same canvas
 * @returns [L] whole numbers that sum to `total`
 */
export function quotasByLesionSize(
  levelSizes: readonly number[],
  boxes: readonly Box2[],
  { total, minimum }: QuotaOptions,
): number[] {
  const counts = levelSizes.map(() => 0);
  for (const [x0, y0, x1, y1] of boxes) {
    const scale = Math.log(Math.sqrt(Math.max(1, (x1 - x0) * (y1 - y0))));
    let nearest = 0;
    levelSizes.forEach((size, l) => {
      if (Math.abs(Math.log(size) - scale) < Math.abs(Math.log(levelSizes[nearest]!) - scale)) nearest = l;
    });
    counts[nearest]!++;
  }
  const floor = Math.min(minimum, Math.floor(total / levelSizes.length));
  const free = total - floor * levelSizes.length;
  const all = Math.max(1, boxes.length);
  const quotas = counts.map((c) => floor + Math.floor((free * (boxes.length ? c : 1 / counts.length)) / all));
  // What rounding left over goes where most lesions are.
  const fullest = counts.indexOf(Math.max(...counts));
  quotas[fullest]! += total - quotas.reduce((a, b) => a + b, 0);
  return quotas;
}
