import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../core/app-error';
import { evaluateVolumes, type VolumeEvaluation } from '../../core/evaluation/evaluate-volumes';
import { pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import type { VolumeLesion, VolumeMark, VolumeTruth } from '../../core/evaluation/volume-dataset';
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
  const secondsPerVolume = spent / 1000 / Math.max(1, series.length);
  return validationOf({ series, lesions }, marks, secondsPerVolume);
}

const box = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);
const heldOutFile = z.object({
  series: z.array(z.object({ id: z.string(), patient: z.string() })),
  lesions: z.array(
    z.object({ series: z.string(), box, size: z.number().optional(), ignore: z.boolean().optional() }),
  ),
  marks: z.array(z.object({ series: z.string(), box, score: z.number() })),
  secondsPerVolume: z.number(),
});

/**
 * Of the marks of sister models, each on what it did not see.
 * @throws AppError request.invalid where the file is not there or not of this form
 */
export async function validateHeldOut(file: string): Promise<VolumeValidation> {
  try {
    const { series, lesions, marks, secondsPerVolume } = heldOutFile.parse(
      JSON.parse(await readFile(file, 'utf8')),
    );
    return validationOf({ series, lesions }, marks, secondsPerVolume);
  } catch (cause) {
    throw new AppError(
      'request.invalid',
      'The marks on what was left out cannot be read.',
      'Train the folds first (bench/lung-folds.mjs), then go on with this training: it keeps its checkpoint.',
      { file, field: 'data.heldOut' },
      { cause },
    );
  }
}

function validationOf(
  truth: VolumeTruth,
  marks: readonly VolumeMark[],
  secondsPerVolume: number,
): VolumeValidation {
  const {
    marks: table,
    clusterOf,
    ...evaluation
  } = evaluateVolumes(truth, marks, { hit: { kind: 'centre' }, doubleHits: 'ignore' });
  const measured = measureVolumes(truth, marks, { marks: table, clusterOf }, secondsPerVolume);
  const operatingPoint = pointAt(measured.points, defaultPerScan);
  return { evaluation, operatingPoint, measured, secondsPerVolume };
}
