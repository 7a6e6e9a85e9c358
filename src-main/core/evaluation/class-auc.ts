import { box2Iou, fromXywh } from '../geometry/box';
import type { CocoAnnotation, CocoDetection, CocoTruth } from './coco-dataset';
import { rocArea, type RocCase } from './roc-area';

/**
 * Are lesions of one kind told from those of the others, once found? Of each lesion the best mark on it (IoU >= 0.5,
 * whatever its category) says how much of its class scores it gives to each kind; the area under the ROC curve of that
 * share, lesions of the kind against the rest. Lesions without a mark do not count: finding them is another question.
 *
 * Shape shorthand: I: images
 */
export interface ClassAuc {
  /** Of the kind that is told from the rest: of two, the one with the higher id alone, since the other's area is the same. */
  readonly category: string;
  /** Lesions with a mark: of the kind, and of the others. */
  readonly positives: number;
  readonly negatives: number;
  /** @param weights [I] how often each image counts; left out, once each. NaN where one kind is not drawn. */
  auc(weights?: ArrayLike<number>): number;
}

const leastIou = 0.5;

/** @param imageIds order of the images @returns a row a kind that has lesions with a mark, and others have, too */
export function classAucs(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  imageIds: readonly number[],
): ClassAuc[] {
  const kinds = [...truth.categories].sort((a, b) => a.id - b.id);
  if (kinds.length < 2) return [];
  const marked = markedLesions(truth, detections, new Map(imageIds.map((id, n) => [id, n])));
  return kinds.slice(kinds.length === 2 ? 1 : 0).flatMap(({ id, name }) => {
    const cases = marked.map(({ lesion, mark, image }): RocCase => ({
      score: shareOf(mark, id),
      positive: lesion.category_id === id,
      image,
    }));
    const positives = cases.filter((c) => c.positive).length;
    const negatives = cases.length - positives;
    if (positives === 0 || negatives === 0) return [];
    return [{ category: name, positives, negatives, auc: rocArea(cases) }];
  });
}

/** Of its class scores; a detection without them gives its own category its score, and the rest to the others. */
function shareOf(mark: CocoDetection, category: number): number {
  const scores = mark.class_scores;
  if (!scores) return mark.category_id === category ? mark.score : 1 - mark.score;
  const sum = Object.values(scores).reduce((total, s) => total + s, 0);
  return sum > 0 ? (scores[category] ?? 0) / sum : 0;
}

function markedLesions(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  indexOf: ReadonlyMap<number, number>,
): { lesion: CocoAnnotation; mark: CocoDetection; image: number }[] {
  const byImage = new Map<number, CocoDetection[]>();
  for (const d of detections) {
    const list = byImage.get(d.image_id);
    if (list) list.push(d);
    else byImage.set(d.image_id, [d]);
  }
  return truth.annotations.flatMap((lesion) => {
    const image = indexOf.get(lesion.image_id);
    if (lesion.iscrowd || image === undefined) return [];
    const box = fromXywh(lesion.bbox);
    const on = (byImage.get(lesion.image_id) ?? []).filter((d) => box2Iou(fromXywh(d.bbox), box) >= leastIou);
    if (on.length === 0) return [];
    return [{ lesion, image, mark: on.reduce((best, d) => (d.score > best.score ? d : best)) }];
  });
}
