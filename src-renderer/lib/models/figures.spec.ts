import { describe, expect, it } from 'vitest';
import { comparisonRows as reported } from '../../../src-main/core/evaluation/comparison-words';
import { byReason, comparisonRows, countsText, figuresText } from './figures';

describe('words of the models page', () => {
  it('says what was measured, and that nothing was', () => {
    expect(figuresText({ metrics: { AP50: 0.912, 'sensitivity@1': 0.954 } })).toBe(
      'AP50 0.91, sensitivity 0.95 at 1 false mark a picture',
    );
    expect(figuresText({ metrics: { AP10: 0.5, cpm: 0.7 } })).toBe('AP10 0.50, CPM 0.70');
    expect(
      figuresText({ metrics: { AP10: 0.5, cpm: 0.7, 'sensitivity@1': 0.6, 'sensitivity@2': 0.66 } }),
    ).toBe('AP10 0.50, CPM 0.70, sensitivity 0.66 at 2 false marks a scan');
    expect(figuresText({ metrics: {} })).toBe('not measured');
  });

  it('counts one picture as one', () => {
    expect(countsText({ pictures: 1, patients: 1, lesions: 2, rejected: 0 })).toBe(
      '1 picture of 1 patient, 2 lesions, 0 rejected marks',
    );
  });

  it('gathers what is left out by reason', () => {
    const leftOut = [
      { file: '/a', reason: 'not-read' as const },
      { file: '/b', reason: 'file-missing' as const },
      { file: '/c', reason: 'not-read' as const },
    ];
    expect(byReason(leftOut)).toEqual([
      { reason: 'not-read', files: ['/a', '/c'] },
      { reason: 'file-missing', files: ['/b'] },
    ]);
  });

  it('signs differences, and no zero', () => {
    const figures = { threshold: 0.5, ap50: 0.5, sensitivity: 0.5, fpPerImage: 1 };
    const comparison = {
      old: figures,
      new: { ...figures, ap50: 0.75 },
      difference: {
        ap50: { value: 0.25, interval: [-0.001, 0.5] },
        sensitivity: { value: -0.004, interval: null },
        fpPerImage: { value: -0.5, interval: [-1, 0] },
      },
    } satisfies Parameters<typeof comparisonRows>[0];
    const rows = comparisonRows(comparison);
    expect(rows, 'as the command line prints it').toEqual(reported(comparison));
    expect(rows.map((r) => [r.old, r.new, r.difference, r.interval])).toEqual([
      ['0.50', '0.75', '+0.25', '0.00 to +0.50'],
      ['0.50', '0.50', '0.00', '-'],
      ['1.00', '1.00', '-0.50', '-1.00 to 0.00'],
    ]);
  });
});
