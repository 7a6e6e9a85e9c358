import { clustersOf, namedIntervals, type BootstrapOptions } from './bootstrap';
import { calibrate, type Calibration } from './calibration';
import { classAucs } from './class-auc';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { centreMarks } from './centre-marks';
import { cocoMarks } from './coco-marks';
import { matchDetections, type MatchOptions } from './coco-matching';
import { cocoKeys, summarizeCoco, type CocoMetrics } from './coco-metrics';
import { byRate, froc, frocRates } from './froc';
import { imageAuc } from './image-auc';
import type { MarkTable } from './mark-table';
import { fieldValue, subgroupRows, type SubgroupRow } from './subgroups';

export interface CocoEvaluation {
  readonly metrics: CocoMetrics;
  /** By false positives an image, "0.25" .. "8". */
  readonly sensitivityAtFpPerImage: Record<string, number>;
  /**
   * 95 % over patients (images where none is named): the twelve numbers, "sensitivity@0.25" .., "imageAuc",
   * "classAuc.NAME", "brier", "expectedCalibrationError". A metric of -1 has none.
   */
  readonly intervals95: Record<string, [number, number]>;
  /** By category name; empty when there is one category (or all count as one). */
  readonly perCategory: Record<string, CocoMetrics>;
  /** Images with a lesion told from those without by their highest score; null unless there are both. */
  readonly imageAuc: number | null;
  /** By name of a category, lesions of it told from the others once found (class-auc.ts); empty where there is one. */
  readonly classAuc: Readonly<Record<string, number>>;
  /** By field of the images, rows of the twelve numbers and sensitivities; empty rows where no image has the field. */
  readonly subgroups: Readonly<Record<string, readonly SubgroupRow[]>>;
  /** Null where the scores are no probabilities, or there are none. */
  readonly calibration: Calibration | null;
  readonly images: number;
  /** Null where the images name none. */
  readonly patients: number | null;
  readonly annotations: number;
  readonly detections: number;
  readonly marks: MarkTable;
  /** [I] for the bootstrap; undefined: images are drawn. */
  readonly clusterOf: Int32Array | undefined;
}

export interface CocoEvaluationOptions extends MatchOptions {
  readonly bootstrap?: BootstrapOptions;
  /** Fields of the images to make a table by; none unless given. A table by "patient_id" has no intervals. */
  readonly by?: readonly string[];
  /** What the marks of FROC, precision-recall and calibration must do to hit; average precision is always by IoU. */
  readonly hit?: 'iou' | 'centre' | undefined;
}

const figureKeys = [...cocoKeys, ...frocRates.map((rate) => `sensitivity@${rate}`)];

export function evaluateCoco(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  options: CocoEvaluationOptions = {},
): CocoEvaluation {
  const table = matchDetections(truth, detections, options);
  const summary = summarizeCoco(table);
  const marks =
    options.hit === 'centre' ? centreMarks(truth, detections, table.imageIds, options) : cocoMarks(table);
  const telling = imageAuc(truth, detections, table.imageIds);
  const kinds = classAucs(truth, detections, table.imageIds);
  const curve = froc(marks);
  const calibration = calibrate(marks);
  const imageOf = new Map(truth.images.map((image) => [image.id, image]));
  const field = (name: string) => table.imageIds.map((id) => fieldValue(imageOf.get(id)?.[name]));
  const patients = field('patient_id');
  const clusterOf = clustersOf(patients);
  const figures = (weights: ArrayLike<number>): number[] => {
    const m = summary.metrics(weights);
    return [...cocoKeys.map((key) => m[key]), ...curve.sensitivityAt(frocRates, weights)];
  };
  const categories = table.categories.length > 1 ? table.categories : [];
  return {
    metrics: summary.metrics(),
    sensitivityAtFpPerImage: byRate(frocRates, curve.sensitivityAt(frocRates)),
    intervals95: namedIntervals(
      table.imageIds.length,
      [
        ...figureKeys,
        ...(telling ? ['imageAuc'] : []),
        ...kinds.map((k) => `classAuc.${k.category}`),
        ...(calibration ? ['brier', 'expectedCalibrationError'] : []),
      ],
      (weights) => [
        ...figures(weights),
        ...(telling ? [telling.auc(weights)] : []),
        ...kinds.map((k) => k.auc(weights)),
        ...(calibration?.statistic(weights) ?? []),
      ],
      { ...options.bootstrap, clusterOf },
    ),
    perCategory: Object.fromEntries(
      categories.map((category) => [
        truth.categories.find((c) => c.id === category.categoryId)?.name ?? String(category.categoryId),
        summarizeCoco({ ...table, categories: [category] }).metrics(),
      ]),
    ),
    classAuc: Object.fromEntries(kinds.map((k) => [k.category, k.auc()])),
    subgroups: Object.fromEntries(
      (options.by ?? []).map((name) => [
        name,
        subgroupRows({
          values: field(name),
          patients,
          names: figureKeys,
          statistic: figures,
          bootstrap: options.bootstrap,
          intervals: name !== 'patient_id',
        }),
      ]),
    ),
    imageAuc: telling?.auc() ?? null,
    calibration: calibration?.result ?? null,
    images: table.imageIds.length,
    patients: patients.some((p) => p !== undefined) ? new Set(clusterOf ?? table.imageIds).size : null,
    annotations: truth.annotations.length,
    detections: detections.length,
    marks,
    clusterOf,
  };
}
