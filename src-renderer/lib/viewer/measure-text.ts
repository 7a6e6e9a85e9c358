import type { SeriesSummary } from '../../../src-main/contract/entities';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import {
  angleAt,
  areaOf,
  distance,
  inUnits,
  type Measurement,
} from '../../../src-main/core/measure/measurement';
import type { RegionShape, RegionStatistics } from '../../../src-main/core/measure/region-statistics';
import { scaleAt } from '../../../src-main/core/report/picture-scale';
import { isUnsafe } from '../../../src-main/core/volume/series-issues';
import { viewer } from '../i18n/areas/viewer';
import type { Arguments, Message } from '../i18n/messages';

/** Values under measurements, from whoever holds the pixels. */
export interface ValueSource {
  /** At LPS mm, or [x, y] px of a frame; null outside, in colour, or before the slice is in. */
  valueAt(point: Vec3): number | null;
  region(shape: RegionShape, place: Measurement['place'], a: Vec3, b: Vec3): RegionStatistics | null;
}

type Translate = <M extends Message>(message: M, ...values: Arguments<M>) => string;

/** Hounsfield units of CT; other modalities' values have no unit of their own. */
export const valueUnit = ({ modality }: Pick<SeriesSummary, 'modality'>): string =>
  modality === 'CT' ? 'HU' : '';

/** As precise as the values are: whole numbers, or three figures of fractions. */
export function valueText(value: number, series: Pick<SeriesSummary, 'pixels'>): string {
  const [low, high] = series.pixels.valueRange;
  return high - low < 20 && Math.abs(value) < 100
    ? value.toPrecision(3)
    : value.toFixed(Number.isInteger(value) ? 0 : 1);
}

/**
 * What a measurement says, line by line. Lengths are in mm where a scale holds at the place, else in px (RELIABILITY G5), and
 * nothing is measured where the series is unsafe.
 */
export function readings(
  measurement: Measurement,
  series: SeriesSummary,
  values: ValueSource,
  t: Translate,
): string[] {
  const { kind, points } = measurement;
  const unit = valueUnit(series);
  if (kind === 'probe') {
    const value = values.valueAt(points[0]!);
    return [value === null ? '—' : `${valueText(value, series)} ${unit}`.trim()];
  }
  const unsafe = isUnsafe(series.issues ?? []);
  if (unsafe && measurement.place.space === 'lps') return [t(viewer.unsafe)];
  const scaled = scaledPoints(measurement, series, unsafe);
  const [a, b, c, d] = scaled.points;
  const number = (value: number): string => value.toFixed(scaled.unit === 'mm' ? 1 : 0);
  const sized = (length: number): string => `${number(length)} ${scaled.unit}`;
  switch (kind) {
    case 'length':
      return [sized(distance(a!, b!))];
    case 'angle': {
      const angle = angleAt(a!, b!, c!);
      return [angle === null ? '—' : `${angle.toFixed(1)}°`];
    }
    case 'bidirectional':
      return [`${number(distance(a!, b!))} × ${sized(distance(c!, d!))}`];
    case 'ellipse':
    case 'rectangle': {
      const area = t(viewer.area, {
        area: `${number(areaOf(kind, a!, b!))} ${scaled.unit}²`,
      });
      const found = values.region(kind, measurement.place, points[0]!, points[1]!);
      if (!found) return [area];
      const text = (value: number): string => valueText(value, series);
      return [
        t(viewer.statistics, { mean: text(found.mean), deviation: text(found.deviation), unit }).trim(),
        t(viewer.range, { min: text(found.min), max: text(found.max), unit }).trim(),
        area,
      ];
    }
  }
}

function scaledPoints(
  { points, place }: Measurement,
  { pixels }: SeriesSummary,
  unsafe: boolean,
): { points: Vec3[]; unit: 'mm' | 'px' } {
  if (place.space === 'lps' || pixels.kind !== 'image') return { points: [...points], unit: 'mm' };
  const xs = points.map((p) => p[0] + 0.5);
  const ys = points.map((p) => p[1] + 0.5);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const scale = scaleAt(pixels, [x, y, Math.max(...xs) - x, Math.max(...ys) - y], unsafe);
  return { points: inUnits(points, scale.unit === 'mm' ? scale.spacing : null), unit: scale.unit };
}
