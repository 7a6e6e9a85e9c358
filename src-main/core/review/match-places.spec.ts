import { expect, it } from 'vitest';
import type { Box3, BoxXywh } from '../geometry/box';
import { matchPlaces, samePlace, type Placed } from './match-places';

const lps = (...boxLps: number[]): Placed => ({ seriesId: 's', place: { space: 'lps', boxLps: boxLps as unknown as Box3 } }); // prettier-ignore
const px = (frame: number, ...boxPx: number[]): Placed => ({ seriesId: 's', place: { space: 'px', boxPx: boxPx as unknown as BoxXywh, frame } }); // prettier-ignore

it('pairs by overlap, and by centres that lie in each other', () => {
  // 8 of 12 parts shared: 0.5; half the side, in the middle: 1/8, but each holds the other's centre.
  expect(samePlace(lps(0, 0, 0, 3, 1, 1), lps(1, 0, 0, 4, 1, 1))).toMatchObject({ iou: 0.5, apart: 1 });
  expect(samePlace(lps(0, 0, 0, 4, 4, 4), lps(1, 1, 1, 3, 3, 3))).toMatchObject({ iou: 0.125, apart: 0 });
  // In the corner: its centre lies inside, the other's does not lie in it.
  expect(samePlace(lps(0, 0, 0, 4, 4, 4), lps(0, 0, 0, 1.5, 1.5, 1.5))).toBeNull();
  expect(samePlace(px(0, 10, 10, 4, 4), px(0, 11, 10, 4, 4))).toMatchObject({ iou: 0.6 });
});

it('keeps series, frames, volumes and pictures apart', () => {
  expect(samePlace(px(0, 1, 1, 4, 4), px(1, 1, 1, 4, 4))).toBeNull();
  expect(samePlace(px(0, 1, 1, 4, 4), lps(1, 1, 1, 4, 4, 4))).toBeNull();
  expect(samePlace(px(0, 1, 1, 4, 4), { ...px(0, 1, 1, 4, 4), seriesId: 'other' })).toBeNull();
});

it('takes the best pair first and each box once', () => {
  const a = [px(0, 0, 0, 10, 10), px(0, 2, 0, 10, 10)];
  const b = [px(0, 2, 0, 10, 10), px(0, 100, 0, 10, 10)];
  const { pairs, onlyA, onlyB } = matchPlaces(a, b);
  expect(pairs).toEqual([{ a: a[1], b: b[0], iou: 1 }]);
  expect([onlyA, onlyB]).toEqual([[a[0]], [b[1]]]);
  expect(matchPlaces([], b)).toEqual({ pairs: [], onlyA: [], onlyB: b });
});
