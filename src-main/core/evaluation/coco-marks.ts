import { outcome, type MatchTable } from './coco-matching';
import type { MarkTable } from './mark-table';

/**
 * The marks on pictures for FROC, precision-recall and calibration.
 *
 * The rule: a mark is a hit when its box and a lesion's overlap with IoU >= 0.5, each lesion hit at most once, the
 * higher-scoring mark first (the matching of coco-matching.ts over all sizes). Every other mark is a false positive, also
 * a second one on a lesion already hit: a reader has to dismiss it. Marks on crowd regions count for nothing. Categories
 * are pooled, each matched within itself.
 */
export function cocoMarks(table: MatchTable): MarkTable {
  const marks = table.categories.flatMap((c) =>
    [...c.scores].flatMap((score, d) => {
      const o = c.outcomes.all[0]![d];
      return o === outcome.ignored ? [] : [{ score, image: c.imageIndex[d]!, hit: o === outcome.hit }];
    }),
  );
  marks.sort((a, b) => b.score - a.score);
  const positives = new Int32Array(table.imageIds.length);
  for (const c of table.categories) c.positives.all.forEach((n, i) => (positives[i]! += n));
  return {
    scores: Float64Array.from(marks, (m) => m.score),
    image: Int32Array.from(marks, (m) => m.image),
    hit: Uint8Array.from(marks, (m) => Number(m.hit)),
    positives,
  };
}
