import { box2Iou, fromXywh, type Box2, type BoxXywh } from '../geometry/box';
import { centre, holds, pointsAt } from './centre-marks';
import type { CocoDetection, CocoTruth } from './coco-dataset';

/**
 * What became of each mark and each lesion of every picture at one threshold, for figures and for the list of worst
 * failures. The rule is coco-matching.ts's at IoU 0.5 unless told otherwise, which only counts: best mark first, each takes the free lesion of its
 * class that it overlaps most; marks on crowd regions count for nothing.
 */
export interface PictureOutcome {
  readonly image: string;
  /** Best first, without those on crowd regions. px. */
  readonly marks: readonly { readonly box: BoxXywh; readonly score: number; readonly hit: boolean }[];
  readonly lesions: readonly { readonly box: BoxXywh; readonly found: boolean }[];
}

const leastIou = 0.5;

/**
 * @param threshold marks scoring less are not shown to a reader, and count for nothing here
 * @param hit `centre`: centre-marks.ts's rule, by which a further mark on a found lesion counts for nothing
 */
export function pictureOutcomes(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  threshold: number,
  hit: 'iou' | 'centre' = 'iou',
): PictureOutcome[] {
  const fits = hit === 'iou' ? (a: Box2, b: Box2) => box2Iou(a, b) >= leastIou : pointsAt;
  const onCrowd =
    hit === 'iou'
      ? (mark: Box2, crowd: Box2) => within(mark, crowd) >= leastIou
      : (mark: Box2, crowd: Box2) => holds(crowd, centre(mark));
  return truth.images.map(({ id, file_name: image }) => {
    const wanted = truth.annotations.filter((a) => a.image_id === id);
    const lesions = wanted
      .filter((a) => !a.iscrowd)
      .map((a) => ({ ...a, box: fromXywh(a.bbox), found: false }));
    const crowds = wanted.filter((a) => a.iscrowd);
    const marks = detections
      .filter((d) => d.image_id === id && d.score >= threshold)
      .sort((a, b) => b.score - a.score)
      .flatMap(({ bbox, score, category_id }) => {
        const box = fromXywh(bbox);
        const own = lesions.filter((l) => l.category_id === category_id && fits(box, l.box));
        const free = own.filter((l) => !l.found);
        if (free.length > 0) {
          const iou = (l: (typeof free)[number]): number => box2Iou(box, l.box);
          free.reduce((a, b) => (iou(b) >= iou(a) ? b : a)).found = true;
          return [{ box: bbox, score, hit: true }];
        }
        if (hit === 'centre' && own.length > 0) return [];
        if (crowds.some((c) => c.category_id === category_id && onCrowd(box, fromXywh(c.bbox)))) return [];
        return [{ box: bbox, score, hit: false }];
      });
    return { image, marks, lesions: lesions.map(({ bbox, found }) => ({ box: bbox, found })) };
  });
}

/** Share of a mark that lies in a crowd region. */
function within(mark: Box2, crowd: Box2): number {
  const side = (a: 0 | 1): number =>
    Math.max(0, Math.min(mark[a + 2]!, crowd[a + 2]!) - Math.max(mark[a], crowd[a]));
  return (side(0) * side(1)) / ((mark[2] - mark[0]) * (mark[3] - mark[1]));
}

export interface OutcomeCounts {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
}

export const countOutcome = ({ marks, lesions }: PictureOutcome): OutcomeCounts => ({
  hits: lesions.filter((l) => l.found).length,
  misses: lesions.filter((l) => !l.found).length,
  falseAlarms: marks.filter((m) => !m.hit).length,
});
