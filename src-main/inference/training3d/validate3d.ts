import { setImmediate } from 'node:timers/promises';
import { evaluateVolumes, type VolumeEvaluation } from '../../core/evaluation/evaluate-volumes';
import { pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import type { VolumeLesion, VolumeMark } from '../../core/evaluation/volume-dataset';
import type { Detector } from '../detector-types';
import type { LabelledVolume } from './dataset3d';
import { defaultPerScan, measureVolumes, type MeasuredVolumes } from './measure-volumes';

export interface VolumeValidation {
  readonly evaluation: Omit<VolumeEvaluation, 'marks' | 'clusterOf'>;
  /** The lowest threshold with at most two false positives a scan, of calibrated scores; null where there is none. */
  readonly operatingPoint: OperatingPoint | null;
  readonly measured: MeasuredVolumes;
  readonly secondsPerVolume: number;
}

/** Runs the detector over the volumes; a mark is a hit where its centre lies within half the lesion's size (LUNA16). */
export async function validateVolumes(
  detector: Detector,
  volumes: AsyncIterable<LabelledVolume>,
  minScore: number,
  signal?: AbortSignal,
): Promise<VolumeValidation> {
  const series: { id: string }[] = [];
  const lesions: VolumeLesion[] = [];
  const marks: VolumeMark[] = [];
  let spent = 0;
  for await (const { source, series: name, volume, boxes } of volumes) {
    const id = `${source}/${name}`;
    series.push({ id });
    for (const { boxLps, ignore } of boxes ?? []) lesions.push({ series: id, box: boxLps, ignore });
    const started = performance.now();
    for (const { boxLps, score } of await detector.detectVolume(volume, { minScore, signal }))
      marks.push({ series: id, box: boxLps, score });
    spent += performance.now() - started;
    await setImmediate();
  }
  const truth = { series, lesions };
  const {
    marks: table,
    clusterOf,
    ...evaluation
  } = evaluateVolumes(truth, marks, { hit: { kind: 'centre' }, doubleHits: 'ignore' });
  const secondsPerVolume = spent / 1000 / Math.max(1, series.length);
  const measured = measureVolumes(truth, marks, { marks: table, clusterOf }, secondsPerVolume);
  const operatingPoint = pointAt(measured.points, defaultPerScan);
  return { evaluation, operatingPoint, measured, secondsPerVolume };
}
