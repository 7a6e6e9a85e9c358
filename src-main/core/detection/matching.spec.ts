import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import type { Box2, Box3 } from '../geometry/box';
import { seededRandom } from '../seeded-random';
import { createAnchors } from './anchors';
import { createAnchors3 } from './anchors-3d';
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

describe('matching by ATSS', () => {
  // One row of locations 10 apart with a square of 10 and one of 20 at each: centres at 5, 15, 25, 35.
  const row = createAnchors([{ stride: 10, rows: 1, columns: 4, sizes: [10, 20] }], { aspectRatios: [1] });
  const layout = { dimensions: 2, anchorsPerLocation: 2 } as const;

  it('takes the candidates above the mean and deviation of their IoU', () => {
    // Candidates are the anchors at 15 and 5. IoU with the tens: 9/11 and 1/19, with the twenties: 1/4 and 3/22.
    // Mean 0.31, deviation 0.34: only 9/11 reaches their sum.
    const box: Box2 = [9, 0, 19, 10];
    const rule = { kind: 'atss', candidates: 2, centerInBox: true } as const;
    expect([...matchAnchors(row, [box], rule, layout)]).toEqual([-1, -1, 0, -1, -1, -1, -1, -1]);
  });

  it('needs the centre in the box only where asked', () => {
    // Nearest are the anchors at 5; the one of 10 has IoU 6/104 and its centre below the box.
    const box: Box2 = [6, 6, 8, 9];
    const rule = { kind: 'atss', candidates: 1, centerInBox: true } as const;
    expect([...matchAnchors(row, [box], rule, layout)].every((m) => m === background)).toBe(true);
    // Of two candidates none reaches the mean and the deviation (0.71 of their difference).
    const loose = matchAnchors(row, [box, [30, 0, 40, 10]], { ...rule, centerInBox: false }, layout);
    expect([...loose]).toEqual([-1, -1, -1, -1, -1, -1, -1, -1]);
    const wide = matchAnchors(row, [box], { ...rule, candidates: 2, centerInBox: false }, layout);
    expect([...wide]).toEqual([0, -1, -1, -1, -1, -1, -1, -1]);
  });

  it('equals the rule gone through anchor by anchor, in 2D and 3D, on several levels', () => {
    const random = seededRandom(3);
    for (const dimensions of [2, 3] as const) {
      const anchors =
        dimensions === 2
          ? createAnchors(
              [
                { stride: 8, rows: 8, columns: 8, sizes: [12] },
                { stride: 16, rows: 4, columns: 4, sizes: [24] },
              ],
              { aspectRatios: [0.5, 1, 2] },
            )
          : createAnchors3([
              {
                stride: [8, 8, 8],
                size: [6, 6, 6],
                shapes: [
                  [8, 8, 8],
                  [12, 8, 6],
                  [6, 6, 12],
                ],
              },
              {
                stride: [16, 16, 16],
                size: [3, 3, 3],
                shapes: [
                  [20, 20, 20],
                  [24, 16, 12],
                  [12, 12, 24],
                ],
              },
            ]);
      const levelSizes = dimensions === 2 ? [192, 48] : [648, 81];
      const boxes = Array.from({ length: 12 }, () => {
        const low = Array.from({ length: dimensions }, () => 40 * random());
        return [...low, ...low.map((v) => v + 5 + 25 * random())] as unknown as Box2 | Box3;
      });
      for (const centerInBox of [true, false]) {
        const matching = { kind: 'atss', candidates: 4, centerInBox } as const;
        const found = matchAnchors(anchors, boxes, matching, {
          dimensions,
          levelSizes,
          anchorsPerLocation: 3,
        });
        expect([...found]).toEqual(atssByHand(anchors, boxes, dimensions, levelSizes, centerInBox));
        expect(new Set(found).size).toBeGreaterThan(6);
      }
    }
  });

  it('refuses levels that are not the anchors', () => {
    const rule = { kind: 'atss', candidates: 1, centerInBox: true } as const;
    expect(() => matchAnchors(row, [[0, 0, 1, 1]], rule, { dimensions: 2, levelSizes: [3] })).toThrow(
      RangeError,
    );
  });
});

/** Zhang et al. 2020, algorithm 1, with arrays and no care for time: 4 candidate locations a level, 3 anchors at each. */
function atssByHand(
  anchors: Float32Array,
  boxes: readonly (Box2 | Box3)[],
  d: 2 | 3,
  levelSizes: readonly number[],
  centerInBox: boolean,
): number[] {
  const all = Array.from({ length: anchors.length / (2 * d) }, (_, m) => [
    ...anchors.subarray(m * 2 * d, (m + 1) * 2 * d),
  ]);
  const axes = d === 2 ? [0, 1] : [0, 1, 2];
  const center = (b: readonly number[]): number[] => axes.map((a) => (b[a]! + b[a + d]!) / 2);
  const volume = (b: readonly number[]): number =>
    axes.reduce((v, a) => v * Math.max(0, b[a + d]! - b[a]!), 1);
  const iou = (a: readonly number[], b: readonly number[]): number => {
    const shared = volume([
      ...axes.map((i) => Math.max(a[i]!, b[i]!)),
      ...axes.map((i) => Math.min(a[i + d]!, b[i + d]!)),
    ]);
    return shared / (volume(a) + volume(b) - shared);
  };
  const best = all.map(() => ({ iou: -Infinity, box: -1 }));
  boxes.forEach((box, g) => {
    const candidates = levelSizes.flatMap((size, l) => {
      const start = levelSizes.slice(0, l).reduce((sum, n) => sum + n, 0);
      const distance = (m: number): number => {
        const [p, q] = [center(all[m]!), center(box)];
        return Math.hypot(...axes.map((a) => p[a]! - q[a]!));
      };
      const level = Array.from({ length: size }, (_, n) => start + n);
      return level.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, Math.min(4 * 3, size / 3));
    });
    const ious = candidates.map((m) => iou(all[m]!, box));
    const mean = ious.reduce((sum, v) => sum + v, 0) / ious.length;
    const variance = ious.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (ious.length - 1);
    candidates.forEach((m, n) => {
      const inside = center(all[m]!).every((c, a) => c - box[a]! > 0.01 && box[a + d]! - c > 0.01);
      if (ious[n]! < mean + Math.sqrt(variance) || (centerInBox && !inside)) return;
      if (ious[n]! > best[m]!.iou) best[m] = { iou: ious[n]!, box: g };
    });
  });
  return best.map((b) => b.box);
}

describe('matching the nearest anchor', () => {
  const row = createAnchors([{ stride: 10, rows: 1, columns: 4, sizes: [10, 20] }], { aspectRatios: [1] });

  it('is the best-fitting shape at the nearest location', () => {
    const small: Box2 = [11, 1, 20, 10];
    const large: Box2 = [21, 0, 39, 18];
    expect([...matchAnchors(row, [large, small], { kind: 'nearest', k: 1 })]).toEqual([
      ...[-1, -1, 1, -1, -1, 0, -1, -1],
    ]);
  });

  it('lets the smaller box choose first, and the other take the next location', () => {
    const boxes: Box2[] = [
      [10, 0, 20, 10],
      [11, 0, 20, 10],
    ];
    // Both stand at 15 or nearly; to the left and to the right are as near, and the first wins.
    expect([...matchAnchors(row, boxes, { kind: 'nearest', k: 1 })]).toEqual([0, -1, 1, -1, -1, -1, -1, -1]);
  });

  it('ignores what overlaps a box well and is not its own', () => {
    const rule = { kind: 'nearest', k: 1, ignoreAbove: 0.2 } as const;
    const matches = matchAnchors(row, [[11, 1, 20, 10]], rule);
    expect([...matches]).toEqual([-1, -1, 0, ignored, -1, -1, -1, -1]);
  });

  it('gives every box of a volume its anchor, far from the origin too', () => {
    const random = seededRandom(9);
    const anchors = createAnchors3([
      { stride: [4, 4, 4], size: [40, 40, 20], shapes: [[6.3, 6.3, 6.3]] },
      { stride: [8, 8, 8], size: [20, 20, 10], shapes: [[14.1, 14.1, 14.1]] },
    ]);
    const boxes = Array.from({ length: 10 }, (_, g): Box3 => {
      const side = g % 2 ? 6 : 14;
      const [x, y, z] = [140 * random(), 140 * random(), 60 * random()];
      return [x, y, z, x + side, y + side, z + side];
    });
    const matches = matchAnchors(anchors, boxes, { kind: 'nearest', k: 1 }, { dimensions: 3 });
    boxes.forEach((box, g) => {
      const m = matches.indexOf(g);
      expect(m < 32_000).toBe(g % 2 === 1);
      for (let d = 0; d < 3; d++) {
        const apart = (anchors[m * 6 + d]! + anchors[m * 6 + 3 + d]! - box[d]! - box[d + 3]!) / 2;
        expect(Math.abs(apart)).toBeLessThanOrEqual(g % 2 ? 4.001 : 8.001);
      }
    });
  });
});

describe('matching in 3D', () => {
  const cubes = Float32Array.from([0, 0, 0, 10, 10, 10, 0, 0, 5, 10, 10, 15, 50, 50, 50, 60, 60, 60]);
  const layout = { dimensions: 3 } as const;

  it('goes by volumes', () => {
    const box: Box3 = [0, 0, 1, 10, 10, 11];
    const iou = { kind: 'iou', foreground: 0.7, background: 0.3, lowQuality: false } as const;
    expect([...matchAnchors(cubes, [box], iou, layout)]).toEqual([0, ignored, background]);
    expect([...matchAnchors(cubes, [box], { kind: 'top-k', k: 1 }, layout)]).toEqual([0, -1, -1]);
  });

  it('refuses boxes of other dimensions', () => {
    expect(() => matchAnchors(cubes, [[0, 0, 1, 1]], { kind: 'top-k', k: 1 }, layout)).toThrow(RangeError);
  });
});
