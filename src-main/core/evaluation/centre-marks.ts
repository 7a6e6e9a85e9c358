import { box2Iou, fromXywh, type Box2 } from '../geometry/box';
import type { CocoAnnotation, CocoDetection, CocoTruth } from './coco-dataset';
import { markTable, type MarkTable, type MatchedLesion, type MatchedMark } from './mark-table';

/**
 * The marks on pictures where pointing at a lesion is what counts, as with microaneurysms and point marks, whose outlines
 * nobody agrees on: a mark hits when its centre lies in the lesion's box, or the lesion's centre in its box.
 *
 * Best mark first, each takes the lesion that it hits, was not found yet and overlaps it most; of equal overlaps the later
 * one, as in coco-matching.ts. A further mark on a found lesion, and one whose centre lies in a crowd region, counts for
 * nothing: region and mark need not be of one size, so several marks on one region are no mistake. Categories are matched
 * each within itself, or all as one.
 */
export interface CentreOptions {
  readonly classAgnostic?: boolean | undefined;
}

/** Marks of one image beyond this many, by score, are left out, as in coco-matching.ts. */
const mostMarks = 100;

/** @param imageIds order of the images in the table */
export function centreMarks(
  truth: CocoTruth,
  detections: readonly CocoDetection[],
  imageIds: readonly number[],
  { classAgnostic = false }: CentreOptions = {},
): MarkTable {
  const marks: MatchedMark[] = [];
  const lesions: MatchedLesion[] = [];
  imageIds.forEach((id, image) => {
    const wanted = truth.annotations.filter((a) => a.image_id === id);
    const crowds = wanted.filter((a) => a.iscrowd);
    const open = wanted
      .filter((a) => !a.iscrowd)
      .map((a) => ({
        ...place(a),
        lesion: lesions.push({ image, size: Math.max(a.bbox[2], a.bbox[3]) }) - 1,
        found: false,
      }));
    const found = detections
      .filter((d) => d.image_id === id)
      .sort((a, b) => b.score - a.score)
      .slice(0, mostMarks);
    for (const detection of found) {
      const mark = place(detection);
      const sameKind = (of: { readonly category_id: number }): boolean =>
        classAgnostic || of.category_id === detection.category_id;
      const hit = open.filter((l) => sameKind(l) && pointsAt(mark.box, l.box));
      const free = hit.filter((l) => !l.found);
      if (free.length > 0) {
        const best = free.reduce((a, b) => (box2Iou(mark.box, b.box) >= box2Iou(mark.box, a.box) ? b : a));
        best.found = true;
        marks.push({ image, score: detection.score, lesion: best.lesion });
      } else if (
        hit.length === 0 &&
        !crowds.some((c) => sameKind(c) && holds(place(c).box, centre(mark.box)))
      ) {
        marks.push({ image, score: detection.score, lesion: -1 });
      }
    }
  });
  return markTable({ images: imageIds.length, marks, lesions });
}

const place = <T extends CocoAnnotation | CocoDetection>(of: T): T & { readonly box: Box2 } => ({
  ...of,
  box: fromXywh(of.bbox),
});

export const centre = ([x0, y0, x1, y1]: Box2): readonly [number, number] => [(x0 + x1) / 2, (y0 + y1) / 2];

export const holds = ([x0, y0, x1, y1]: Box2, [x, y]: readonly [number, number]): boolean =>
  x >= x0 && y >= y0 && x <= x1 && y <= y1;

export const pointsAt = (mark: Box2, lesion: Box2): boolean =>
  holds(lesion, centre(mark)) || holds(mark, centre(lesion));
