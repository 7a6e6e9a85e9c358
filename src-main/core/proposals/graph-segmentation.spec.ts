import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { buildGraph, segmentGraph, type Connectivity } from './graph-segmentation';
import type { Grid } from './grid';

const gridOf = (w: number, h: number, d = 1): Grid => ({ dims: [w, h, d], spacing: [1, 1, 1] });
const plane = (text: string): Float32Array => Float32Array.from(text.replace(/\s/g, ''), Number);

/** The paper's algorithm, word for word and slow: the reference for the fast one. */
function slowly(
  planes: Float32Array[],
  grid: Grid,
  connectivity: Connectivity,
  k: number,
  minSize: number,
): number[] {
  const [w, h, d] = grid.dims;
  const directions = { 4: [[1, 0, 0], [0, 1, 0]], 8: [[1, 0, 0], [0, 1, 0], [1, 1, 0], [-1, 1, 0]], 6: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }[connectivity]; // prettier-ignore
  const edges: { a: number; b: number; weight: number }[] = [];
  for (let a = 0; a < w * h * d; a++) {
    for (const [dx, dy, dz] of directions as [number, number, number][]) {
      const [x, y, z] = [(a % w) + dx, (Math.floor(a / w) % h) + dy, Math.floor(a / (w * h)) + dz];
      if (x < 0 || x >= w || y >= h || z >= d) continue;
      const b = x + w * (y + h * z);
      const squares = planes.reduce((sum, p) => Math.fround(sum + (p[a]! - p[b]!) ** 2), 0);
      edges.push({ a, b, weight: Math.fround(Math.sqrt(squares)) });
    }
  }
  edges.sort((p, q) => p.weight - q.weight);
  const component = Array.from({ length: w * h * d }, (_, n) => n);
  const internal = new Map<number, number>();
  const size = (c: number): number => component.filter((other) => other === c).length;
  const joinAll = (p: number, q: number): void =>
    component.forEach((c, n) => {
      if (c === q) component[n] = p;
    });
  const limit = (c: number): number => Math.fround((internal.get(c) ?? 0) + k / size(c));
  for (const { a, b, weight } of edges) {
    const [p, q] = [component[a]!, component[b]!];
    if (p === q || weight > limit(p) || weight > limit(q)) continue;
    joinAll(p, q);
    internal.set(p, weight);
  }
  for (const { a, b } of edges) {
    const [p, q] = [component[a]!, component[b]!];
    if (p !== q && (size(p) < minSize || size(q) < minSize)) joinAll(p, q);
  }
  const names = [...new Set(component)];
  return component.map((c) => names.indexOf(c));
}

describe('graph segmentation', () => {
  it('finds the components of a made picture', () => {
    const picture = plane(`
      1 1 1 1 9 9
      1 1 1 1 9 9
      1 5 5 1 9 9
      1 5 5 1 9 9
      1 1 1 1 1 1`);
    const { labels, count } = segmentGraph(buildGraph([picture], gridOf(6, 5), 4), 3, 1);
    expect(count).toBe(3);
    expect([...labels].join('')).toBe('000011000011022011022011000000');
  });

  it('joins diagonals with 8 neighbours only', () => {
    const picture = plane('90 09');
    expect(segmentGraph(buildGraph([picture], gridOf(2, 2), 4), 1, 1).count).toBe(4);
    expect(segmentGraph(buildGraph([picture], gridOf(2, 2), 8), 1, 1).count).toBe(2);
  });

  it('joins components under the least size to their likeliest neighbour', () => {
    const picture = plane('1 1 1 1 3 9 9 9 9');
    const graph = buildGraph([picture], gridOf(9, 1), 4);
    expect(segmentGraph(graph, 1, 1).count).toBe(3);
    const { labels } = segmentGraph(graph, 1, 2);
    expect([...labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('joins more where more regions are left than allowed', () => {
    const random = seededRandom(6);
    const noise = Float32Array.from({ length: 1600 }, () => random() * 255);
    const graph = buildGraph([noise], gridOf(40, 40), 4);
    expect(segmentGraph(graph, 1, 1).count).toBeGreaterThan(500);
    for (const most of [100, 7, 1]) {
      const { count } = segmentGraph(graph, 1, 1, undefined, most);
      expect(count).toBeLessThanOrEqual(most);
      expect(count).toBeGreaterThan(0);
    }
  });

  it('equals the paper step by step', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Connectivity>(4, 6, 8),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (connectivity, w, h, depth, channels, k, minSize, seed) => {
          const grid = gridOf(w, h, connectivity === 6 ? depth : 1);
          const random = seededRandom(seed);
          const cells = w * h * grid.dims[2];
          const planes = Array.from({ length: channels }, () =>
            Float32Array.from({ length: cells }, () => random() * 255),
          );
          const { labels, count } = segmentGraph(buildGraph(planes, grid, connectivity), k, minSize);
          expect([...labels]).toEqual(slowly(planes, grid, connectivity, k, minSize));
          expect(count).toBe(Math.max(...labels) + 1);
        },
      ),
      { numRuns: 200, seed: 11 },
    );
  });

  it('does not change when all values move by one amount', () => {
    const random = seededRandom(4);
    const values = Float32Array.from({ length: 400 }, () => Math.round(random() * 100));
    const moved = values.map((v) => v + 64);
    const cut = (p: Float32Array) => segmentGraph(buildGraph([p], gridOf(20, 20), 8), 90, 5);
    expect(cut(moved)).toEqual(cut(values));
    expect(cut(values).count).toBeGreaterThan(1);
  });

  it('sorts edges from the lightest on, ties by place', () => {
    const random = seededRandom(8);
    const picture = Float32Array.from({ length: 900 }, () => Math.floor(random() * 30) / 7);
    const { weights, names } = buildGraph([picture], gridOf(30, 30), 4);
    expect(names.length).toBe(2 * 30 * 29);
    for (let n = 1; n < names.length; n++) {
      expect(
        weights[n]! > weights[n - 1]! || (weights[n] === weights[n - 1] && names[n]! > names[n - 1]!),
      ).toBe(true);
    }
  });
});
