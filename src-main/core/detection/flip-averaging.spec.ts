import { describe, expect, it } from 'vitest';
import type { Box2 } from '../geometry/box';
import { averageFlips, type ReadBox } from './flip-averaging';

const read = (box: Box2, score: number, classScores?: number[]): ReadBox => ({
  box,
  score,
  classIndex: classScores ? classScores.indexOf(Math.max(...classScores)) : 0,
  classScores,
});
const all = { minScore: 0, limit: 10 };

describe('averaging a reading with that of the mirror image', () => {
  it('joins what both saw: mean score, box by score', () => {
    const [found] = averageFlips([read([0, 0, 10, 10], 0.9)], [read([2, 0, 12, 10], 0.3)], all);
    expect(found).toMatchObject({ plain: 0, mirrored: 0 });
    expect(found!.score).toBeCloseTo(0.6, 9);
    found!.box.forEach((v, n) => expect(v).toBeCloseTo([0.5, 0, 10.5, 10][n]!, 9));
  });

  it('halves what one alone saw, and drops what falls below the floor', () => {
    const plain = [read([0, 0, 10, 10], 0.8), read([20, 0, 30, 10], 0.3)];
    const found = averageFlips(plain, [read([50, 0, 60, 10], 0.9)], { minScore: 0.2, limit: 10 });
    expect(found.map((f) => [f.score, f.plain, f.mirrored])).toEqual([
      [0.45, null, 0],
      [0.4, 0, null],
    ]);
  });

  it('gives each mirrored box to one plain box, best overlap first', () => {
    const plain = [read([0, 0, 10, 10], 0.9), read([1, 0, 11, 10], 0.5)];
    const mirrored = [read([3, 0, 13, 10], 0.7), read([0, 0, 10, 10], 0.6)];
    const found = averageFlips(plain, mirrored, all);
    expect(found.map((f) => [f.plain, f.mirrored])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(averageFlips(plain, mirrored, { ...all, limit: 1 })).toHaveLength(1);
  });

  it('names the class that both together like best', () => {
    const [found] = averageFlips(
      [read([0, 0, 10, 10], 0.6, [0.6, 0.5])],
      [read([0, 0, 10, 10], 0.7, [0.2, 0.7])],
      all,
    );
    expect(found!.classIndex).toBe(1);
    expect(found!.classScores!.map((v) => Math.round(v * 100))).toEqual([40, 60]);
  });
});
