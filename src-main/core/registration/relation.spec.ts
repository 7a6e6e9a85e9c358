import { expect, it } from 'vitest';
import { seededRandom } from '../seeded-random';
import { curveFit, lineFit, type RelationFit } from './relation';

const told = (fit: RelationFit, f: (m: number) => number, noise = 0) => {
  const random = seededRandom(3);
  for (let n = 0; n < 5000; n++) {
    const m = random();
    fit.add(f(m) + noise * (random() - 0.5), m);
  }
  return fit.end();
};

it('a line tells a line, with its sign, and no fold', () => {
  const line = told(lineFit(), (m) => 2 - 3 * m);
  expect(line.similarity).toBeCloseTo(-1, 10);
  expect([line.expected(0.25), line.slope(0.25)].map((v) => Number(v.toFixed(9)))).toEqual([1.25, -3]);
  expect(Math.abs(told(lineFit(), (m) => Math.abs(m - 0.5)).similarity)).toBeLessThan(0.05);
});

it('a curve tells what was folded or inverted, and its slope there', () => {
  const fold = told(curveFit(), (m) => Math.abs(m - 0.5));
  expect(fold.similarity).toBeGreaterThan(0.98);
  expect(fold.expected(0.2)).toBeCloseTo(0.3, 2);
  expect(fold.slope(0.2)).toBeCloseTo(-1, 1);
  expect(fold.slope(0.8)).toBeCloseTo(1, 1);
  expect(told(curveFit(), (m) => 1 - m).similarity).toBeGreaterThan(0.99);
  // What has nothing to do with it is told by nothing: 24 knots take up chance's share of 5,000 points.
  expect(told(curveFit(), () => 0, 1).similarity).toBeLessThan(0.12);
});

it('nothing is told from what is the same everywhere', () => {
  for (const fit of [lineFit(), curveFit()]) {
    for (let n = 0; n < 100; n++) fit.add(n, 0.3);
    expect(fit.end()).toMatchObject({ similarity: 0, varied: false });
  }
});
