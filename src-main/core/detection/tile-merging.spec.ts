import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box2Iou, type Box2 } from '../geometry/box';
import { mergeTileBoxes, type TileBox } from './tile-merging';

// Two columns and two rows of tiles of 100 px that share 40.
const tiles: Box2[] = [
  [0, 0, 100, 100],
  [60, 0, 160, 100],
  [0, 60, 100, 160],
  [60, 60, 160, 160],
];
const rules = { tiles, width: 160, height: 160, iouThreshold: 0.5, limit: 100 };
const seenBy = (box: Box2, tile: number): Box2 => {
  const [x0, y0, x1, y1] = tiles[tile]!;
  return [Math.max(x0, box[0]), Math.max(y0, box[1]), Math.min(x1, box[2]), Math.min(y1, box[3])];
};
const mark = (box: Box2, tile: number, score: number, classIndex = 0): TileBox => ({
  box: seenBy(box, tile),
  score,
  tile,
  classIndex,
});
/** What perfect tiles would say of some lesions: each marks what it sees of them, if it is a fair part. */
const perfect = (lesions: readonly Box2[]): TileBox[] =>
  lesions.flatMap((lesion, l) =>
    tiles.flatMap((_, t) => {
      const [x0, y0, x1, y1] = seenBy(lesion, t);
      return x1 - x0 > 8 && y1 - y0 > 8 ? [mark(lesion, t, 0.9 - l * 0.1 - t * 0.01)] : [];
    }),
  );

describe('merging the boxes of tiles', () => {
  it('keeps one whole box of a lesion, wherever it lies', () => {
    const size = fc.integer({ min: 12, max: 120 });
    fc.assert(
      fc.property(size, size, fc.nat(160), fc.nat(160), (w, h, x, y) => {
        const lesion: Box2 = [
          Math.min(x, 160 - w),
          Math.min(y, 160 - h),
          Math.min(x, 160 - w) + w,
          Math.min(y, 160 - h) + h,
        ];
        const merged = mergeTileBoxes(perfect([lesion]), rules);
        expect(merged.boxes).toHaveLength(1);
        // Slivers that a tile does not mark may be missing from the hull; nothing else.
        merged.boxes[0]!.forEach((v, side) => expect(Math.abs(v - lesion[side]!)).toBeLessThanOrEqual(8));
        expect(merged.scores[0]).toBe(Math.max(...perfect([lesion]).map((b) => b.score)));
      }),
    );
  });

  it('lets the tile that sees a lesion whole answer, with the best score of both', () => {
    const lesion: Box2 = [65, 20, 115, 50];
    const { kept, boxes, scores, removals } = mergeTileBoxes(
      [mark(lesion, 0, 0.9), mark(lesion, 1, 0.6)],
      rules,
    );
    expect(kept).toEqual([1]);
    expect(boxes).toEqual([lesion]);
    expect(scores).toEqual([0.9]);
    expect(removals).toEqual([{ rule: 'window' }, null]);
  });

  it('drops what a border cuts where the next tile sees the place and marked nothing', () => {
    const atBorder = mark([90, 20, 100, 30], 0, 0.8);
    expect(mergeTileBoxes([atBorder], rules)).toMatchObject({ kept: [], removals: [{ rule: 'window' }] });
    // The next tile was not looked at: nobody knows better.
    expect(mergeTileBoxes([atBorder], { ...rules, tiles: tiles.slice(0, 1) }).kept).toEqual([0]);
    // At the picture's own border nothing is cut.
    expect(mergeTileBoxes([mark([0, 20, 10, 30], 0, 0.8)], rules).kept).toEqual([0]);
  });

  it('does not join neighbours, other classes, or whole boxes that a third one touches', () => {
    const left: Box2 = [70, 10, 90, 30];
    const right: Box2 = [92, 10, 130, 30];
    const found = perfect([left, right]);
    const { boxes } = mergeTileBoxes(found, rules);
    expect(boxes.map((b) => [...b])).toEqual([[...left], [...right]]);
    const two = mergeTileBoxes([mark(right, 0, 0.9, 1), mark(right, 1, 0.8, 0)], rules);
    // The cut one is of another class, and the tile that sees its place whole says so.
    expect(two.kept).toEqual([1]);
    expect(two.scores).toEqual([0.8]);
  });

  it('suppresses over the picture class by class, says by whom, and keeps to the limit', () => {
    const box: Box2 = [70, 70, 95, 95];
    const near: Box2 = [71, 71, 96, 96];
    const far: Box2 = [5, 5, 30, 30];
    const given = [mark(box, 0, 0.5), mark(near, 3, 0.7), mark(far, 0, 0.4), mark(box, 1, 0.6, 1)];
    const merged = mergeTileBoxes(given, { ...rules, limit: 2 });
    expect(merged.kept).toEqual([1, 3]);
    expect(merged.removals[0]).toEqual({ rule: 'nms', by: 1, overlap: box2Iou(box, near) });
    expect(merged.removals[2]).toEqual({ rule: 'limit' });
  });

  it('takes an empty list', () => {
    expect(mergeTileBoxes([], rules)).toEqual({ kept: [], boxes: [], scores: [], removals: [] });
  });
});
