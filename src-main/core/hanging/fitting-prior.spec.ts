import { expect, it } from 'vitest';
import type { Vec3 } from '../geometry/vec3';
import type { PixelLayout } from '../study/entities';
import { fittingPrior, type PriorSeries } from './fitting-prior';

const volume = (spacing: Vec3, slices: number): PixelLayout => ({
  kind: 'volume',
  geometry: {
    dims: [512, 512, slices],
    spacing,
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  voxelType: 'int16',
  valueRange: [-1024, 3000],
  voi: [],
});
const picture: PixelLayout = {
  kind: 'image',
  width: 100,
  height: 100,
  frames: 1,
  channels: 1,
  voxelType: 'uint16',
  pixelSpacing: [0.1, 0.1],
  valueRange: [0, 4095],
  voi: [],
};
const series = (seriesId: string, more: Partial<PriorSeries> = {}): PriorSeries => ({
  seriesId,
  modality: 'CT',
  pixels: volume([0.7, 0.7, 1.25], 200),
  bodyPart: 'CHEST',
  description: 'Lung thin',
  ...more,
});
const chosen = (current: PriorSeries, priors: PriorSeries[]): string | null =>
  fittingPrior(current, priors)?.seriesId ?? null;

it('hangs a series of the same modality, kind and part of the body, or none', () => {
  const current = series('now');
  expect(
    chosen(current, [series('mr', { modality: 'MR' }), series('head', { bodyPart: 'HEAD' })]),
  ).toBeNull();
  expect(chosen(current, [series('scout', { pixels: picture }), series('unsaid', { bodyPart: '' })])).toBe(
    'unsaid',
  );
});

it('prefers the same name, then the voxels most alike, then the most slices', () => {
  const current = series('now');
  const thick = series('thick', { pixels: volume([0.7, 0.7, 5], 60), description: 'Axial 5' });
  const thin = series('thin', { pixels: volume([0.8, 0.8, 1], 260), description: 'Axial 1' });
  const named = series('named', { pixels: volume([0.7, 0.7, 5], 60), description: 'lung thin ' });
  expect(chosen(current, [thick, thin])).toBe('thin');
  expect(chosen(current, [thick, thin, named])).toBe('named');
  const short = series('short', { pixels: volume([0.7, 0.7, 1.25], 20), description: 'b' });
  const long = series('long', { description: 'a' });
  expect(chosen(current, [short, long])).toBe('long');
});

it('hangs a mammogram of the same breast and view only', () => {
  const mammogram = (seriesId: string, laterality: 'L' | 'R', view: string): PriorSeries =>
    series(seriesId, { modality: 'MG', pixels: picture, bodyPart: 'BREAST', laterality, view });
  const priors = [mammogram('r-cc', 'R', 'CC'), mammogram('l-mlo', 'L', 'MLO'), mammogram('l-cc', 'L', 'CC')];
  expect(chosen(mammogram('now', 'L', 'CC'), priors)).toBe('l-cc');
  expect(chosen(mammogram('now', 'R', 'MLO'), priors)).toBeNull();
});
