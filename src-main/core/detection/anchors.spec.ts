import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { createAnchors } from './anchors';

describe('anchors', () => {
  it('stand at cell centres, level after level, row after row, ratio after ratio', () => {
    const anchors = createAnchors(
      [
        { stride: 8, rows: 1, columns: 2, sizes: [16] },
        { stride: 16, rows: 1, columns: 1, sizes: [32] },
      ],
      { aspectRatios: [1, 4] },
    );
    expect([...anchors]).toEqual([
      ...[-4, -4, 12, 12],
      ...[0, -12, 8, 20],
      ...[4, -4, 20, 12],
      ...[8, -12, 16, 20],
      ...[-8, -8, 24, 24],
      ...[0, -24, 16, 40],
    ]);
  });

  itWithShared("equal torchvision's", ['golden/rpn2d/anchors.json'], (file) => {
    const golden = JSON.parse(readFileSync(file!, 'utf8')) as {
      sizes: number[][];
      aspectRatios: number[];
      featureSizes: [number, number][];
      image: [number, number];
      anchors: number[][];
    };
    const levels = golden.sizes.map((sizes, l) => {
      const [rows, columns] = golden.featureSizes[l]!;
      return { stride: golden.image[0] / rows, rows, columns, sizes };
    });
    const anchors = createAnchors(levels, { aspectRatios: golden.aspectRatios, offset: 0, rounded: true });
    expect([...anchors]).toEqual(golden.anchors.flat());
  });
});
