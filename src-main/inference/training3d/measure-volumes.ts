import type { VolumeEvaluation } from '../../core/evaluation/evaluate-volumes';
import { cpmRates } from '../../core/evaluation/froc';
import { operatingPoints, pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import {
  calibratedTable,
  calibrateScore,
  measureCalibration,
  type CalibrationMeasured,
} from '../../core/evaluation/platt';
import type { VolumeLesion, VolumeMark, VolumeTruth } from '../../core/evaluation/volume-dataset';
import { box3Center, box3Size, box3Volume } from '../../core/geometry/box';
import { length, subtract } from '../../core/geometry/vec3';
import type { ValidationRecord } from '../bundle/measured-schema';
import { createRandom, shuffled } from '../random';
import { sampleSeed } from '../training/measure-pictures';

/** What a model's marks on its validation scans say of its scores. Thresholds and scores here are calibrated ones. */
export interface MeasuredVolumes {
  readonly calibration: CalibrationMeasured;
  readonly points: readonly OperatingPoint[];
  readonly record: ValidationRecord;
}

/** The false positives a scan that the default threshold allows. */
export const defaultPerScan = 2;

const sampleSize = 6;
const worstListed = 5;

/** @param marks with the scores of the network @param evaluation of these marks by the centre rule */
export function measureVolumes(
  truth: VolumeTruth,
  marks: readonly VolumeMark[],
  evaluation: Pick<VolumeEvaluation, 'marks' | 'clusterOf'>,
  secondsPerVolume: number,
): MeasuredVolumes {
  const { marks: table, clusterOf } = evaluation;
  const calibration = measureCalibration(table, clusterOf);
  const curve = calibration.calibration;
  const points = operatingPoints(curve ? calibratedTable(table, curve) : table, cpmRates, { clusterOf });
  const threshold = pointAt(points, defaultPerScan)?.threshold ?? 1;
  const shown = marks
    .map((m) => ({ ...m, score: curve ? calibrateScore(curve, m.score) : m.score }))
    .filter((m) => m.score >= threshold)
    .sort((a, b) => b.score - a.score);
  const counted = truth.lesions.filter((l) => !l.ignore);
  const missed = counted.filter((l) => !shown.some((m) => centreIn(m, l)));
  const stray = shown.filter((m) => !truth.lesions.some((l) => centreIn(m, l)));
  const of = <T extends { series: string }>(list: readonly T[], id: string): number =>
    list.filter((item) => item.series === id).length;
  return {
    calibration,
    points,
    record: {
      images: truth.series.length,
      boxes: counted.length,
      imagesWithoutLesion: truth.series.filter((s) => of(counted, s.id) === 0).length,
      milliseconds: secondsPerVolume * 1000,
      sample: {
        seed: sampleSeed,
        images: shuffled(truth.series, createRandom(sampleSeed))
          .slice(0, sampleSize)
          .map(({ id }) => ({
            image: id,
            hits: of(counted, id) - of(missed, id),
            misses: of(missed, id),
            falseAlarms: of(stray, id),
          })),
      },
      worstMisses: [...missed]
        .sort((a, b) => box3Volume(b.box) - box3Volume(a.box))
        .slice(0, worstListed)
        .map(({ series, box }) => ({ image: series, place: box.map(tenth) })),
      worstFalseAlarms: stray
        .slice(0, worstListed)
        .map(({ series, box, score }) => ({ image: series, place: box.map(tenth), score })),
    },
  };
}

/** LUNA16's rule, as volume-matching.ts has it: a further mark on a found lesion is no false alarm. */
const centreIn = (mark: VolumeMark, lesion: VolumeLesion): boolean =>
  mark.series === lesion.series &&
  length(subtract(box3Center(mark.box), box3Center(lesion.box))) <
    (lesion.size ?? Math.max(...box3Size(lesion.box))) / 2;

const tenth = (v: number): number => Math.round(v * 10) / 10;
