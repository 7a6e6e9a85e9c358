import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box2 } from '../geometry/box';
import { expectedSlices, mergeSliceBoxes, traceSliceMerging, type SliceBox } from './slice-merging';

const options = { iouThreshold: 0.3, maxGapSlices: 1 };
const at = (x: number, score = 0.9, label = 'lesion', size = 10): SliceBox => ({
  box: [x, 20, x + size, 20 + size],
  score,
  label,
});

describe('mergeSliceBoxes', () => {
  it('links a drifting lesion over slices into one half-open box', () => {
    const merged = mergeSliceBoxes([[], [at(10, 0.8)], [at(12, 0.9)], [at(14, 0.7)], []], options);
    expect(merged).toHaveLength(1);
    expect(merged[0]!.boxIjk).toEqual([10, 20, 1, 24, 30, 4]);
    expect(merged[0]!.score).toBeCloseTo(0.8, 12);
  });

  it('bridges a gap no longer than allowed', () => {
    const slices = [[at(10)], [], [at(10)], [], [], [at(10)]];
    const boxes = mergeSliceBoxes(slices, options).map((c) => [c.boxIjk[2], c.boxIjk[5]]);
    expect(boxes).toHaveLength(2);
    expect(boxes).toContainEqual([0, 3]);
    expect(boxes).toContainEqual([5, 6]);
    expect(mergeSliceBoxes(slices, { ...options, maxGapSlices: 2 })).toHaveLength(1);
    expect(mergeSliceBoxes(slices, { ...options, maxGapSlices: 0 })).toHaveLength(3);
  });

  it('keeps neighbours apart that do not overlap, and labels apart', () => {
    expect(mergeSliceBoxes([[at(10)], [at(40)]], options)).toHaveLength(2);
    const labels = mergeSliceBoxes([[at(10, 0.9, 'benign')], [at(10, 0.8, 'malignant')]], options);
    expect(labels.map((c) => c.label)).toEqual(['benign', 'malignant']);
  });

  it('links to the best-overlapping box of a slice', () => {
    const merged = mergeSliceBoxes([[at(10, 0.9)], [at(17, 0.8), at(11, 0.6), at(15, 0.5)]], options);
    expect(merged.map((c) => c.boxIjk)).toEqual([
      [17, 20, 1, 27, 30, 2],
      [10, 20, 0, 21, 30, 2],
    ]);
  });

  it('leaves the weak tail of a lesion out of its extent and score', () => {
    const merged = mergeSliceBoxes([[at(8, 0.2)], [at(10, 0.9)], [at(10, 0.9)], [at(12, 0.2)]], options);
    expect(merged).toEqual([
      { boxIjk: [10, 20, 1, 20, 30, 3], score: 0.9, label: 'lesion', provenance: 'network' },
    ]);
  });

  it('weighs an isolated box down in a thin-slice stack, and only there', () => {
    const slices = [[at(10, 0.9)], [], [], [at(60, 0.7)], [at(60, 0.7)], [at(60, 0.7)]];
    expect(mergeSliceBoxes(slices, options)[0]!.boxIjk[0]).toBe(10);
    const thin = mergeSliceBoxes(slices, { ...options, minSlices: expectedSlices(1.25) });
    expect(thin.map((c) => c.boxIjk[0])).toEqual([60, 10]);
    expect(thin[1]!.score).toBeCloseTo(0.9 * 0.7 * 0.7, 12);
  });

  it('drops a candidate inside a better one', () => {
    const slices = [[at(10, 0.9, 'lesion', 20), at(12, 0.5, 'lesion', 5)], [at(10, 0.9, 'lesion', 20)]];
    expect(mergeSliceBoxes(slices, options)).toHaveLength(1);
  });
});

describe('expectedSlices', () => {
  it('is 1 for thick, 3 for thin slices', () => {
    expect([6, 5, 2.5, 1.25, 0.5, 0].map((mm) => expectedSlices(mm))).toEqual([1, 1, 2, 3, 3, 1]);
  });
});

describe('mergeSliceBoxes, any input', () => {
  const box = fc
    .tuple(
      fc.nat(60),
      fc.nat(60),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 30 }),
      fc.nat(100),
    )
    .map(([x, y, w, h, s]): SliceBox => ({
      box: [x, y, x + w, y + h],
      score: s / 100,
      label: s % 3 ? 'a' : 'b',
    }));
  const stack = fc.array(fc.array(box, { maxLength: 6 }), { maxLength: 12 });

  it('is sorted, inside the boxes it came from, and never scores above its best box', () => {
    fc.assert(
      fc.property(stack, (slices) => {
        const merged = mergeSliceBoxes(slices, options);
        merged.forEach((c, n) => {
          if (n > 0) expect(c.score).toBeLessThanOrEqual(merged[n - 1]!.score);
          const [x0, y0, k0, x1, y1, k1] = c.boxIjk;
          expect(0 <= k0 && k0 < k1 && k1 <= slices.length && x0 < x1 && y0 < y1).toBe(true);
          const inside = slices
            .slice(k0, k1)
            .flat()
            .filter(
              (b) =>
                b.label === c.label && b.box[0] >= x0 && b.box[1] >= y0 && b.box[2] <= x1 && b.box[3] <= y1,
            );
          expect(inside.length).toBeGreaterThan(0);
          expect(c.score).toBeLessThanOrEqual(Math.max(...inside.map((b) => b.score)) + 1e-12);
        });
      }),
    );
  });

  it('keeps the best box of the stack when nothing is weighed down', () => {
    fc.assert(
      fc.property(stack, (slices) => {
        const boxes = slices.flat().filter((b) => b.box[2] > b.box[0] && b.box[3] > b.box[1]);
        expect(mergeSliceBoxes(slices, options).length > 0).toBe(boxes.length > 0);
      }),
    );
  });

  it('gives the same candidates from a stack turned upside down', () => {
    // One box a slice and distinct scores leave no ties, so the order of slices cannot matter.
    const single = fc.uniqueArray(box, { maxLength: 12, selector: (b) => b.score });
    fc.assert(
      fc.property(single, (boxes) => {
        const slices = boxes.map((b) => [b]);
        const turned = mergeSliceBoxes([...slices].reverse(), { ...options, topSlices: 1, nmsOverlap: 2 });
        const straight = mergeSliceBoxes(slices, { ...options, topSlices: 1, nmsOverlap: 2 });
        const flip = turned.map((c) => {
          const [x0, y0, k0, x1, y1, k1] = c.boxIjk;
          return { ...c, boxIjk: [x0, y0, slices.length - k1, x1, y1, slices.length - k0] };
        });
        expect(flip).toEqual(straight);
      }),
    );
  });

  it('keeps what each candidate was made of, and which better one took its place', () => {
    const inner: SliceBox = { box: [12, 22, 18, 28], score: 0.4, label: 'other' };
    const slices = [[at(10, 0.9)], [at(11, 0.2), inner], []];
    const traces = traceSliceMerging(slices, options);
    expect(traces.map((t) => t.suppressed)).toEqual([null, null]);
    const [best, small] = traceSliceMerging([[at(10, 0.9), inner]], options);
    expect(small!.suppressed).toEqual({ by: 0, overlap: 1 });
    expect(best!.members).toEqual([{ k: 0, box: at(10, 0.9), widens: true }]);
    // A weak neighbour belongs to the candidate and does not widen it.
    expect(traces[0]!.members.map((m) => [m.k, m.widens])).toEqual([
      [0, true],
      [1, false],
    ]);
    expect(mergeSliceBoxes(slices, options)).toEqual(
      traces.filter((t) => !t.suppressed).map((t) => t.candidate),
    );
  });

  it('says that both pointed at a lesion when its slices differ in who did', () => {
    const box: Box2 = [10, 20, 20, 30];
    const slices = (['network', 'selective-search'] as const).map((provenance) => [
      { box, score: 0.9, label: 'lesion', provenance },
    ]);
    const options = { iouThreshold: 0.3, maxGapSlices: 1 };
    expect(mergeSliceBoxes(slices, options)[0]!.provenance).toBe('both');
    expect(mergeSliceBoxes(slices.slice(1), options)[0]!.provenance).toBe('selective-search');
  });
});
