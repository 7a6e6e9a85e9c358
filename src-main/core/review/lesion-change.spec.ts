import { describe, expect, it } from 'vitest';
import type { Measurement } from '../study/entities';
import { daysBetween, lesionChange, type LesionChange } from './lesion-change';

const measured = (longAxis: number, shortAxis: number, volume: number | null): Measurement => ({
  of: 'outline',
  unit: 'mm',
  longAxis,
  shortAxis,
  longest3d: null,
  volume,
  area: null,
  meanValue: null,
  sdValue: null,
  valueUnit: null,
  axes: null,
});
const on = (studyDate: string, measurement: Measurement | null) => ({ studyDate, measurement });
const changeOf = (...args: Parameters<typeof lesionChange>): LesionChange => {
  const change = lesionChange(...args);
  if (typeof change === 'string') throw new Error(change);
  return change;
};

describe('the change of a lesion', () => {
  it('is told in mm, in percent and as doubling time (t ln 2 / ln (V2 / V1))', () => {
    const change = changeOf(on('20240101', measured(10, 8, 400)), on('20240410', measured(12.5, 9, 800)));
    expect(change.days).toBe(100);
    expect(change.longAxis).toEqual({ before: 10, now: 12.5, by: 2.5, percent: 25 });
    expect(change.shortAxis.by).toBe(1);
    // (12.5 + 9) / 2 = 10.75, to a tenth 10.8.
    expect(change.meanDiameter).toMatchObject({ before: 9, now: 10.8 });
    expect(change.volume).toMatchObject({ percent: 100, grown: true });
    // Twice the volume in 100 days.
    expect(change.volume!.doublingTimeDays).toBeCloseTo(100, 10);
    expect(change).toMatchObject({ grownByLungRads: true, grownByFleischner: true, alike: true });
  });

  it('has a negative doubling time where it shrinks and none where the volume is the same', () => {
    const smaller = changeOf(on('20240101', measured(10, 8, 800)), on('20240410', measured(8, 6, 400)));
    expect(smaller.volume!.doublingTimeDays).toBeCloseTo(-100, 10);
    expect(smaller).toMatchObject({ grownByLungRads: false, grownByFleischner: false });
    const same = changeOf(on('20240101', measured(10, 8, 400)), on('20240410', measured(10, 8, 400)));
    expect(same.volume).toMatchObject({ percent: 0, doublingTimeDays: null, grown: false });
  });

  it.each([
    // Lung-RADS note 6: more than 1.5 mm of mean diameter.
    [8, 9.5, '20240601', false],
    [8, 9.6, '20240601', true],
    // In more than 12 months it cannot tell.
    [8, 9.6, '20250601', null],
    [8, 8.5, '20250601', false],
  ] as const)('%f mm, then %f mm by %s: growth by Lung-RADS %s', (before, now, date, grown) => {
    const change = changeOf(
      on('20240101', measured(before, before, null)),
      on(date, measured(now, now, null)),
    );
    expect(change.grownByLungRads).toBe(grown);
  });

  it('has no volume unless both have one, and says where box and outline are compared', () => {
    const box: Measurement = { ...measured(12, 10, null), of: 'box' };
    const change = changeOf(on('20240101', box), on('20240410', measured(10, 8, 400)));
    expect(change).toMatchObject({ volume: null, alike: false });
  });

  it('is none without dates in order, measures, or a scale', () => {
    const lesion = measured(10, 8, 400);
    expect(lesionChange(on('20240101', lesion), on('20240101', lesion))).toBe('not-later');
    expect(lesionChange(on('20240102', lesion), on('20240101', lesion))).toBe('not-later');
    expect(lesionChange(on('', lesion), on('20240101', lesion))).toBe('no-date');
    expect(lesionChange(on('20240230', lesion), on('20240401', lesion))).toBe('no-date');
    expect(lesionChange(on('20240101', null), on('20240401', lesion))).toBe('not-measured');
    expect(lesionChange(on('20240101', measured(0, 0, 0)), on('20240401', lesion))).toBe('not-measured');
    expect(lesionChange(on('20240101', { ...lesion, unit: 'px' }), on('20240401', lesion))).toBe('no-scale');
  });

  it('counts days over leap years', () => {
    expect(daysBetween('20240228', '20240301')).toBe(2);
    expect(daysBetween('20230228', '20230301')).toBe(1);
    expect(daysBetween('20240301', '20240228')).toBe(-2);
    expect(daysBetween('2024', '20240228')).toBeNull();
  });
});
