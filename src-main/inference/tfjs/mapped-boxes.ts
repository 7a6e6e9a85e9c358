import { nonMaximumSuppression } from '../../core/detection/nms';
import type { Box2 } from '../../core/geometry/box';
import type { MappedInputSpec, MappedOutputSpec } from './mapped-spec';

/**
 * Outputs of a mapped model -> boxes in px of its input, best first.
 *
 * Shape shorthand: N: boxes; C: columns of the scores; boxes [N, 4], scores [N, C]
 */
export interface MappedBox {
  readonly box: Box2;
  readonly score: number;
  /** Index of the label. */
  readonly label: number;
}

export function readMappedBoxes(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  labels: number,
  input: Pick<MappedInputSpec, 'width' | 'height'>,
  output: MappedOutputSpec,
  selection: { readonly nmsIouThreshold: number; readonly maxDetections: number },
  minScore: number,
): MappedBox[] {
  const count = boxes.length / 4;
  const columns = scores.length / count;
  const found: MappedBox[] = [];
  for (let label = 0; label < labels; label++) {
    const own: MappedBox[] = [];
    for (let n = 0; n < count; n++) {
      const raw = scores[n * columns + output.skipClasses + label]!;
      const score = output.scoreKind === 'logit' ? 1 / (1 + Math.exp(-raw)) : raw;
      if (!(score >= minScore && score <= 1)) continue;
      const box = toCorners(boxes, n * 4, input, output);
      if (box.every(Number.isFinite) && box[2] > box[0] && box[3] > box[1]) own.push({ box, score, label });
    }
    const kept = nonMaximumSuppression(
      own.map((b) => b.box),
      own.map((b) => b.score),
      selection.nmsIouThreshold,
      selection.maxDetections,
    );
    for (const n of kept) found.push(own[n]!);
  }
  return found.sort((a, b) => b.score - a.score).slice(0, selection.maxDetections);
}

function toCorners(
  boxes: ArrayLike<number>,
  at: number,
  { width, height }: Pick<MappedInputSpec, 'width' | 'height'>,
  { boxFormat, boxUnit }: MappedOutputSpec,
): Box2 {
  const [sx, sy] = boxUnit === 'fraction' ? [width, height] : [1, 1];
  const [a, b, c, d] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
  switch (boxFormat) {
    case 'xyxy':
      return [a * sx, b * sy, c * sx, d * sy];
    case 'yxyx':
      return [b * sx, a * sy, d * sx, c * sy];
    case 'xywh':
      return [a * sx, b * sy, (a + c) * sx, (b + d) * sy];
    case 'cxcywh':
      return [(a - c / 2) * sx, (b - d / 2) * sy, (a + c / 2) * sx, (b + d / 2) * sy];
  }
}
