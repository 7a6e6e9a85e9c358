import { AppError } from '../app-error';
import type { BoxXywh } from '../geometry/box';
import type { CocoAnnotation, CocoDetection, CocoTruth } from './coco-dataset';

/**
 * Which detection hits which annotation, as pycocotools' COCOeval.evaluateImg decides it (Lin et al. 2014, "Microsoft
 * COCO"; cocoapi PythonAPI/pycocotools/cocoeval.py), kept in a form that any reweighting of the images can be summed
 * from: matching is done once, a bootstrap resample only adds up.
 *
 * Shape shorthand:
 *   I: images, sorted by id; D: detections of one category, best score first; A: 4 area ranges; T: 10 IoU thresholds
 */

/** numpy.linspace(0.5, 0.95, 10), to the last bit: the third IoU threshold is not 0.6 but the double next to it. */
const iouThresholds: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);

/** px²; both ends belong to the range, as in COCOeval. */
export const areaRanges = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const satisfies Record<string, readonly [number, number]>;
export type AreaRange = keyof typeof areaRanges;
const areaNames = Object.keys(areaRanges) as AreaRange[];

/** Detections of one image and category beyond this many, by score, are left out. */
const maxDetections = 100;

/** What became of a detection. Ignored: it lies on a crowd region or outside the area range, and counts for nothing. */
export const outcome = { miss: 0, hit: 1, ignored: 2 } as const;

export interface CategoryMatches {
  readonly categoryId: number;
  /** [D] */
  readonly scores: Float64Array;
  /** [D] index into I. */
  readonly imageIndex: Int32Array;
  /** [D] place by score among its image's detections, from 0: the limit on detections an image cuts here. */
  readonly rank: Int32Array;
  /** Per area range and IoU threshold, [D] of {@link outcome}. */
  readonly outcomes: Readonly<Record<AreaRange, readonly Uint8Array[]>>;
  /** Per area range, [I]: annotations that ask to be found. */
  readonly positives: Readonly<Record<AreaRange, Int32Array>>;
}

export interface MatchTable {
  readonly imageIds: readonly number[];
  readonly categories: readonly CategoryMatches[];
}

export interface MatchOptions {
  /** All categories count as one: is it a lesion, whatever its kind? */
  readonly classAgnostic?: boolean | undefined;
}

/**
 * @throws AppError request.invalid when a detection names an image that the truth does not hold: another data set's
 *   results would else score as all misses.
 */
export function matchDetections(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  options: MatchOptions = {},
): MatchTable {
  const imageIds = [...new Set(truth.images.map((i) => i.id))].sort((a, b) => a - b);
  const indexOf = new Map(imageIds.map((id, index) => [id, index]));
  const stranger = detections.find((d) => !indexOf.has(d.image_id));
  if (stranger) {
    throw new AppError(
      'request.invalid',
      `The detections name image ${stranger.image_id}, which the truth does not hold.`,
      'Use detections made on the images of this truth file.',
      { field: 'image_id' },
    );
  }
  const group = (categoryId: number): number => (options.classAgnostic ? 1 : categoryId);
  const categoryIds = [...new Set(truth.categories.map((c) => group(c.id)))].sort((a, b) => a - b);
  return {
    imageIds,
    categories: categoryIds.map((categoryId) =>
      matchCategory(
        categoryId,
        byImage(
          truth.annotations.filter((a) => group(a.category_id) === categoryId),
          indexOf,
        ),
        byImage(
          detections.filter((d) => group(d.category_id) === categoryId),
          indexOf,
        ),
      ),
    ),
  };
}

function byImage<T extends { image_id: number }>(
  items: readonly T[],
  indexOf: ReadonlyMap<number, number>,
): T[][] {
  const lists: T[][] = Array.from({ length: indexOf.size }, () => []);
  for (const item of items) lists[indexOf.get(item.image_id) ?? -1]?.push(item);
  return lists;
}

function matchCategory(
  categoryId: number,
  annotations: readonly (readonly CocoAnnotation[])[],
  detections: readonly (readonly CocoDetection[])[],
): CategoryMatches {
  // 1. Per image the best detections; then all of them by score, ties in image order (stable, like numpy's mergesort).
  const perImage = detections.map((d) => [...d].sort((a, b) => b.score - a.score).slice(0, maxDetections));
  const flat = perImage.flatMap((list, image) => list.map((d, rank) => ({ image, rank, score: d.score })));
  const order = flat.map((_, i) => i).sort((a, b) => flat[b]!.score - flat[a]!.score);
  const placeOf = new Int32Array(flat.length);
  order.forEach((from, to) => (placeOf[from] = to));

  const positives = {} as Record<AreaRange, Int32Array>;
  const outcomes = {} as Record<AreaRange, Uint8Array[]>;
  for (const name of areaNames) {
    positives[name] = new Int32Array(annotations.length);
    outcomes[name] = iouThresholds.map(() => new Uint8Array(flat.length));
  }

  // 2. Match image by image.
  let first = 0;
  perImage.forEach((found, image) => {
    const wanted = annotations[image]!;
    const ious = found.map((d) => wanted.map((a) => iouXywh(d.bbox, a.bbox, Boolean(a.iscrowd))));
    for (const name of areaNames) {
      const ignored = wanted.map(
        (a) => Boolean(a.iscrowd) || !inRange(a.area ?? a.bbox[2] * a.bbox[3], name),
      );
      positives[name][image] = ignored.filter((i) => !i).length;
      iouThresholds.forEach((threshold, t) => {
        const result = matchImage(found, wanted, ious, ignored, threshold, name);
        result.forEach((value, rank) => (outcomes[name][t]![placeOf[first + rank]!] = value));
      });
    }
    first += found.length;
  });

  return {
    categoryId,
    scores: Float64Array.from(order, (i) => flat[i]!.score),
    imageIndex: Int32Array.from(order, (i) => flat[i]!.image),
    rank: Int32Array.from(order, (i) => flat[i]!.rank),
    outcomes,
    positives,
  };
}

/**
 * Best detection first, each takes the free annotation it overlaps most; one that counts goes before one that is
 * ignored; a crowd region can be taken any number of times.
 */
function matchImage(
  found: readonly CocoDetection[],
  wanted: readonly CocoAnnotation[],
  ious: readonly (readonly number[])[],
  ignored: readonly boolean[],
  threshold: number,
  area: AreaRange,
): number[] {
  const order = [...wanted.keys()].sort((a, b) => Number(ignored[a]) - Number(ignored[b]));
  const taken = new Set<number>();
  return found.map((detection, d) => {
    let best = -1;
    let bestIou = Math.min(threshold, 1 - 1e-10);
    for (const g of order) {
      if (taken.has(g) && !wanted[g]!.iscrowd) continue;
      if (best >= 0 && !ignored[best] && ignored[g]) break;
      const iou = ious[d]![g]!;
      // Not `<=`: of equal overlaps COCOeval takes the later one.
      if (iou < bestIou) continue;
      best = g;
      bestIou = iou;
    }
    if (best >= 0) {
      taken.add(best);
      return ignored[best] ? outcome.ignored : outcome.hit;
    }
    return inRange(detection.bbox[2] * detection.bbox[3], area) ? outcome.miss : outcome.ignored;
  });
}

function inRange(area: number, name: AreaRange): boolean {
  const [low, high] = areaRanges[name];
  return area >= low && area <= high;
}

/** maskApi.c bbIou: over a crowd region the denominator is the detection alone. */
function iouXywh(detection: BoxXywh, annotation: BoxXywh, crowd: boolean): number {
  const [dx, dy, dw, dh] = detection;
  const [gx, gy, gw, gh] = annotation;
  const w = Math.min(dx + dw, gx + gw) - Math.max(dx, gx);
  const h = Math.min(dy + dh, gy + gh) - Math.max(dy, gy);
  if (w <= 0 || h <= 0) return 0;
  const intersection = w * h;
  return intersection / (crowd ? dw * dh : dw * dh + gw * gh - intersection);
}
