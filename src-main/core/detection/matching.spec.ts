import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Box2 } from '../geometry/box';
import { background, ignored, matchAnchors } from './matching';

const anchors = Float32Array.from([
  ...[0, 0, 10, 10],
  ...[0, 0, 10, 8],
  ...[0, 0, 10, 5],
  ...[50, 50, 60, 60],
  ...[0, 6, 10, 16],
]);

describe('matching by IoU', () => {
  const rule = { kind: 'iou', foreground: 0.7, background: 0.3, lowQuality: false } as const;

  it('splits anchors into foreground, ignored and background', () => {
    expect([...matchAnchors(anchors, [[0, 0, 10, 10]], rule)]).toEqual([
      0,
      0,
      ignored,
      background,
      background,
    ]);
  });

  it('gives a box that reaches no threshold its best anchor, where asked', () => {
    const far: Box2 = [58, 58, 90, 90];
    expect(matchAnchors(anchors, [far], rule)[3]).toBe(background);
    expect(matchAnchors(anchors, [far], { ...rule, lowQuality: true })[3]).toBe(0);
  });

  it('is background everywhere without a box', () => {
    expect([...matchAnchors(anchors, [], rule)]).toEqual(Array(5).fill(background));
  });

  itWithShared("equals torchvision's", ['golden/rpn2d/anchors.json', 'golden/rpn2d/targets.json'], (a, t) => {
    const all = (JSON.parse(readFileSync(a!, 'utf8')) as { anchors: number[][] }).anchors;
    const golden = JSON.parse(readFileSync(t!, 'utf8')) as {
      gt: Box2[];
      labels: number[];
      matched: number[][];
    };
    const matches = matchAnchors(Float32Array.from(all.flat()), golden.gt, { ...rule, lowQuality: true });
    const labels = [...matches].map((m) => (m === ignored ? -1 : m === background ? 0 : 1));
    expect(labels).toEqual(golden.labels);
    matches.forEach((m, n) => {
      if (m >= 0) expect(golden.gt[m]).toEqual(golden.matched[n]);
    });
  });
});

describe('matching the top k', () => {
  it('gives each box its k best anchors, however little they overlap, but none that does not', () => {
    const matches = matchAnchors(
      anchors,
      [
        [0, 0, 10, 10],
        [58, 58, 90, 90],
      ],
      { kind: 'top-k', k: 2 },
    );
    expect([...matches]).toEqual([0, 0, background, 1, background]);
  });

  it('gives an anchor that two boxes want to the one it fits better', () => {
    const matches = matchAnchors(
      anchors,
      [
        [0, 0, 10, 9],
        [0, 0, 10, 10.5],
      ],
      { kind: 'top-k', k: 1 },
    );
    expect([matches[0], matches[1]].sort()).toEqual([1, background].sort());
  });
});
