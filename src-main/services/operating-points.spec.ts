import { describe, expect, it } from 'vitest';
import { volumeThreshold } from '../core/evaluation/volume-estimate';
import type { ScannedSeries } from '../core/study/entities';
import type { ModelBundle } from '../inference';
import { operatingPointsFor } from './operating-points';

const tail = [1, 2, 4, 8, 16, 32].map((n) => ({ threshold: 0.9 - 0.1 * Math.log2(n), rate: n / 100 }));
const point = {
  per: 'image',
  falsePositives: 1,
  threshold: 0.3,
  measuredFalsePositives: 0.98,
  falsePositives95: [0.8, 1.2],
  sensitivity: 0.95,
  sensitivity95: [0.9, 0.99],
};
const bundle = {
  kind: 'picture',
  thresholds: { scoreFloor: 0.05, default: 0.3 },
  operatingPoints: [point],
  falsePositiveTail: tail,
} as unknown as ModelBundle;
const picture = { kind: 'image' } as ScannedSeries['pixels'];
const volume = (slices: number) =>
  ({ kind: 'volume', geometry: { dims: [64, 64, slices] } }) as unknown as ScannedSeries['pixels'];

describe('operating points of a series', () => {
  it('are those measured where the model reads what it was measured on', () => {
    expect(operatingPointsFor(bundle, picture)).toEqual({
      threshold: 0.3,
      operatingPoints: [
        {
          per: 'image',
          threshold: 0.3,
          falsePositives: 1,
          measured: true,
          sensitivity: 0.95,
          sensitivity95: [0.9, 0.99],
        },
      ],
    });
    const scans = { ...bundle, kind: 'volume', operatingPoints: [{ ...point, per: 'scan' }] } as ModelBundle;
    expect(operatingPointsFor(scans, volume(300)).threshold).toBe(0.3);
  });

  it('are estimates of false marks alone for volumes read slice by slice: about two a volume at first', () => {
    const { threshold, operatingPoints } = operatingPointsFor(bundle, volume(40));
    expect(threshold).toBe(volumeThreshold(tail, 40, 2));
    expect(operatingPoints!.map((p) => [p.falsePositives, p.measured, p.sensitivity])).toEqual(
      [0.5, 1, 2, 4, 8].map((rate) => [rate, false, null]),
    );
    expect(operatingPointsFor(bundle, volume(200)).threshold).toBeGreaterThan(threshold);
    expect(threshold).toBeGreaterThan(0.3);
  });

  it('are left out where nobody measured: older bundles keep their threshold', () => {
    const old = { ...bundle, operatingPoints: undefined, falsePositiveTail: undefined } as ModelBundle;
    expect(operatingPointsFor(old, picture)).toEqual({ threshold: 0.3 });
    expect(operatingPointsFor(old, volume(40))).toEqual({ threshold: 0.3 });
  });
});
