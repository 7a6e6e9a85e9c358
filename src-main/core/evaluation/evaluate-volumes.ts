import { averagePrecision, createScratch } from './average-precision';
import { clustersOf, namedIntervals, type BootstrapOptions } from './bootstrap';
import { calibrate, type Calibration } from './calibration';
import { byRate, cpmRates, froc, meanOf } from './froc';
import { markTable, once, weighted, type MarkTable } from './mark-table';
import { defaultSizeEdges, sizeBins, type SizeBin } from './size-bins';
import { sizeTable, type SizeRow } from './size-table';
import { fieldValue, subgroupRows, type SubgroupRow } from './subgroups';
import type { VolumeMark, VolumeTruth } from './volume-dataset';
import { prepareVolumes, type HitRule, type VolumeMatcher, type VolumeMatchOptions } from './volume-matching';

/** IoU in 3D falls with the third power of a shift: nnDetection and MONAI judge lung nodules from 0.1. */
export const volumeIous = [0.1, 0.2, 0.3, 0.4, 0.5] as const;

/** The mean, and one a threshold: "AP", "AP10" .. "AP50". */
export const volumeApKeys = ['AP', ...volumeIous.map((iou) => `AP${Math.round(iou * 100)}`)];
const figureKeys = [...volumeApKeys, 'cpm', ...cpmRates.map((rate) => `sensitivity@${rate}`)];

export interface VolumeEvaluationOptions extends Pick<VolumeMatchOptions, 'doubleHits'> {
  /** What is a hit for FROC, precision-recall and calibration; IoU >= 0.1 unless given. Average precision has its own. */
  readonly hit?: HitRule;
  /** mm */
  readonly sizeEdges?: readonly number[];
  /** Fields of the series to make a table by; "site" unless given. */
  readonly by?: readonly string[];
  readonly bootstrap?: BootstrapOptions;
}

export interface VolumeEvaluation {
  /** {@link volumeApKeys}; -1 where there is no lesion. */
  readonly averagePrecision: Record<string, number>;
  readonly cpm: number;
  readonly sensitivityAtFpPerScan: Record<string, number>;
  /** 95 % over patients: AP.., "cpm", "sensitivity@0.125" .., "brier", "expectedCalibrationError". */
  readonly intervals95: Record<string, [number, number]>;
  /** With average precision by COCO's rule for sizes: lesions and unmatched marks of other sizes are ignored. */
  readonly perSize: readonly (SizeRow & { readonly averagePrecision: Record<string, number> })[];
  /** By field, rows of AP.., cpm and sensitivities. */
  readonly subgroups: Readonly<Record<string, readonly SubgroupRow[]>>;
  readonly calibration: Calibration | null;
  readonly counts: {
    readonly series: number;
    readonly patients: number;
    readonly lesions: number;
    readonly predictions: number;
    readonly truePositives: number;
    readonly falsePositives: number;
    readonly falseNegatives: number;
    readonly ignored: number;
  };
  readonly marks: MarkTable;
  /** [I] for the bootstrap; undefined: series are drawn. */
  readonly clusterOf: Int32Array | undefined;
}

/** @throws AppError as prepareVolumes and sizeBins */
export function evaluateVolumes(
  truth: VolumeTruth,
  predictions: readonly VolumeMark[],
  options: VolumeEvaluationOptions = {},
): VolumeEvaluation {
  const { hit = { kind: 'iou', threshold: 0.1 }, by = ['site'], bootstrap } = options;
  const bins = sizeBins(options.sizeEdges ?? defaultSizeEdges);
  const matcher = prepareVolumes(truth, predictions);
  const precision = averagePrecisions(matcher);
  const matched = matcher.match(hit, { doubleHits: options.doubleHits });
  const marks = markTable(matched);
  const curve = froc(marks);
  const calibration = calibrate(marks);
  const patients = truth.series.map((s) => s.patient);
  const clusterOf = clustersOf(patients);

  const figures = (weights: ArrayLike<number>): number[] => {
    const sensitivities = curve.sensitivityAt(cpmRates, weights);
    return [...precision(weights), meanOf(sensitivities), ...sensitivities];
  };
  const sensitivities = curve.sensitivityAt(cpmRates);
  const found = marks.hit.reduce((a, b) => a + b, 0);
  return {
    averagePrecision: byKey(precision(once(marks))),
    cpm: meanOf(sensitivities),
    sensitivityAtFpPerScan: byRate(cpmRates, sensitivities),
    intervals95: namedIntervals(
      matcher.series,
      [...figureKeys, ...(calibration ? ['brier', 'expectedCalibrationError'] : [])],
      (weights) => [...figures(weights), ...(calibration?.statistic(weights) ?? [])],
      { ...bootstrap, clusterOf },
    ),
    perSize: sizeTable(matched, bins, cpmRates, patients, bootstrap).map((row) => ({
      ...row,
      averagePrecision: byKey(
        averagePrecisions(
          matcher,
          bins.find((bin) => bin.name === row.size),
        )(once(marks)),
      ),
    })),
    subgroups: Object.fromEntries(
      by.map((field) => [
        field,
        subgroupRows({
          values: truth.series.map((s) => fieldValue(s[field])),
          patients,
          names: figureKeys,
          statistic: figures,
          bootstrap,
        }),
      ]),
    ),
    calibration: calibration?.result ?? null,
    counts: {
      series: matcher.series,
      patients: clusterOf ? new Set(clusterOf).size : matcher.series,
      lesions: matched.lesions.length,
      predictions: predictions.length,
      truePositives: found,
      falsePositives: marks.hit.length - found,
      falseNegatives: matched.lesions.length - found,
      ignored: matched.ignored,
    },
    marks,
    clusterOf,
  };
}

const byKey = (values: readonly number[]): Record<string, number> =>
  Object.fromEntries(volumeApKeys.map((key, k) => [key, values[k]!]));

/** Matched once a threshold; the function returns [mean, AP10 .. AP50] for weights [I], each -1 without lesions. */
function averagePrecisions(
  matcher: VolumeMatcher,
  sizes?: SizeBin,
): (weights: ArrayLike<number>) => number[] {
  const tables = volumeIous.map((threshold) =>
    markTable(matcher.match({ kind: 'iou', threshold }, { sizes })),
  );
  const scratch = createScratch(Math.max(0, ...tables.map((t) => t.scores.length)));
  return (weights) => {
    const values = tables.map((table) => {
      const { lesions } = weighted(table, weights);
      return lesions === 0 ? -1 : averagePrecision(table, lesions, weights, scratch);
    });
    return [meanOf(values), ...values];
  };
}
