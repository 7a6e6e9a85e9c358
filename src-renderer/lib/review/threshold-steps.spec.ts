import { describe, expect, it } from 'vitest';
import { thresholdPoint as point } from '../../../test-support/threshold-points';
import { thresholdFor, thresholdSteps } from './threshold-steps';

const set = {
  threshold: 0.2,
  scoreFloor: 0.01,
  operatingPoints: [point(0.25, 0.6), point(1, 0.2), point(4, 0.01)],
};

describe('the steps of the threshold', () => {
  it('rise from everything to nothing undecided, each once', () => {
    const steps = thresholdSteps(set)!;
    expect(steps.map((s) => s.choice)).toEqual(['everything', 1, 0.25, 'decided']);
    expect(steps.map((s) => s.threshold)).toEqual([0.01, 0.2, 0.6, Infinity]);
    expect(thresholdSteps({ ...set, operatingPoints: undefined })).toBeNull();
    expect(thresholdSteps({ ...set, operatingPoints: [] })).toBeNull();
  });

  it('hold for a result of another series too, whose own table may lack the rate', () => {
    expect(thresholdFor(set, 1)).toBe(0.2);
    expect(thresholdFor(set, 2)).toBe(0.2);
    expect(thresholdFor({ ...set, operatingPoints: undefined }, 2)).toBe(0.2);
    expect(thresholdFor({ ...set, threshold: 0.3 }, 'default')).toBe(0.3);
    expect(thresholdFor(set, 'everything')).toBe(0.01);
    expect(thresholdFor(set, 'decided')).toBe(Infinity);
  });
});
