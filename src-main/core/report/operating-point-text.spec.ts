import { describe, expect, it } from 'vitest';
import { thresholdPoint as point } from '../../../test-support/threshold-points';
import type { ResultSet } from '../study/entities';
import { pointText, thresholdText } from './operating-point-text';

describe('operating points in words', () => {
  it('say what a reader has to expect', () => {
    expect(pointText(point(1, 0.2))).toBe('About 1 false mark an image, finds 95 % (90 to 99 %)');
    expect(pointText(point(0.25, 0.2))).toBe('About 1 false mark in 4 images, finds 95 % (90 to 99 %)');
    expect(pointText(point(2, 0.2, { per: 'scan', sensitivity95: null }))).toBe(
      'About 2 false marks a scan, finds 95 %',
    );
  });

  it('claim nothing of what is found where nobody measured', () => {
    const estimate = point(2, 0.2, { per: 'scan', measured: false, sensitivity: null, sensitivity95: null });
    expect(pointText(estimate)).toBe('About 2 false marks a scan (estimated; not known what it finds)');
  });

  it('explain the threshold of a result, which may be small', () => {
    const set = {
      threshold: 0.0085,
      operatingPoints: [point(1, 0.0085), point(2, 0.001)],
    } as unknown as ResultSet;
    expect(thresholdText(set)).toBe(
      'score \u2265 0.0085: About 1 false mark an image, finds 95 % (90 to 99 %)',
    );
    expect(thresholdText({ ...set, threshold: 0.5, operatingPoints: undefined })).toBe('score \u2265 0.50');
  });
});
