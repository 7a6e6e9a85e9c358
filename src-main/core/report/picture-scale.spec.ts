import { describe, expect, it } from 'vitest';
import type { ImageLayout } from '../study/entities';
import { scaleAt } from './picture-scale';

const plain: ImageLayout = {
  kind: 'image',
  width: 640,
  height: 480,
  frames: 1,
  channels: 3,
  voxelType: 'uint8',
  pixelSpacing: null,
  valueRange: [0, 255],
  voi: [],
};
/** A B-mode picture on the left, a trace with its own scale on the right, and a small one that agrees in the first. */
const regions: ImageLayout = {
  ...plain,
  regions: [
    { boxPx: [0, 0, 300, 480], spacing: [0.2, 0.3] },
    { boxPx: [320, 0, 320, 480], spacing: [1, 0.5] },
    { boxPx: [100, 100, 50, 50], spacing: [0.2, 0.3] },
  ],
};

describe('scaleAt', () => {
  it('is the picture’s own where there is one, and none where there is not', () => {
    expect(scaleAt({ ...plain, pixelSpacing: [0.1, 0.2] }, [0, 0, 5, 5])).toEqual({
      unit: 'mm',
      spacing: [0.1, 0.2],
    });
    expect(scaleAt(plain, [0, 0, 5, 5])).toEqual({ unit: 'px', why: 'uncalibrated' });
  });

  it('is a region’s inside it, up to its edges', () => {
    expect(scaleAt(regions, [0, 0, 300, 480])).toEqual({ unit: 'mm', spacing: [0.2, 0.3] });
    expect(scaleAt(regions, [320, 0, 320, 480])).toEqual({ unit: 'mm', spacing: [1, 0.5] });
    // Inside two that agree.
    expect(scaleAt(regions, [110, 110, 20, 20])).toMatchObject({ spacing: [0.2, 0.3] });
  });

  it('is none outside, across a border, or where regions that overlap disagree', () => {
    expect(scaleAt(regions, [302, 0, 10, 10])).toEqual({ unit: 'px', why: 'outside-regions' });
    expect(scaleAt(regions, [290, 0, 11, 10])).toEqual({ unit: 'px', why: 'across-regions' });
    expect(scaleAt(regions, [290, 0, 60, 10])).toEqual({ unit: 'px', why: 'across-regions' });
    const disagree = {
      ...plain,
      regions: [
        { boxPx: [0, 0, 100, 100], spacing: [1, 1] },
        { boxPx: [50, 50, 100, 100], spacing: [2, 2] },
      ],
    } as const;
    expect(scaleAt(disagree, [60, 60, 10, 10])).toEqual({ unit: 'px', why: 'across-regions' });
  });

  it('is none in a series that is unsafe', () => {
    expect(scaleAt({ ...plain, pixelSpacing: [0.1, 0.1] }, [0, 0, 5, 5], true)).toEqual({
      unit: 'px',
      why: 'unsafe',
    });
  });
});
