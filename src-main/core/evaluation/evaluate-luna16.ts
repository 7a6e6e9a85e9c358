import { namedIntervals, type BootstrapOptions } from './bootstrap';
import { calibrate, type Calibration } from './calibration';
import { byRate, cpmRates, froc, meanOf } from './froc';
import { matchLuna16, type Luna16Counts, type Luna16Data } from './luna16';
import { markTable, type MarkTable } from './mark-table';
import { defaultSizeEdges, sizeBins } from './size-bins';
import { sizeTable, type SizeRow } from './size-table';

export interface Luna16Evaluation {
  /** Competition performance metric: the mean of the seven sensitivities. */
  readonly cpm: number;
  /** "0.125" .. "8". */
  readonly sensitivityAtFpPerScan: Record<string, number>;
  readonly counts: Luna16Counts;
  /** 95 % over scans: "cpm", "sensitivity@0.125" .., "brier", "expectedCalibrationError". */
  readonly intervals95: Record<string, [number, number]>;
  readonly perSize: readonly SizeRow[];
  /** Null where the scores are no probabilities. */
  readonly calibration: Calibration | null;
  readonly marks: MarkTable;
}

/**
 * A challenge's submission scored by its rule. The curve is read at exactly the seven rates (the challenge's script reads
 * it at the nearest of 10,001 points between 0.125 and 8).
 * @throws AppError as matchLuna16, and sizeBins
 */
export function evaluateLuna16(
  data: Luna16Data,
  options: { readonly bootstrap?: BootstrapOptions; readonly sizeEdges?: readonly number[] } = {},
): Luna16Evaluation {
  const bins = sizeBins(options.sizeEdges ?? defaultSizeEdges);
  const { matched, counts } = matchLuna16(data);
  const marks = markTable(matched);
  const curve = froc(marks);
  const calibration = calibrate(marks);
  const sensitivities = curve.sensitivityAt(cpmRates);
  // The challenge names no patients, and LIDC-IDRI's scans are of different ones but for a handful: scans are drawn.
  const patients = Array<undefined>(matched.images).fill(undefined);
  return {
    cpm: meanOf(sensitivities),
    sensitivityAtFpPerScan: byRate(cpmRates, sensitivities),
    counts,
    intervals95: namedIntervals(
      matched.images,
      [
        'cpm',
        ...cpmRates.map((rate) => `sensitivity@${rate}`),
        ...(calibration ? ['brier', 'expectedCalibrationError'] : []),
      ],
      (weights) => {
        const drawn = curve.sensitivityAt(cpmRates, weights);
        return [meanOf(drawn), ...drawn, ...(calibration?.statistic(weights) ?? [])];
      },
      options.bootstrap,
    ),
    perSize: sizeTable(matched, bins, cpmRates, patients, options.bootstrap),
    calibration: calibration?.result ?? null,
    marks,
  };
}
