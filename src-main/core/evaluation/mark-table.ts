/**
 * What FROC, precision-recall and calibration are made of, whatever matched the marks: pictures (coco-matching.ts),
 * LUNA16's rule (luna16.ts) and volumes (volume-matching.ts) all end here. Matching is done once; every curve, table row
 * and bootstrap resample only adds up.
 *
 * Shape shorthand: I: images (pictures, scans or series); M: marks that count, best score first; L: lesions
 */
export interface MarkTable {
  /** [M] falling. */
  readonly scores: Float64Array;
  /** [M] index into I. */
  readonly image: Int32Array;
  /** [M] 1: found a lesion that no better mark had found; 0: false positive. */
  readonly hit: Uint8Array;
  /** [I] lesions that ask to be found. */
  readonly positives: Int32Array;
}

/** A mark that counts. Marks that were ignored (on excluded lesions, on crowds) are not in the list at all. */
export interface MatchedMark {
  readonly image: number;
  readonly score: number;
  /** Index into L, or -1: false positive. */
  readonly lesion: number;
}

export interface MatchedLesion {
  readonly image: number;
  /** mm: longest side or diameter. */
  readonly size: number;
}

export interface MatchedMarks {
  readonly images: number;
  /** In any order; tables are made fastest of marks that are sorted, best first. */
  readonly marks: readonly MatchedMark[];
  /** [L] */
  readonly lesions: readonly MatchedLesion[];
}

/**
 * @param counts which lesions ask to be found; a mark on another lesion is neither hit nor false positive. Left out: all.
 */
export function markTable(
  matched: MatchedMarks,
  counts: (lesion: MatchedLesion) => boolean = () => true,
): MarkTable {
  const positives = new Int32Array(matched.images);
  for (const lesion of matched.lesions) if (counts(lesion)) positives[lesion.image]!++;
  const marks = matched.marks.filter((m) => m.lesion < 0 || counts(matched.lesions[m.lesion]!));
  marks.sort((a, b) => b.score - a.score);
  return {
    scores: Float64Array.from(marks, (m) => m.score),
    image: Int32Array.from(marks, (m) => m.image),
    hit: Uint8Array.from(marks, (m) => Number(m.lesion >= 0)),
    positives,
  };
}

/** Images and lesions when image i counts `weights[i]` times. */
export function weighted(
  table: MarkTable,
  weights: ArrayLike<number>,
): { readonly images: number; readonly lesions: number } {
  let images = 0;
  let lesions = 0;
  for (let i = 0; i < table.positives.length; i++) {
    images += weights[i]!;
    lesions += weights[i]! * table.positives[i]!;
  }
  return { images, lesions };
}

/** [I] of ones: each image counts once. */
export const once = (table: MarkTable): Int32Array => new Int32Array(table.positives.length).fill(1);
