import { bootstrapIntervals, type BootstrapOptions } from './bootstrap';
import type { CocoDetection, CocoTruth } from './coco-dataset';
import { matchDetections, type MatchOptions } from './coco-matching';
import { cocoKeys, summarizeCoco, type CocoMetrics } from './coco-metrics';
import { froc, frocRates } from './froc';

export interface CocoEvaluation {
  readonly metrics: CocoMetrics;
  /** By false positives an image, "0.25" .. "8". */
  readonly sensitivityAtFpPerImage: Record<string, number>;
  /** 95 % over images, by metric; sensitivities as "sensitivity@0.25". A metric of -1 has none. */
  readonly intervals95: Record<string, [number, number]>;
  /** By category name; empty when there is one category (or all count as one). */
  readonly perCategory: Record<string, CocoMetrics>;
  readonly images: number;
  readonly annotations: number;
  readonly detections: number;
}

export function evaluateCoco(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  options: MatchOptions & { readonly bootstrap?: BootstrapOptions } = {},
): CocoEvaluation {
  const table = matchDetections(truth, detections, options);
  const summary = summarizeCoco(table);
  const curve = froc(table);
  const metrics = summary.metrics();
  const sensitivity = curve.sensitivityAt(frocRates);

  const intervals = bootstrapIntervals(
    table.imageIds.length,
    (weights) => {
      const m = summary.metrics(weights);
      const values = [...cocoKeys.map((key) => m[key]), ...curve.sensitivityAt(frocRates, weights)];
      return values.map((v) => (v < 0 ? NaN : v));
    },
    options.bootstrap,
  );
  const names = [...cocoKeys, ...frocRates.map((rate) => `sensitivity@${rate}`)];
  const categories = table.categories.length > 1 ? table.categories : [];
  return {
    metrics,
    sensitivityAtFpPerImage: Object.fromEntries(frocRates.map((rate, r) => [String(rate), sensitivity[r]!])),
    intervals95: Object.fromEntries(
      names.flatMap((name, n) => {
        const interval = intervals[n];
        return interval ? [[name, interval]] : [];
      }),
    ),
    perCategory: Object.fromEntries(
      categories.map((category) => [
        truth.categories.find((c) => c.id === category.categoryId)?.name ?? String(category.categoryId),
        summarizeCoco({ ...table, categories: [category] }).metrics(),
      ]),
    ),
    images: table.imageIds.length,
    annotations: truth.annotations.length,
    detections: detections.length,
  };
}
