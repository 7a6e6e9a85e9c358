import { AppError } from '../app-error';
import type { Vec3 } from '../geometry/vec3';
import type { MatchedLesion, MatchedMark, MatchedMarks } from './mark-table';

/**
 * Hits and false positives by the rule of the LUNA16 challenge (Setio et al. 2017, "Validation, comparison, and
 * combination of algorithms for automatic detection of pulmonary nodules in computed tomography images"; its script
 * noduleCADEvaluationLUNA16):
 *
 * - a scan keeps at most 100 marks: where it has more, those that score above its 101st best (so that of marks tied with
 *   the 101st none is kept, whatever their order in the file);
 * - a mark closer to a nodule's centre than half its diameter hits it. One mark may hit two nodules;
 * - a nodule's best hit counts, its other hits are ignored;
 * - a mark that hits no nodule and lies on an excluded finding (by the same distance; 5 mm where the finding has no
 *   diameter) is ignored;
 * - every other mark is a false positive.
 */
export interface Luna16Nodule {
  readonly series: string;
  /** Any axes and origin, as long as marks share them; mm. */
  readonly center: Vec3;
  /** mm; negative: unknown. */
  readonly diameter: number;
}

export interface Luna16Mark {
  readonly series: string;
  readonly center: Vec3;
  readonly score: number;
}

export interface Luna16Data {
  readonly series: readonly string[];
  readonly annotations: readonly Luna16Nodule[];
  readonly excluded: readonly Luna16Nodule[];
  readonly predictions: readonly Luna16Mark[];
}

export interface Luna16Counts {
  readonly scans: number;
  readonly nodules: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly ignoredOnExcluded: number;
  readonly ignoredDoubleDetections: number;
  /** Marks kept on the listed scans. */
  readonly candidates: number;
  /** Lines on scans that are not listed: the challenge's script leaves them out without a word, we count them. */
  readonly predictionsOnOtherSeries: number;
}

const marksPerScan = 100;
/** mm, of a finding without one. */
const defaultDiameter = 10;

/** @throws AppError request.invalid when no series is listed, one is listed twice, or no prediction is on any of them */
export function matchLuna16(data: Luna16Data): { matched: MatchedMarks; counts: Luna16Counts } {
  const indexOf = new Map(data.series.map((series, i) => [series, i]));
  if (indexOf.size === 0 || indexOf.size !== data.series.length) {
    throw new AppError(
      'request.invalid',
      indexOf.size === 0 ? 'No series is listed.' : 'A series is listed twice.',
      'Give each scan of the evaluation once.',
      { field: 'seriesuid' },
    );
  }
  const predictions = bySeries(data.predictions, indexOf);
  if (predictions.others > 0 && predictions.others === data.predictions.length) {
    throw new AppError(
      'request.invalid',
      'No prediction is on a listed series.',
      'Use predictions made on these scans, with the same series identifiers.',
      { field: 'seriesuid' },
    );
  }
  const annotations = bySeries(data.annotations, indexOf);
  const excluded = bySeries(data.excluded, indexOf);

  const marks: MatchedMark[] = [];
  const lesions: MatchedLesion[] = [];
  const count = { found: 0, falsePositives: 0, onExcluded: 0, double: 0, candidates: 0 };
  data.series.forEach((_, image) => {
    const kept = bestMarks(predictions.lists[image]!);
    count.candidates += kept.length;
    const free = new Set(kept);
    for (const nodule of annotations.lists[image]!) {
      const hits = kept.filter((mark) => isHit(mark, nodule));
      if (hits.length > 0) {
        const score = hits.reduce((best, mark) => Math.max(best, mark.score), -Infinity);
        marks.push({ image, score, lesion: lesions.length });
        count.found++;
        count.double += hits.length - 1;
        for (const mark of hits) free.delete(mark);
      }
      lesions.push({ image, size: diameterOf(nodule) });
    }
    for (const mark of free) {
      if (excluded.lists[image]!.some((finding) => isHit(mark, finding))) count.onExcluded++;
      else {
        marks.push({ image, score: mark.score, lesion: -1 });
        count.falsePositives++;
      }
    }
  });
  marks.sort((a, b) => b.score - a.score);
  return {
    matched: { images: data.series.length, marks, lesions },
    counts: {
      scans: data.series.length,
      nodules: lesions.length,
      truePositives: count.found,
      falsePositives: count.falsePositives,
      falseNegatives: lesions.length - count.found,
      ignoredOnExcluded: count.onExcluded,
      ignoredDoubleDetections: count.double,
      candidates: count.candidates,
      predictionsOnOtherSeries: predictions.others,
    },
  };
}

function bySeries<T extends { readonly series: string }>(
  items: readonly T[],
  indexOf: ReadonlyMap<string, number>,
): { lists: T[][]; others: number } {
  const lists: T[][] = Array.from({ length: indexOf.size }, () => []);
  let others = 0;
  for (const item of items) {
    const index = indexOf.get(item.series);
    if (index === undefined) others++;
    else lists[index]!.push(item);
  }
  return { lists, others };
}

function bestMarks(marks: readonly Luna16Mark[]): readonly Luna16Mark[] {
  if (marks.length <= marksPerScan) return marks;
  const threshold = marks.map((m) => m.score).sort((a, b) => b - a)[marksPerScan]!;
  return marks.filter((m) => m.score > threshold);
}

const diameterOf = (nodule: Luna16Nodule): number =>
  nodule.diameter < 0 ? defaultDiameter : nodule.diameter;

function isHit(mark: Luna16Mark, nodule: Luna16Nodule): boolean {
  const dx = mark.center[0] - nodule.center[0];
  const dy = mark.center[1] - nodule.center[1];
  const dz = mark.center[2] - nodule.center[2];
  const radius = diameterOf(nodule) / 2;
  return dx * dx + dy * dy + dz * dz < radius * radius;
}
