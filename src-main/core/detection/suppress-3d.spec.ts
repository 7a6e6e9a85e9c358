import { describe, expect, it } from 'vitest';
import { suppressBoxes3 } from './suppress-3d';

const cube = (x: number, side: number): number[] => [x, 0, 0, x + side, side, side];

describe('suppression over a volume', () => {
  it('says which rule took a box away, and which box', () => {
    // 0 kept; 1 nearly on 0; 2 small inside 0; 3 far, kept; 4 far and beyond the limit; 5 on 0 but of another class.
    const boxes = [cube(0, 10), cube(1, 10), cube(4, 4), cube(50, 10), cube(100, 10), cube(0, 10)].flat();
    const scores = [0.9, 0.8, 0.7, 0.6, 0.1, 0.5];
    const options = { iouThreshold: 0.3, insideThreshold: 0.7, limit: 3 };
    const { kept, removals } = suppressBoxes3(boxes, scores, [0, 0, 0, 0, 0, 1], options);
    expect(kept).toEqual([0, 3, 5]);
    expect(removals).toEqual([
      null,
      { rule: 'nms', by: 0, overlap: expect.closeTo(9 / 11, 12) as number },
      { rule: 'inside', by: 0, overlap: 1 },
      null,
      { rule: 'limit' },
      null,
    ]);
  });
});
