import { pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import { calibrateScore, type CalibrationMeasured } from '../../core/evaluation/platt';
import type { TailPoint } from '../../core/evaluation/volume-estimate';
import type { calibrationSpec, OperatingPointSpec } from './measured-schema';
import type { z } from 'zod';

/** Measurements -> fields of bundle.json. */
export function calibrationField({
  calibration,
  marks,
  hits,
  errorBefore,
  errorAfter,
}: CalibrationMeasured): z.infer<typeof calibrationSpec> | undefined {
  if (!calibration) return undefined;
  return {
    method: 'platt',
    // Not rounded: the thresholds were chosen on scores of exactly this curve.
    ...calibration,
    marks,
    hits,
    expectedCalibrationError: {
      before: errorBefore === null ? null : round(errorBefore),
      after: errorAfter === null ? null : round(errorAfter),
    },
  };
}

export const operatingPointFields = (
  points: readonly OperatingPoint[],
  per: OperatingPointSpec['per'],
): OperatingPointSpec[] =>
  points.map((p) => ({
    per,
    ...p,
    measuredFalsePositives: round(p.measuredFalsePositives),
    falsePositives95: roundedInterval(p.falsePositives95),
    sensitivity: round(p.sensitivity),
    sensitivity95: roundedInterval(p.sensitivity95),
  }));

export const tailField = (tail: readonly TailPoint[]): TailPoint[] =>
  tail.map((p) => ({ threshold: round(p.threshold, 6), rate: round(p.rate, 6) }));

/** @param floor the recipe's, a score of the network @param falsePositives that the default threshold allows */
export function thresholdFields(
  floor: number,
  { calibration }: CalibrationMeasured,
  points: readonly OperatingPoint[],
  falsePositives: number,
) {
  const scoreFloor = calibration ? Math.floor(calibrateScore(calibration, floor) * 1e6) / 1e6 : floor;
  const point = pointAt(points, falsePositives);
  return {
    scoreFloor,
    default: Math.max(scoreFloor, point?.threshold ?? 1),
    falsePositives: round(point?.measuredFalsePositives ?? 0),
    sensitivity: round(point?.sensitivity ?? 0),
  };
}

export function round(value: number, digits = 4): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

const roundedInterval = (interval: readonly [number, number] | null): [number, number] | null =>
  interval && [round(interval[0]), round(interval[1])];
