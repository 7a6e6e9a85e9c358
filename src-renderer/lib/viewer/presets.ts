import type { NamedWindow, PixelLayout } from '../../../src-main/core/study/entities';

/** The presets on keys 1 to 5: the series' own windows first, then its full range. */
export function presetsOf(pixels: PixelLayout): NamedWindow[] {
  const [low, high] = pixels.valueRange;
  const full = { name: 'Full range', center: (low + high) / 2, width: Math.max(high - low, 1) };
  return [...pixels.voi.filter((window) => window.name !== full.name).slice(0, 4), full];
}

/** Lower and upper value of a window (DICOM PS3.3 C.11.2.1.2, without its half-grey offsets). */
export const rangeOf = (window: { center: number; width: number }): { lower: number; upper: number } => ({
  lower: window.center - window.width / 2,
  upper: window.center + window.width / 2,
});
