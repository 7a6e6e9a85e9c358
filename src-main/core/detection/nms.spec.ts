import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Box2 } from '../geometry/box';
import { nonMaximumSuppression, nonMaximumSuppressionFlat } from './nms';

describe('non-maximum suppression', () => {
  const boxes: Box2[] = [
    [0, 0, 10, 10],
    [1, 0, 11, 10],
    [20, 20, 30, 30],
    [0, 0, 10, 5],
  ];

  it('keeps the best of those that overlap more than the threshold, best first', () => {
    expect(nonMaximumSuppression(boxes, [0.5, 0.9, 0.7, 0.6], 0.5)).toEqual([1, 2, 3]);
  });

  it('keeps a pair exactly at the threshold, as torchvision does', () => {
    expect(nonMaximumSuppression([boxes[0]!, boxes[3]!], [0.9, 0.8], 0.5)).toEqual([0, 1]);
    expect(nonMaximumSuppression([boxes[0]!, boxes[3]!], [0.9, 0.8], 0.49)).toEqual([0]);
  });

  it('keeps input order among equal scores and stops at the limit', () => {
    expect(nonMaximumSuppression(boxes, [0.5, 0.5, 0.5, 0.5], 0.9)).toEqual([0, 1, 2, 3]);
    expect(nonMaximumSuppression(boxes, [0.5, 0.5, 0.5, 0.5], 0.9, 2)).toEqual([0, 1]);
  });

  itWithShared("equals torchvision's", ['golden/rpn2d/nms.json'], (file) => {
    const golden = JSON.parse(readFileSync(file!, 'utf8')) as {
      boxes: Box2[];
      scores: number[];
      iou: number;
      keep: number[];
    };
    expect(nonMaximumSuppression(golden.boxes, golden.scores, golden.iou)).toEqual(golden.keep);
  });
});

describe('non-maximum suppression of flat boxes', () => {
  it('says which box removed which, in 3D', () => {
    const boxes = [
      ...[0, 0, 0, 10, 10, 10],
      ...[0, 0, 1, 10, 10, 11],
      ...[0, 0, 20, 10, 10, 30],
      ...[0, 0, 0, 10, 10, 9],
    ];
    const { kept, suppressedBy } = nonMaximumSuppressionFlat(boxes, [0.5, 0.9, 0.7, 0.6], {
      dimensions: 3,
      iouThreshold: 0.5,
    });
    expect([...kept]).toEqual([1, 2]);
    expect([...suppressedBy]).toEqual([1, -1, -1, 1]);
  });

  it('refuses boxes that are not as many as the scores', () => {
    expect(() => nonMaximumSuppressionFlat([0, 0, 1, 1], [1], { dimensions: 3, iouThreshold: 0.5 })).toThrow(
      RangeError,
    );
  });

  itWithShared("equals MONAI's", ['golden/retinanet3d/golden.json'], (file) => {
    const { nms3d } = JSON.parse(readFileSync(file!, 'utf8')) as {
      nms3d: { boxes: number[][]; scores: number[]; iou: number; keep: number[] };
    };
    const { kept } = nonMaximumSuppressionFlat(nms3d.boxes.flat(), nms3d.scores, {
      dimensions: 3,
      iouThreshold: nms3d.iou,
    });
    expect([...kept]).toEqual(nms3d.keep);
  });
});
