import type { CocoDetection, CocoTruth } from '../../core/evaluation/coco-dataset';
import type { CocoEvaluation } from '../../core/evaluation/evaluate-coco';
import { cpmRates } from '../../core/evaluation/froc';
import { operatingPoints, pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import { countOutcome, pictureOutcomes } from '../../core/evaluation/picture-outcomes';
import {
  calibratedTable,
  calibrateScore,
  measureCalibration,
  type CalibrationMeasured,
} from '../../core/evaluation/platt';
import { falsePositiveTail, type TailPoint } from '../../core/evaluation/volume-estimate';
import type { ValidationRecord } from '../bundle/measured-schema';
import { createRandom, shuffled } from '../random';

/** What a model's marks on its validation pictures say of its scores. Thresholds and scores here are calibrated ones. */
export interface MeasuredPictures {
  readonly calibration: CalibrationMeasured;
  readonly points: readonly OperatingPoint[];
  readonly tail: readonly TailPoint[];
  readonly record: ValidationRecord;
}

export const sampleSeed = 20_261_126;
const sampleSize = 6;
const worstListed = 5;

/** The false positives an image that the default threshold allows. */
export const defaultPerImage = 1;

/**
 * @param detections with the scores of the network
 * @param evaluation of these detections, all of one kind
 */
export function measurePictures(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  { marks, clusterOf }: Pick<CocoEvaluation, 'marks' | 'clusterOf'>,
  { millisecondsPerImage, hit }: { readonly millisecondsPerImage: number; readonly hit: 'iou' | 'centre' },
): MeasuredPictures {
  const calibration = measureCalibration(marks, clusterOf);
  const curve = calibration.calibration;
  const table = curve ? calibratedTable(marks, curve) : marks;
  const points = operatingPoints(table, cpmRates, { clusterOf });
  const threshold = pointAt(points, defaultPerImage)?.threshold ?? 1;
  const calibrated = curve
    ? detections.map((d) => ({ ...d, score: calibrateScore(curve, d.score) }))
    : detections;
  const outcomes = pictureOutcomes(truth, calibrated, threshold, hit);
  const lesions = truth.annotations.filter((a) => !a.iscrowd);
  const withLesion = new Set(lesions.map((a) => a.image_id));
  const area = ([, , width, height]: readonly number[]): number => width! * height!;
  return {
    calibration,
    points,
    tail: falsePositiveTail(table),
    record: {
      images: truth.images.length,
      boxes: lesions.length,
      imagesWithoutLesion: truth.images.length - withLesion.size,
      milliseconds: millisecondsPerImage,
      sample: {
        seed: sampleSeed,
        images: shuffled(outcomes, createRandom(sampleSeed))
          .slice(0, sampleSize)
          .map((o) => ({ image: o.image, ...countOutcome(o) })),
      },
      worstMisses: outcomes
        .flatMap(({ image, lesions: wanted }) =>
          wanted.flatMap(({ box, found }) => (found ? [] : [{ image, place: [...box] }])),
        )
        .sort((a, b) => area(b.place) - area(a.place))
        .slice(0, worstListed),
      worstFalseAlarms: outcomes
        .flatMap(({ image, marks: shown }) =>
          shown.flatMap(({ box, score, hit }) => (hit ? [] : [{ image, place: box.map(tenth), score }])),
        )
        .sort((a, b) => b.score - a.score)
        .slice(0, worstListed),
    },
  };
}

const tenth = (v: number): number => Math.round(v * 10) / 10;
