import { box3Size } from '../geometry/box';
import { scaleAt } from '../report/picture-scale';
import type { Finding, Measurement, PixelLayout } from '../study/entities';
import { isUnsafe, type SeriesIssue } from '../volume/series-issues';

/**
 * What a finding measures: by its outline where it has one, else by its box (of a volume: in the axial plane). Null where
 * nothing may be measured in its series.
 */
export function measuredLesion(
  { place, measurement }: Finding,
  series: { readonly pixels: PixelLayout; readonly issues?: readonly SeriesIssue[] | undefined },
): Measurement | null {
  if (measurement) return measurement;
  const unsafe = isUnsafe(series.issues ?? []);
  if (place.space === 'lps') {
    const [x, y] = box3Size(place.boxLps);
    return unsafe ? null : ofBox('mm', x, y);
  }
  if (series.pixels.kind !== 'image') return null;
  const [, , width, height] = place.boxPx;
  const scale = scaleAt(series.pixels, place.boxPx, unsafe);
  return scale.unit === 'mm'
    ? ofBox('mm', width * scale.spacing[0], height * scale.spacing[1])
    : ofBox('px', width, height);
}

const ofBox = (unit: 'mm' | 'px', a: number, b: number): Measurement => ({
  of: 'box',
  unit,
  longAxis: Math.max(a, b),
  shortAxis: Math.min(a, b),
  longest3d: null,
  volume: null,
  area: null,
  meanValue: null,
  sdValue: null,
  valueUnit: null,
  axes: null,
});
