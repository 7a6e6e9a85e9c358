import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box2Iou } from '../geometry/box';
import { bestAnchors, boxAt, clipBoxes, joinProvenance, selectProposals } from './select-proposals';

const boxes = Float32Array.of(
  ...[0, 0, 10, 10],
  ...[1, 0, 11, 10],
  ...[50, 50, 60, 60],
  ...[80, 80, 80.5, 90],
  ...[0, 50, 10, 60],
);
const rules = { minScore: 0.1, nmsIouThreshold: 0.5, postNmsTopN: 2, minSize: 1 };

describe('selectProposals', () => {
  it('keeps the best, and says of each of the others which rule took it, and for whom', () => {
    const { kept, removals } = selectProposals({ boxes, scores: [0.9, 0.8, 0.05, 0.7, 0.6] }, rules);
    expect(kept).toEqual([0, 4]);
    expect(removals).toEqual([null, { rule: 'nms', by: 0 }, { rule: 'threshold' }, { rule: 'size' }, null]);
    const cut = selectProposals({ boxes, scores: [0.9, 0.8, 0.5, 0.7, 0.6] }, rules);
    expect(cut.kept).toEqual([0, 4]);
    expect(cut.removals[2]).toEqual({ rule: 'limit' });
  });

  it('joins the sources of a box and of those it suppressed', () => {
    const sources = ['network', 'selective-search', 'network', 'network', 'selective-search'] as const;
    const given = { boxes, scores: [0.9, 0.8, 0.05, 0.7, 0.6], sources };
    expect(selectProposals(given, rules).provenance).toEqual(['both', 'selective-search']);
    expect(joinProvenance(['both', 'network'])).toBe('both');
  });

  it('lets boxes suppress only their own level where asked', () => {
    const given = { boxes, scores: [0.9, 0.8, 0, 0, 0], levels: [3, 4, 3, 3, 3] };
    expect(selectProposals(given, rules).kept).toEqual([0]);
    expect(selectProposals(given, { ...rules, nmsPerLevel: true }).kept).toEqual([0, 1]);
  });

  it('drops a score that is no number', () => {
    const { removals } = selectProposals({ boxes, scores: [NaN, 0.8, 0.5, 0.5, 0.5] }, rules);
    expect(removals[0]).toEqual({ rule: 'threshold' });
  });
});

describe('suppression', () => {
  const pair = {
    boxes: Float32Array.of(0, 0, 10, 10, 2, 0, 12, 10, 50, 50, 60, 60),
    scores: [0.9, 0.8, 0.3],
  };

  it('lowers the score of what overlaps a better box', () => {
    const {
      kept,
      scores,
      boxes: shown,
    } = selectProposals(pair, { ...rules, postNmsTopN: 3, suppression: 'soft-nms' });
    // IoU 80 / 120, sigma 0.5.
    expect(kept).toEqual([0, 1, 2]);
    expect(scores[1]).toBeCloseTo(0.8 * Math.exp(-((2 / 3) ** 2) / 0.5), 6);
    expect(shown[1]).toEqual([2, 0, 12, 10]);
    const strict = selectProposals(pair, { ...rules, minScore: 0.5, suppression: 'soft-nms' });
    expect([strict.kept, strict.removals[1]]).toEqual([[0], { rule: 'threshold' }]);
  });

  it('averages the boxes of a place, and names the best of them', () => {
    const result = selectProposals(pair, { ...rules, suppression: 'box-clustering' });
    expect(result.kept).toEqual([0, 2]);
    expect(result.removals[1]).toEqual({ rule: 'nms', by: 0 });
    const [x0] = result.boxes[0]!;
    expect(x0).toBeGreaterThan(0);
    expect(x0).toBeLessThan(1);
    expect(result.scores[0]).toBeGreaterThan(0.8);
    expect(result.scores[0]).toBeLessThan(0.9);
  });
});

describe('bestAnchors', () => {
  const box = fc
    .tuple(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
    )
    .map(([x, y, w, h]) => [x, y, x + w, y + h]);

  it('finds an anchor that none overlaps more', () => {
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 30 }), fc.array(box, { maxLength: 5 }), (a, r) => {
        const anchors = Float32Array.from(a.flat());
        const regions = r.flat();
        bestAnchors(anchors, regions).forEach((m, n) => {
          const iou = (k: number): number => box2Iou(boxAt(anchors, k), boxAt(regions, n));
          const highest = Math.max(...a.map((_, k) => iou(k)));
          expect(iou(m)).toBeCloseTo(highest, 5);
        });
      }),
    );
  });
});

it('clips at the canvas', () => {
  const given = Float32Array.of(-5, 2, 300, 90);
  clipBoxes(given, 100, 80);
  expect([...given]).toEqual([0, 2, 100, 80]);
});
