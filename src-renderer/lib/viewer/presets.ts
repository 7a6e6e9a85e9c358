import type { NamedWindow, PixelLayout } from '../../../src-main/core/study/entities';
import { windowOfRange } from '../../../src-main/core/volume/windowing';

/** The presets on keys 1 to 5: the series' own windows and tables first, then its full range. */
export function presetsOf(pixels: PixelLayout): NamedWindow[] {
  const full = { name: 'Full range', ...windowOfRange(...pixels.valueRange) };
  return [...pixels.voi.filter((window) => window.name !== full.name).slice(0, 4), full];
}
