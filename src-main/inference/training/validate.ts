import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../core/app-error';
import type { CocoDetection, CocoTruth } from '../../core/evaluation/coco-dataset';
import { evaluateCoco, type CocoEvaluation } from '../../core/evaluation/evaluate-coco';
import { pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import { toXywh, type Box2 } from '../../core/geometry/box';
import type { CompiledNetwork } from '../network/compiled';
import { invert, letterbox, mapBox } from '../preprocess/affine2';
import { plainExample } from './augment';
import type { Sample } from './dataset';
import { defaultPerImage, measurePictures, type MeasuredPictures } from './measure-pictures';
import type { Recipe } from './recipe';

export interface Validation {
  readonly evaluation: CocoEvaluation;
  /** The lowest threshold with at most one false positive an image, of calibrated scores; null where there is none. */
  readonly operatingPoint: OperatingPoint | null;
  readonly measured: MeasuredPictures;
  readonly millisecondsPerImage: number;
}

/** Runs the network over the pictures and scores it as `regio evaluate coco` does. */
export async function validate(
  network: CompiledNetwork,
  recipe: Recipe,
  samples: readonly Sample[],
  signal?: AbortSignal,
): Promise<Validation> {
  const detections: CocoDetection[] = [];
  const size = recipe.input.size;
  let spent = 0;
  for (const [index, sample] of samples.entries()) {
    if (signal?.aborted)
      throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on.');
    const started = performance.now();
    const example = plainExample(sample, recipe.input);
    const found = await network.propose(example.image, recipe.scoreFloor);
    spent += performance.now() - started;
    const back = invert(letterbox(sample.pixels.width, sample.pixels.height, size));
    for (const { box, score, classIndex } of found) {
      const inside = clipToPicture(mapBox(back, box), sample.pixels.width, sample.pixels.height);
      if (inside) detections.push({ image_id: index, category_id: classIndex, bbox: toXywh(inside), score });
    }
    await setImmediate();
  }
  const truth: CocoTruth = {
    images: samples.map((s, index) => ({ id: index, file_name: s.fileName })),
    categories: recipe.bundle.labels.map((name, id) => ({ id, name })),
    annotations: samples.flatMap((s, index) => [
      ...s.boxes.map((b, n) => ({ image_id: index, category_id: s.classes[n]!, bbox: toXywh(b) })),
      ...s.crowds.map((b) => ({ image_id: index, category_id: 0, bbox: toXywh(b), iscrowd: 1 })),
    ]),
  };
  const evaluation = evaluateCoco(truth, detections);
  const millisecondsPerImage = spent / Math.max(1, samples.length);
  const measured = measurePictures(truth, detections, evaluation, millisecondsPerImage);
  const operatingPoint = pointAt(measured.points, defaultPerImage);
  return { evaluation, operatingPoint, measured, millisecondsPerImage };
}

/** The part of a box within the picture, or null where nothing of it is. */
export function clipToPicture(box: Box2, width: number, height: number): Box2 | null {
  const clipped: Box2 = [
    Math.max(0, box[0]),
    Math.max(0, box[1]),
    Math.min(width, box[2]),
    Math.min(height, box[3]),
  ];
  return clipped[2] > clipped[0] && clipped[3] > clipped[1] ? clipped : null;
}
