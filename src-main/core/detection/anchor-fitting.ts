/**
 * Anchor shapes for a data set: k-means with 1 - IoU of centred boxes as the distance (Redmon & Farhadi 2017, section 2),
 * seeded as k-means++ (Arthur & Vassilvitskii 2007).
 *
 * Shape shorthand: N: boxes; D: dimensions (2 or 3); K: anchors; sides [N, D] flat, px or voxels
 */
export interface AnchorFitOptions {
  readonly dimensions: 2 | 3;
  /** K */
  readonly count: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Seedings to try; the best is returned. */
  readonly restarts?: number;
}

export interface FittedAnchor {
  /** [D] */
  readonly sides: readonly number[];
  /** Side of the square or cube of the same area or volume. */
  readonly size: number;
  /** [D - 1]: height over width, and in 3D depth over width. */
  readonly aspectRatios: readonly number[];
  /** Boxes it fits best. */
  readonly boxes: number;
}

export interface AnchorFit {
  /** [K], smallest first. */
  readonly anchors: readonly FittedAnchor[];
  /** Of each box's best IoU with an anchor on the same centre. */
  readonly meanBestIou: number;
  /** Share of boxes with a best IoU of at least 0.5. */
  readonly recallAt50: number;
}

interface Clustering {
  readonly centers: Float64Array;
  readonly nearest: Int32Array;
  readonly ious: Float64Array;
  readonly meanIou: number;
}

/** @throws RangeError where a side is not positive, or there are fewer shapes than anchors to fit. */
export function fitAnchors(sides: ArrayLike<number>, options: AnchorFitOptions): AnchorFit {
  const { dimensions: d, count, random, restarts = 10 } = options;
  const distinct = new Set<string>();
  for (let n = 0; n < sides.length; n += d) {
    const shape = Array.from({ length: d }, (_, axis) => sides[n + axis]!);
    if (!shape.every((side) => side > 0 && side < Infinity)) throw new RangeError('a side is not positive');
    distinct.add(shape.join());
  }
  if (!(count >= 1) || distinct.size < count) {
    throw new RangeError(`${distinct.size} different shapes cannot make ${count} anchors`);
  }
  let best = cluster(sides, d, count, random);
  for (let n = 1; n < restarts; n++) {
    const other = cluster(sides, d, count, random);
    if (other.meanIou > best.meanIou) best = other;
  }
  const { centers, nearest, ious, meanIou } = best;
  const boxes = new Int32Array(count);
  for (const k of nearest) boxes[k]!++;
  const anchors = Array.from({ length: count }, (_, k): FittedAnchor => {
    const own = [...centers.subarray(k * d, k * d + d)];
    return {
      sides: own,
      size: own.reduce((product, side) => product * side, 1) ** (1 / d),
      aspectRatios: own.slice(1).map((side) => side / own[0]!),
      boxes: boxes[k]!,
    };
  });
  return {
    anchors: anchors.sort((a, b) => a.size - b.size),
    meanBestIou: meanIou,
    recallAt50: ious.filter((iou) => iou >= 0.5).length / ious.length,
  };
}

function cluster(sides: ArrayLike<number>, d: 2 | 3, count: number, random: () => number): Clustering {
  const centers = seed(sides, d, count, random);
  const total = sides.length / d;
  const nearest = new Int32Array(total).fill(-1);
  const ious = new Float64Array(total);
  const sums = new Float64Array(count * d);
  const members = new Int32Array(count);
  // Means do not minimise 1 - IoU, so that a cycle is possible in theory; it is cut short here.
  for (let round = 0; round < 300; round++) {
    let moved = false;
    for (let n = 0; n < total; n++) {
      let best = 0;
      let bestIou = -1;
      for (let k = 0; k < count; k++) {
        const iou = centredIou(sides, n * d, centers, k * d, d);
        if (iou > bestIou) {
          bestIou = iou;
          best = k;
        }
      }
      moved ||= nearest[n] !== best;
      nearest[n] = best;
      ious[n] = bestIou;
    }
    if (!moved) break;
    sums.fill(0);
    members.fill(0);
    for (let n = 0; n < total; n++) {
      members[nearest[n]!]!++;
      for (let axis = 0; axis < d; axis++) sums[nearest[n]! * d + axis]! += sides[n * d + axis]!;
    }
    for (let k = 0; k < count; k++) {
      // A centre that lost all its boxes stays where it is.
      if (members[k] === 0) continue;
      for (let axis = 0; axis < d; axis++) centers[k * d + axis] = sums[k * d + axis]! / members[k]!;
    }
  }
  return { centers, nearest, ious, meanIou: ious.reduce((sum, iou) => sum + iou, 0) / total };
}

/** Centres drawn from the boxes, each with a chance in proportion to its squared distance from those drawn before. */
function seed(sides: ArrayLike<number>, d: 2 | 3, count: number, random: () => number): Float64Array {
  const total = sides.length / d;
  const centers = new Float64Array(count * d);
  const distance = new Float64Array(total).fill(1);
  for (let k = 0; k < count; k++) {
    let sum = 0;
    for (const v of distance) sum += v * v;
    let left = random() * sum;
    let drawn = -1;
    for (let n = 0; n < total && left >= 0; n++) {
      if (distance[n] === 0) continue;
      drawn = n;
      left -= distance[n]! ** 2;
    }
    for (let axis = 0; axis < d; axis++) centers[k * d + axis] = sides[drawn * d + axis]!;
    for (let n = 0; n < total; n++) {
      distance[n] = Math.min(distance[n]!, 1 - centredIou(sides, n * d, centers, k * d, d));
    }
  }
  return centers;
}

function centredIou(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, d: 2 | 3): number {
  let shared = 1;
  let first = 1;
  let second = 1;
  for (let axis = 0; axis < d; axis++) {
    shared *= Math.min(a[i + axis]!, b[j + axis]!);
    first *= a[i + axis]!;
    second *= b[j + axis]!;
  }
  return shared / (first + second - shared);
}
