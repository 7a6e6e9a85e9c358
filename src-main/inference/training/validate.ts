import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../core/app-error';
import type { CocoDetection, CocoTruth } from '../../core/evaluation/coco-dataset';
import { evaluateCoco, type CocoEvaluation } from '../../core/evaluation/evaluate-coco';
import { pointAt, type OperatingPoint } from '../../core/evaluation/operating-points';
import { toXywh } from '../../core/geometry/box';
import type { CompiledNetwork } from '../network/compiled';
import { proposeOnPicture } from '../picture-proposals';
import { toNetworkInput } from '../preprocess/intensity';
import { planPicture } from '../preprocess/picture-plan';
import type { Sample } from './dataset';
import { defaultPerImage, measurePictures, type MeasuredPictures } from './measure-pictures';
import type { Recipe } from './recipe';

export interface Validation {
  readonly evaluation: CocoEvaluation;
  /** The lowest threshold with at most one false positive an image, of calibrated scores; null where there is none. */
  readonly operatingPoint: OperatingPoint | null;
  readonly measured: MeasuredPictures;
  /** Of the fastest tenth: other work on the machine slows the others. */
  readonly millisecondsPerImage: number;
}

/** The lowest decile. */
function fastTenth(milliseconds: readonly number[]): number {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)] ?? 0;
}

/** Runs the network over the pictures and scores it as `regio evaluate coco` does. */
export async function validate(
  network: CompiledNetwork,
  recipe: Recipe,
  samples: readonly Sample[],
  signal?: AbortSignal,
): Promise<Validation> {
  const { truth, detections, milliseconds } = await findInSamples(network, recipe, samples, signal);
  // Of several kinds: is it a lesion at all? That is what a threshold is chosen by; kinds have an AUC of their own.
  const evaluation = evaluateCoco(truth, detections, { classAgnostic: true, hit: recipe.hit });
  const millisecondsPerImage = fastTenth(milliseconds);
  const measured = measurePictures(...ofOneKind(truth, detections), evaluation, {
    millisecondsPerImage,
    hit: recipe.hit,
  });
  const operatingPoint = pointAt(measured.points, defaultPerImage);
  return { evaluation, operatingPoint, measured, millisecondsPerImage };
}

/** @returns what is marked in the pictures, what the network finds with its own scores, and how long each took */
export async function findInSamples(
  network: CompiledNetwork,
  recipe: Recipe,
  samples: readonly Sample[],
  signal?: AbortSignal,
): Promise<{ truth: CocoTruth; detections: CocoDetection[]; milliseconds: number[] }> {
  const detections: CocoDetection[] = [];
  const milliseconds: number[] = [];
  for (const [index, sample] of samples.entries()) {
    if (signal?.aborted)
      throw new AppError('job.cancelled', 'Training was cancelled.', 'Start it again to go on.');
    const started = performance.now();
    const plan = planPicture(sample.pixels, recipe.input, sample.depthMax);
    const found = await proposeOnPicture(plan, recipe.proposals, ({ canvas, channels, range }) =>
      network.propose(toNetworkInput(canvas, channels, range, recipe.input), recipe.scoreFloor),
    );
    milliseconds.push(performance.now() - started);
    for (const { box, score, classIndex, classScores } of found) {
      const class_scores = classScores && { ...classScores };
      detections.push({ image_id: index, category_id: classIndex, bbox: toXywh(box), score, class_scores });
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
  return { truth, detections, milliseconds };
}

/** A lesion marked as one of another kind is found. */
export const ofOneKind = (
  truth: CocoTruth,
  detections: readonly CocoDetection[],
): [CocoTruth, CocoDetection[]] => [
  { ...truth, annotations: truth.annotations.map(asOneKind) },
  detections.map(asOneKind),
];

const asOneKind = <T extends { readonly category_id: number }>(of: T): T => ({ ...of, category_id: 0 });
