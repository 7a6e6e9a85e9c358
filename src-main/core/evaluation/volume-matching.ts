import { AppError } from '../app-error';
import { box3Center, box3Iou, box3Size, type Box3 } from '../geometry/box';
import type { MatchedLesion, MatchedMark, MatchedMarks } from './mark-table';
import { inBin, type SizeBin } from './size-bins';
import type { VolumeLesion, VolumeMark, VolumeTruth } from './volume-dataset';

/**
 * Which mark hits which lesion in volumes, by COCO's rule in three dimensions: best mark first, each takes the free lesion
 * it fits best; one that counts goes before one to ignore. Overlaps are computed once, matching at any threshold reads them.
 *
 * Shape shorthand: I: series; per series D: marks, best score first; G: lesions
 */
export type HitRule =
  /** Intersection over union of the boxes, at least this. */
  | { readonly kind: 'iou'; readonly threshold: number }
  /** LUNA16's: the centre of the mark's box is closer to that of the lesion's than half the lesion's size. */
  | { readonly kind: 'centre' };

export interface VolumeMatchOptions {
  /** A further mark on a lesion already found: a false positive (a reader has to dismiss it), or nothing, as in LUNA16. */
  readonly doubleHits?: 'false-positive' | 'ignore' | undefined;
  /** Only lesions of these sizes count, the others are ignored, and so are marks of other sizes that hit nothing. */
  readonly sizes?: SizeBin | undefined;
}

export interface VolumeMatcher {
  readonly series: number;
  match(rule: HitRule, options?: VolumeMatchOptions): MatchedMarks & { readonly ignored: number };
}

/** Marks a series beyond this many, by score, are left out, as in COCO and LUNA16. */
const marksPerSeries = 100;

interface Scene {
  readonly marks: readonly { readonly score: number; readonly size: number }[];
  readonly lesions: readonly { readonly size: number; readonly ignore: boolean }[];
  /** [D][G] */
  readonly iou: readonly (readonly number[])[];
  /** [D][G] 1 - distance of centres / (lesion's size / 2): 1 in the centre, 0 at the rim. */
  readonly closeness: readonly (readonly number[])[];
}

/** @throws AppError request.invalid when a series is listed twice, or a lesion or mark is on one that is not listed */
export function prepareVolumes(truth: VolumeTruth, predictions: readonly VolumeMark[]): VolumeMatcher {
  const indexOf = new Map(truth.series.map((s, i) => [s.id, i]));
  if (indexOf.size !== truth.series.length) throw stranger('The truth lists a series twice.', 'series.id');
  const lesions = bySeries(truth.lesions, indexOf, 'A lesion');
  const marks = bySeries(predictions, indexOf, 'A prediction');
  const scenes = marks.map((list, i) =>
    prepareScene([...list].sort((a, b) => b.score - a.score).slice(0, marksPerSeries), lesions[i]!),
  );
  return { series: scenes.length, match: (rule, options = {}) => matchScenes(scenes, rule, options) };
}

function bySeries<T extends { readonly series: string }>(
  items: readonly T[],
  indexOf: ReadonlyMap<string, number>,
  what: string,
): T[][] {
  const lists: T[][] = Array.from({ length: indexOf.size }, () => []);
  for (const item of items) {
    const index = indexOf.get(item.series);
    if (index === undefined) throw stranger(`${what} is on a series that the truth does not list.`, 'series');
    lists[index]!.push(item);
  }
  return lists;
}

const stranger = (message: string, field: string): AppError =>
  new AppError('request.invalid', message, 'Use predictions made on the series of this truth file.', {
    field,
  });

function prepareScene(marks: readonly VolumeMark[], lesions: readonly VolumeLesion[]): Scene {
  const sized = lesions.map((l) => ({
    box: l.box,
    size: l.size ?? longestSide(l.box),
    ignore: l.ignore === true,
  }));
  return {
    marks: marks.map((m) => ({ score: m.score, size: longestSide(m.box) })),
    lesions: sized,
    iou: marks.map((m) => sized.map((l) => box3Iou(m.box, l.box))),
    closeness: marks.map((m) => sized.map((l) => 1 - distance(m.box, l.box) / (l.size / 2))),
  };
}

const longestSide = (box: Box3): number => Math.max(...box3Size(box));

function distance(a: Box3, b: Box3): number {
  const [p, q] = [box3Center(a), box3Center(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

function matchScenes(
  scenes: readonly Scene[],
  rule: HitRule,
  { doubleHits = 'false-positive', sizes }: VolumeMatchOptions,
): MatchedMarks & { ignored: number } {
  const marks: MatchedMark[] = [];
  const lesions: MatchedLesion[] = [];
  let ignored = 0;
  // Strictly within the radius: the smallest double above 0.
  const least = rule.kind === 'iou' ? rule.threshold : Number.MIN_VALUE;
  scenes.forEach((scene, image) => {
    const fit = rule.kind === 'iou' ? scene.iou : scene.closeness;
    const counts = scene.lesions.map((l) => !l.ignore && (!sizes || inBin(l.size, sizes)));
    const order = [...counts.keys()].sort((a, b) => Number(counts[b]) - Number(counts[a]));
    const number = new Map<number, number>();
    for (const g of order)
      if (counts[g]) number.set(g, lesions.push({ image, size: scene.lesions[g]!.size }) - 1);
    const taken = new Set<number>();
    scene.marks.forEach((mark, d) => {
      let best = -1;
      for (const g of order) {
        // What is ignored by the reference may be marked any number of times, like COCO's crowds.
        if (taken.has(g) && !scene.lesions[g]!.ignore) continue;
        if (best >= 0 && counts[best] && !counts[g]) break;
        const value = fit[d]![g]!;
        if (value >= least && (best < 0 || value > fit[d]![best]!)) best = g;
      }
      if (best >= 0) {
        taken.add(best);
        if (counts[best]) marks.push({ image, score: mark.score, lesion: number.get(best)! });
        else ignored++;
      } else if (
        (sizes && !inBin(mark.size, sizes)) ||
        (doubleHits === 'ignore' && [...taken].some((g) => fit[d]![g]! >= least))
      ) {
        ignored++;
      } else marks.push({ image, score: mark.score, lesion: -1 });
    });
  });
  marks.sort((a, b) => b.score - a.score);
  return { images: scenes.length, marks, lesions, ignored };
}
