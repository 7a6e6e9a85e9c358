import { describe, expect, it } from 'vitest';
import type { Finding, PixelLayout, Verdict } from '../../../src-main/core/study/entities';
import { isShown, neighbour, nextPending, sizeText, sliceOf } from './measure';

const volume: PixelLayout = {
  kind: 'volume',
  geometry: {
    dims: [64, 64, 20],
    spacing: [1, 1, 5],
    origin: [0, 0, -100],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  voxelType: 'int16',
  valueRange: [0, 1],
  voi: [],
};
const photo: PixelLayout = {
  kind: 'image',
  width: 100,
  height: 80,
  frames: 1,
  channels: 3,
  voxelType: 'uint8',
  pixelSpacing: null,
  valueRange: [0, 255],
  voi: [],
};

const finding = (findingId: string, verdict: Verdict, score: number | null): Finding => ({
  findingId,
  studyId: 's',
  seriesId: 'r',
  resultSetId: null,
  number: 1,
  label: 'tumour',
  score,
  provenance: 'network',
  place: { space: 'px', boxPx: [0, 0, 10, 20], frame: 0 },
  decision: { verdict, reason: null, comment: '', reviewer: '', decidedAt: null },
});

describe('size and slice', () => {
  it('gives mm for volumes and calibrated pictures, px elsewhere', () => {
    const lps = { space: 'lps' as const, boxLps: [0, 0, -52, 12, 8, -47] as const };
    expect(sizeText(lps, { pixels: volume })).toBe('12.0 mm');
    expect(sliceOf(lps, volume)).toBe(10);
    const px = { space: 'px' as const, boxPx: [0, 0, 10, 20] as const, frame: 3 };
    expect(sizeText(px, { pixels: photo })).toBe('10 × 20 px');
    expect(sizeText(px, { pixels: { ...photo, pixelSpacing: [0.5, 0.25] } })).toBe('5.0 mm');
    expect(sliceOf(px, photo)).toBe(3);
  });

  it('measures by region where a picture has several, and says why not beside them', () => {
    const regions = [{ boxPx: [0, 0, 10, 20], spacing: [0.5, 0.25] }] as const;
    const pixels = { ...photo, regions };
    const at = (x: number) => ({ space: 'px' as const, boxPx: [x, 0, 10, 20] as const, frame: 0 });
    expect(sizeText(at(0), { pixels })).toBe('5.0 mm');
    expect(sizeText(at(5), { pixels })).toBe('10 × 20 px, across the border of a calibrated region');
    expect(sizeText(at(40), { pixels })).toBe('10 × 20 px, outside the calibrated regions');
  });

  it('measures nothing in a series that is unsafe', () => {
    const issues = [{ code: 'gap', severity: 'unsafe', text: '' }] as const;
    const lps = { space: 'lps' as const, boxLps: [0, 0, -52, 12, 8, -47] as const };
    expect(sizeText(lps, { pixels: volume, issues })).toBe('not measured (unsafe)');
    const px = { space: 'px' as const, boxPx: [0, 0, 10, 20] as const, frame: 0 };
    expect(sizeText(px, { pixels: { ...photo, pixelSpacing: [1, 1] }, issues })).toBe(
      '10 × 20 px, series unsafe to measure in',
    );
  });
});

describe('walking the list', () => {
  const list = [finding('a', 'accepted', 0.9), finding('b', 'pending', 0.8), finding('c', 'pending', 0.2)];

  it('goes round both ends', () => {
    expect(neighbour(list, 'c', 1)?.findingId).toBe('a');
    expect(neighbour(list, 'a', -1)?.findingId).toBe('c');
    expect(neighbour(list, null, 1)?.findingId).toBe('a');
    expect(neighbour([], null, 1)).toBeNull();
  });

  it('finds the next pending, also before the selected one', () => {
    expect(nextPending(list, 'c')?.findingId).toBe('b');
    expect(nextPending([list[0]!], 'a')).toBeNull();
  });

  it('hides pending findings below the threshold, never decided or added ones', () => {
    expect(isShown(list[2]!, 0.5)).toBe(false);
    expect(isShown({ ...list[0]!, score: 0.1 }, 0.5)).toBe(true);
    expect(isShown(finding('d', 'added', null), 0.99)).toBe(true);
  });
});
