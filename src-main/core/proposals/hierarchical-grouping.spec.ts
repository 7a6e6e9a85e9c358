import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { buildGraph, segmentGraph } from './graph-segmentation';
import type { Grid } from './grid';
import { colorTextureSizeFill, onlyFill, onlySize, textureSizeFill } from './grid-search';
import { groupRegions, type SimilarityWeights } from './hierarchical-grouping';
import { codeCells, regionFeatures, type RegionFeatures } from './region-features';

function madeFeatures(w: number, h: number, d: number, channels: number, seed: number): RegionFeatures {
  const grid: Grid = { dims: [w, h, d], spacing: [1, 1, 1] };
  const random = seededRandom(seed);
  const planes = Array.from({ length: channels }, () =>
    Float32Array.from({ length: w * h * d }, () => random() * 255),
  );
  const segmentation = segmentGraph(buildGraph(planes, grid, d > 1 ? 6 : 4), 60, 2);
  return regionFeatures(segmentation, codeCells(planes, grid), grid);
}

/**
 * Follows the merges with the paper's formulas in float64 and, before each, searches every touching pair: how far the merged
 * pair fell short of the most similar one (0 where the order is the paper's), and the boxes.
 */
function followed(features: RegionFeatures, weights: SimilarityWeights, children: Int32Array) {
  const { count, cells, colorBins, textureBins } = features;
  const regions = Array.from({ length: count }, (_, r) => ({
    color: [...features.color.subarray(r * colorBins, (r + 1) * colorBins)],
    texture: [...features.texture.subarray(r * textureBins, (r + 1) * textureBins)],
    size: features.sizes[r]!,
    box: [...features.boxes.subarray(r * 6, r * 6 + 6)],
    near: new Set<number>(),
  }));
  for (let n = 0; n < features.pairs.length; n += 2) {
    regions[features.pairs[n]!]!.near.add(features.pairs[n + 1]!);
    regions[features.pairs[n + 1]!]!.near.add(features.pairs[n]!);
  }
  const joint = (p: number[], q: number[]): number[] =>
    p.map((v, n) => (n < 3 ? Math.min(v, q[n]!) : Math.max(v, q[n]!)));
  const overlap = (p: number[], q: number[]): number => p.reduce((sum, v, n) => sum + Math.min(v, q[n]!), 0);
  const similarity = (a: number, b: number): number => {
    const [p, q] = [regions[a]!, regions[b]!];
    const box = joint(p.box, q.box);
    const volume = (box[3]! - box[0]!) * (box[4]! - box[1]!) * (box[5]! - box[2]!);
    return (
      weights.color * overlap(p.color, q.color) +
      weights.texture * overlap(p.texture, q.texture) +
      weights.size * (1 - (p.size + q.size) / cells) +
      weights.fill * (1 - (volume - p.size - q.size) / cells)
    );
  };
  const alive = new Set(regions.keys());
  let shortfall = 0;
  for (let n = 0; n < children.length; n += 2) {
    const [a, b] = [children[n]!, children[n + 1]!];
    expect(alive.has(a) && alive.has(b) && regions[a]!.near.has(b)).toBe(true);
    let best = -Infinity;
    for (const p of alive) for (const q of regions[p]!.near) best = Math.max(best, similarity(p, q));
    shortfall = Math.max(shortfall, best - similarity(a, b));
    const [p, q] = [regions[a]!, regions[b]!];
    const size = p.size + q.size;
    const mean = (x: number[], y: number[]): number[] =>
      x.map((v, m) => (v * p.size + y[m]! * q.size) / size);
    const near = new Set([...p.near, ...q.near].filter((m) => m !== a && m !== b));
    const merged = { color: mean(p.color, q.color), texture: mean(p.texture, q.texture), size, near };
    const node = regions.push({ ...merged, box: joint(p.box, q.box) }) - 1;
    for (const m of near) {
      regions[m]!.near.delete(a);
      regions[m]!.near.delete(b);
      regions[m]!.near.add(node);
    }
    alive.delete(a);
    alive.delete(b);
    alive.add(node);
  }
  return { shortfall, boxes: regions.flatMap(({ box }) => box) };
}

describe('hierarchical grouping', () => {
  it.each([colorTextureSizeFill, textureSizeFill, onlyFill])(
    'always merges the pair an exhaustive search finds the most similar (%o)',
    (weights) => {
      for (let seed = 1; seed <= 2; seed++) {
        for (const features of [madeFeatures(16, 12, 1, 3, seed), madeFeatures(7, 6, 5, 1, seed)]) {
          const { boxes, children } = groupRegions(features, weights);
          expect(features.count).toBeGreaterThan(5);
          const reference = followed(features, weights, children);
          expect(reference.shortfall).toBeLessThan(1e-5);
          expect([...boxes]).toEqual(reference.boxes);
        }
      }
    },
  );

  it('makes 2R - 1 regions of R, the last one all of the grid; every merge adds up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom(colorTextureSizeFill, textureSizeFill, onlyFill, onlySize),
        (w, h, d, seed, weights) => {
          const features = madeFeatures(w, h, d, 1, seed);
          const { count, boxes, sizes, children } = groupRegions(features, weights);
          expect(count).toBe(2 * features.count - 1);
          expect([...boxes.subarray((count - 1) * 6)]).toEqual([0, 0, 0, w, h, d]);
          expect(sizes[count - 1]).toBe(w * h * d);
          for (let n = 0; n < children.length; n += 2) {
            const [a, b] = [children[n]!, children[n + 1]!];
            expect(sizes[features.count + n / 2]).toBe(sizes[a]! + sizes[b]!);
          }
          // Each region but the last goes into exactly one merge.
          expect(new Set(children).size).toBe(count - 1);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it('leaves the features as they were, for the next set of similarities', () => {
    const features = madeFeatures(16, 16, 1, 3, 1);
    const before = { color: features.color.slice(), texture: features.texture.slice() };
    groupRegions(features, colorTextureSizeFill);
    expect(features.color).toEqual(before.color);
    expect(features.texture).toEqual(before.texture);
  });

  it('describes regions by histograms that sum to 1', () => {
    const features = madeFeatures(20, 20, 1, 3, 2);
    expect([features.colorBins, features.textureBins]).toEqual([75, 240]);
    for (let r = 0; r < features.count; r++) {
      const sum = (rows: Float32Array, bins: number): number =>
        rows.subarray(r * bins, (r + 1) * bins).reduce((s, v) => s + v, 0);
      expect(sum(features.color, features.colorBins)).toBeCloseTo(1, 4);
      expect(sum(features.texture, features.textureBins)).toBeCloseTo(1, 4);
    }
    expect(features.sizes.reduce((s, v) => s + v, 0)).toBe(400);
  });
});
