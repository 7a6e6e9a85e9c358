import { expect, it } from 'vitest';
import { cohenKappa } from './cohen-kappa';

it('gives what the SAS/STAT manual prints for two dermatologists and four grades', () => {
  // PROC FREQ, Getting Started, "Agreement Study": kappa 0.3449, standard error 0.0724, limits 0.2030 and 0.4868.
  const answer = cohenKappa([
    [10, 4, 1, 0],
    [5, 10, 12, 2],
    [2, 4, 12, 5],
    [0, 2, 6, 13],
  ])!;
  expect(answer).toMatchObject({ count: 88, agreed: 45 / 88 });
  expect(answer.kappa).toBeCloseTo(0.3449, 4);
  expect(answer.standardError).toBeCloseTo(0.0724, 4);
  expect(answer.interval95![0]).toBeCloseTo(0.203, 4);
  expect(answer.interval95![1]).toBeCloseTo(0.4868, 4);
});

it('gives what the R package statpsych prints for 105 judgements', () => {
  // ci.kappa(.05, 31, 12, 4, 58), documented: 0.6756757, 0.07344761, 0.5317210, 0.8196303.
  const answer = cohenKappa([
    [31, 12],
    [4, 58],
  ])!;
  expect(answer.kappa).toBeCloseTo(0.6756757, 6);
  expect(answer.standardError).toBeCloseTo(0.07344761, 6);
  expect(answer.interval95![0]).toBeCloseTo(0.531721, 5);
  expect(answer.interval95![1]).toBeCloseTo(0.8196303, 5);
});

it('is 1 for full agreement, 0 for chance, and nothing where there is nothing to agree on', () => {
  expect(cohenKappa([[3, 0], [0, 2]])).toMatchObject({ kappa: 1, interval95: [1, 1] }); // prettier-ignore
  expect(cohenKappa([[4, 4], [4, 4]])!.kappa).toBeCloseTo(0, 12); // prettier-ignore
  expect(cohenKappa([[5, 0], [0, 0]])).toMatchObject({ count: 5, agreed: 1, kappa: null, interval95: null }); // prettier-ignore
  expect(cohenKappa([[0, 0], [0, 0]])).toBeNull(); // prettier-ignore
  expect(() => cohenKappa([[1, 2]])).toThrow(RangeError);
});
