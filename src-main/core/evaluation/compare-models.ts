import { bootstrapIntervals, clustersOf, type BootstrapOptions } from './bootstrap';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { cocoMarks } from './coco-marks';
import { matchDetections } from './coco-matching';
import { summarizeCoco } from './coco-metrics';
import { froc } from './froc';
import { weighted, type MarkTable } from './mark-table';
import { fieldValue } from './subgroups';

/**
 * Two models on the same pictures: each figure of both, and the difference with a paired bootstrap interval. The same
 * resampled patients are given to both models, so that what makes a picture hard for both falls out of the difference.
 *
 * Shape shorthand: I: images; M: marks of one model, best score first
 */
export interface ModelFigures {
  /** Score at or above which a mark is shown: the model's own operating point. */
  readonly threshold: number;
  readonly ap50: number;
  /** Share of the lesions found at the threshold. */
  readonly sensitivity: number;
  readonly fpPerImage: number;
}

/** New minus old; the interval holds 95 % of the resamples, null where too few defined the figure. */
export interface FigureDifference {
  readonly value: number;
  readonly interval: [number, number] | null;
}

/**
 * `worse`, `better`: a figure differs beyond doubt (its interval leaves out 0), and nothing speaks against it.
 * `doubtful`: average precision or sensitivity was measured lower, but not beyond doubt. `unclear`: everything else.
 */
export type ComparisonVerdict = 'better' | 'unclear' | 'doubtful' | 'worse';

export interface ModelComparison {
  readonly images: number;
  readonly patients: number;
  readonly lesions: number;
  readonly old: ModelFigures;
  readonly new: ModelFigures;
  readonly difference: {
    readonly ap50: FigureDifference;
    readonly sensitivity: FigureDifference;
    readonly fpPerImage: FigureDifference;
  };
  readonly verdict: ComparisonVerdict;
}

export interface ComparedModel {
  readonly detections: readonly CocoDetection[];
  readonly threshold: number;
}

/**
 * @param truth images with `patient_id` are drawn by patient
 * @throws AppError request.invalid when a detection names an image that the truth does not hold
 */
export function compareModels(
  truth: CocoTruth,
  before: ComparedModel,
  after: ComparedModel,
  bootstrap: BootstrapOptions = {},
): ModelComparison {
  const [first, second] = [figuresOf(truth, before), figuresOf(truth, after)];
  const imageOf = new Map(truth.images.map((image) => [image.id, image]));
  const labels = first.imageIds.map((id) => fieldValue(imageOf.get(id)?.['patient_id']));
  const clusterOf = clustersOf(labels);
  const [ap50, sensitivity, fpPerImage] = bootstrapIntervals(
    first.imageIds.length,
    (weights) => {
      const [a, b] = [first.at(weights), second.at(weights)];
      return b.map((value, n) => value - a[n]!);
    },
    { ...bootstrap, clusterOf },
  ) as [FigureDifference['interval'], FigureDifference['interval'], FigureDifference['interval']];

  const whole = new Int32Array(first.imageIds.length).fill(1);
  const [a, b] = [first.at(whole), second.at(whole)];
  const difference = {
    ap50: { value: b[0]! - a[0]!, interval: ap50 },
    sensitivity: { value: b[1]! - a[1]!, interval: sensitivity },
    fpPerImage: { value: b[2]! - a[2]!, interval: fpPerImage },
  };
  return {
    images: first.imageIds.length,
    patients: new Set(clusterOf ?? first.imageIds).size,
    lesions: truth.annotations.filter((annotation) => !annotation.iscrowd).length,
    old: { threshold: before.threshold, ap50: a[0]!, sensitivity: a[1]!, fpPerImage: a[2]! },
    new: { threshold: after.threshold, ap50: b[0]!, sensitivity: b[1]!, fpPerImage: b[2]! },
    difference,
    verdict: verdictOf(difference),
  };
}

/**
 * The lowest threshold at which the new model makes no more false marks than the old one does at its own: training moves
 * scores, and a reader should not be shown more, or find less, for that alone.
 *
 * @returns null where even its best mark is one too many, or there is no lesion
 */
export function thresholdOfSameFalseMarks(
  truth: CocoTruth,
  before: ComparedModel,
  after: Pick<ComparedModel, 'detections'>,
): number | null {
  const marks = (detections: readonly CocoDetection[]): MarkTable =>
    cocoMarks(matchDetections(truth, detections));
  const once = new Int32Array(truth.images.length).fill(1);
  const { fpPerImage } = atThreshold(marks(before.detections), before.threshold, once);
  const within = froc(marks(after.detections))
    .curve()
    .filter((point) => point.fpPerImage <= fpPerImage);
  return within[within.length - 1]?.threshold ?? null;
}

/** A difference as small as this is none to warn of: another seed makes as much. */
const trifle = 0.005;

function verdictOf({ ap50, sensitivity, fpPerImage }: ModelComparison['difference']): ComparisonVerdict {
  const above = (d: FigureDifference): boolean => d.interval !== null && d.interval[0] > 0;
  const below = (d: FigureDifference): boolean => d.interval !== null && d.interval[1] < 0;
  const moreFalseMarks = above(fpPerImage);
  if (below(ap50) || below(sensitivity) || (moreFalseMarks && sensitivity.value <= 0)) return 'worse';
  if (ap50.value < -trifle || sensitivity.value < -trifle) return 'doubtful';
  const surelyBetter = above(ap50) || above(sensitivity) || below(fpPerImage);
  return surelyBetter && !moreFalseMarks ? 'better' : 'unclear';
}

/** Matching is done once; `at` only adds up. */
function figuresOf(truth: CocoTruth, { detections, threshold }: ComparedModel) {
  const table = matchDetections(truth, detections);
  const summary = summarizeCoco(table);
  const marks = cocoMarks(table);
  return {
    imageIds: table.imageIds,
    /** [ap50, sensitivity, fpPerImage]; NaN where there is nothing to find. @param weights [I] */
    at(weights: Int32Array): [number, number, number] {
      const ap50 = summary.metrics(weights).AP50;
      const point = atThreshold(marks, threshold, weights);
      return [ap50 < 0 ? NaN : ap50, point.sensitivity, point.fpPerImage];
    },
  };
}

function atThreshold(
  table: MarkTable,
  threshold: number,
  weights: ArrayLike<number>,
): { sensitivity: number; fpPerImage: number } {
  const { images, lesions } = weighted(table, weights);
  let hits = 0;
  let misses = 0;
  for (let m = 0; m < table.scores.length && table.scores[m]! >= threshold; m++) {
    if (table.hit[m] === 1) hits += weights[table.image[m]!]!;
    else misses += weights[table.image[m]!]!;
  }
  return { sensitivity: lesions > 0 ? hits / lesions : NaN, fpPerImage: misses / images };
}
