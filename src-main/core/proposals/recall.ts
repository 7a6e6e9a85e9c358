import { iouAt } from '../geometry/box-overlap';

/**
 * Shape shorthand: per image i, truth[i] flat [T_i, 4 or 6] and proposals[i] flat [N_i, 4 or 6], lows then highs, best first.
 *
 * Recall against number of proposals (Hosang, Benenson, Dollar & Schiele, "What makes for effective detection proposals?", PAMI 38(4),
 * 2016): a true box is found by n proposals where one of the image's first n overlaps it enough. One proposal may find several true boxes.
 */
export interface RecallCurve {
  readonly counts: readonly number[];
  /** Share of true boxes found by the first counts[n] proposals; NaN where there is no true box. */
  readonly recall: readonly number[];
  readonly truthCount: number;
}

export type FlatBoxes = ArrayLike<number>;

/** Recall at each number of proposals an image, at one IoU threshold (found where IoU >= threshold). */
export function recallByProposalCount(
  truth: readonly FlatBoxes[],
  proposals: readonly FlatBoxes[],
  counts: readonly number[],
  iouThreshold: number,
  dimensions: 2 | 3 = 2,
): RecallCurve {
  const best = bestOverlaps(truth, proposals, counts, dimensions);
  const recall = best.map((column) => column.filter((iou) => iou >= iouThreshold).length / column.length);
  return { counts, recall, truthCount: best[0]?.length ?? 0 };
}

/** Mean of the recall at IoU 0.5, 0.55, ... 0.95, at each number of proposals an image. */
export function averageRecallByProposalCount(
  truth: readonly FlatBoxes[],
  proposals: readonly FlatBoxes[],
  counts: readonly number[],
  dimensions: 2 | 3 = 2,
): RecallCurve {
  const thresholds = Array.from({ length: 10 }, (_, n) => (50 + 5 * n) / 100);
  const best = bestOverlaps(truth, proposals, counts, dimensions);
  const recall = best.map((column) => {
    const hits = column.reduce((sum, iou) => sum + thresholds.filter((t) => iou >= t).length, 0);
    return hits / (column.length * thresholds.length);
  });
  return { counts, recall, truthCount: best[0]?.length ?? 0 };
}

/** [counts][true boxes]: the largest IoU among the image's first counts[n] proposals; 0 where it has none. */
function bestOverlaps(
  truth: readonly FlatBoxes[],
  proposals: readonly FlatBoxes[],
  counts: readonly number[],
  dimensions: 2 | 3,
): number[][] {
  const width = dimensions * 2;
  const best: number[][] = counts.map(() => []);
  truth.forEach((boxes, image) => {
    const ranked = proposals[image] ?? [];
    for (let t = 0; t < boxes.length; t += width) {
      const overlaps = new Float64Array(ranked.length / width);
      for (let n = 0; n < overlaps.length; n++)
        overlaps[n] = Math.max(overlaps[n - 1] ?? 0, iouAt(boxes, t, ranked, n * width, dimensions));
      counts.forEach((count, c) => {
        const last = Math.min(count, overlaps.length) - 1;
        best[c]!.push(last < 0 ? 0 : overlaps[last]!);
      });
    }
  });
  return best;
}
