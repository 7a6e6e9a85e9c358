import { describe, expect, it } from 'vitest';
import { averageRecallByProposalCount, recallByProposalCount } from './recall';

describe('recall by number of proposals', () => {
  const truth = [[0, 0, 10, 10, 20, 20, 30, 30], [], [5, 5, 15, 15]];
  /** Image 0: a miss, then its second box exactly, then its first at IoU 0.8. Image 2: IoU 0.5 at once. */
  const proposals = [
    [50, 50, 60, 60, 20, 20, 30, 30, 0, 0, 10, 8],
    [0, 0, 5, 5],
    [5, 5, 15, 10],
  ];

  it('counts a true box as found from its first good proposal on', () => {
    const { recall, truthCount } = recallByProposalCount(truth, proposals, [0, 1, 2, 3, 1000], 0.5);
    expect(truthCount).toBe(3);
    expect(recall).toEqual([0, 1 / 3, 2 / 3, 1, 1]);
    expect(recallByProposalCount(truth, proposals, [3], 0.81).recall).toEqual([1 / 3]);
  });

  it('averages over IoU 0.5 to 0.95', () => {
    // IoU 1 passes ten thresholds, 0.8 seven, 0.5 one.
    const { recall } = averageRecallByProposalCount(truth, proposals, [3]);
    expect(recall[0]).toBeCloseTo((10 + 7 + 1) / 30, 12);
  });

  it('measures volumes of boxes in 3D, and finds nothing where nothing was proposed', () => {
    const box = [0, 0, 0, 10, 10, 10];
    expect(recallByProposalCount([box], [[0, 0, 0, 10, 10, 6]], [1], 0.6, 3).recall).toEqual([1]);
    expect(recallByProposalCount([box], [[0, 0, 0, 10, 6, 6]], [1], 0.6, 3).recall).toEqual([0]);
    expect(recallByProposalCount([box], [[]], [10], 0.5, 3).recall).toEqual([0]);
    expect(recallByProposalCount([[]], [[]], [10], 0.5, 3).recall).toEqual([NaN]);
  });
});
