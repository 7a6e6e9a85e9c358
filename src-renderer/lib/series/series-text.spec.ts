import { describe, expect, it } from 'vitest';
import type { SeriesSummary } from '../../../src-main/contract/entities';
import { imagesText, seriesOption, thumbnailText } from './series-text';

const loop: SeriesSummary = {
  seriesId: 's',
  studyId: 't',
  seriesInstanceUid: '',
  format: 'dicom',
  description: 'Apical',
  modality: 'US',
  bodyPart: '',
  fileCount: 1,
  pixels: {
    kind: 'image',
    width: 640,
    height: 480,
    frames: 60,
    channels: 3,
    voxelType: 'uint8',
    pixelSpacing: null,
    valueRange: [0, 255],
    voi: [],
    frameMs: 40,
  },
  warnings: [],
  analysable: true,
  detection: 'none',
  detectionError: null,
};

describe('a series in words', () => {
  it('says how many images of which size, and whether they have a scale', () => {
    expect(imagesText(loop)).toBe('640 × 480, 60 frames, 25 a second, not calibrated');
    const still = {
      ...loop.pixels,
      frames: 1,
      frameMs: undefined,
      pixelSpacing: [0.1, 0.2] as [number, number],
    };
    expect(imagesText({ ...loop, pixels: still as SeriesSummary['pixels'] })).toBe(
      '640 × 480, 0.100 × 0.200 mm',
    );
  });

  it('says what a thumbnail shows, with its side', () => {
    expect(thumbnailText(loop)).toBe('US Apical, frame 1 of 60');
    const view: SeriesSummary = {
      ...loop,
      modality: 'MG',
      description: '',
      bodyPart: 'BREAST',
      laterality: 'L',
      pixels: { ...loop.pixels, frames: 1 } as SeriesSummary['pixels'],
    };
    expect(thumbnailText(view)).toMatch(/^MG BREAST, left/i);
    const geometry = { dims: [8, 8, 5], spacing: [1, 1, 1] } as unknown as Extract<
      SeriesSummary['pixels'],
      { kind: 'volume' }
    >['geometry'];
    const pixels = { ...loop.pixels, kind: 'volume', geometry } as SeriesSummary['pixels'];
    expect(thumbnailText({ ...loop, pixels })).toBe('US Apical, slice 3 of 5');
  });

  it('says the gravest word where there is room for text only', () => {
    expect(seriesOption(loop)).toBe('US Apical');
    const tilt = { code: 'gantry-tilt', severity: 'warning', text: '' } as const;
    const gap = { code: 'gap', severity: 'unsafe', text: '' } as const;
    expect(seriesOption({ ...loop, issues: [tilt] })).toBe('US Apical (warning)');
    expect(seriesOption({ ...loop, issues: [tilt, gap] })).toBe('US Apical (unsafe)');
    expect(seriesOption({ ...loop, issues: [{ ...tilt, severity: 'note' }] })).toBe('US Apical');
  });
});
