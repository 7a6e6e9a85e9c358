import type { CocoDetection, CocoTruth } from './coco-dataset';
import { cocoMarks } from './coco-marks';
import { matchDetections, type MatchOptions } from './coco-matching';
import { froc, type FrocPoint } from './froc';

/**
 * The lowest score threshold that keeps the false positives an image at or under `fpPerImage` on this data: a model
 * bundle's default threshold is chosen with it, on validation images. The point says what that threshold gives there (no
 * interpolation: a threshold in use is one point of the curve). Threshold 1 and sensitivity 0 when even the best mark
 * breaks the limit or there is none.
 */
export function selectOperatingPoint(
  detections: readonly CocoDetection[],
  truth: CocoTruth,
  fpPerImage: number,
  options: MatchOptions = {},
): FrocPoint {
  const within = froc(cocoMarks(matchDetections(truth, detections, options)))
    .curve()
    .filter((p) => p.fpPerImage <= fpPerImage);
  return within[within.length - 1] ?? { threshold: 1, fpPerImage: 0, sensitivity: 0 };
}
