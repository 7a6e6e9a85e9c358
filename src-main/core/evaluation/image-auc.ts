import type { CocoDetection, CocoTruth } from './coco-dataset';
import { rocArea } from './roc-area';

/**
 * Does the highest score of an image tell images with a lesion from those without? Area under the ROC curve: the chance that
 * an image with one scores higher than an image without, ties counting half (Mann & Whitney 1947; Hanley & McNeil 1982).
 * An image without a mark scores lowest; one whose only annotations are crowd regions is neither kind.
 *
 * Shape shorthand: I: images
 */
export interface ImageAuc {
  readonly withLesion: number;
  readonly without: number;
  /** @param weights [I] how often each image counts; left out, once each. NaN where one kind is not drawn. */
  auc(weights?: ArrayLike<number>): number;
}

/** @param imageIds order of the images @returns null unless there are images of both kinds */
export function imageAuc(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  imageIds: readonly number[],
): ImageAuc | null {
  const indexOf = new Map(imageIds.map((id, n) => [id, n]));
  const scores = new Float64Array(imageIds.length).fill(-Infinity);
  for (const { image_id, score } of detections) {
    const n = indexOf.get(image_id);
    if (n !== undefined && score > scores[n]!) scores[n] = score;
  }
  const lesions = new Set(truth.annotations.filter((a) => !a.iscrowd).map((a) => a.image_id));
  const crowds = new Set(truth.annotations.filter((a) => a.iscrowd).map((a) => a.image_id));
  const counted = [...imageIds.keys()].filter((n) => lesions.has(imageIds[n]!) || !crowds.has(imageIds[n]!));
  const positive = Uint8Array.from(imageIds, (id) => Number(lesions.has(id)));
  const withLesion = counted.filter((n) => positive[n] === 1).length;
  const without = counted.length - withLesion;
  if (withLesion === 0 || without === 0) return null;
  return {
    withLesion,
    without,
    auc: rocArea(counted.map((n) => ({ score: scores[n]!, positive: positive[n] === 1, image: n }))),
  };
}
