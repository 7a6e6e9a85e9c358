import { AppError } from '../app-error';
import { lpsToIjk } from '../geometry/affine';
import { box3Center, box3Size } from '../geometry/box';
import type { Finding } from '../study/entities';
import { isUnsafe } from '../volume/series-issues';
import { scaleAt, unscaledWords, type Unscaled } from './picture-scale';
import type { Report, ReportSeries } from './report';
import { fixed, regionsNote, uncalibratedNote } from './wording';

/** Where a finding lies and how large its box is, once for all exports. */
export type FindingMeasure =
  | {
      readonly space: 'lps';
      /** mm. */
      readonly centerLps: readonly [number, number, number];
      /** Box edges along the patient's left-right, front-back and head-foot axes, mm; null where the series is unsafe. */
      readonly sizeMm: readonly [number, number, number] | null;
      /** The longest box edge, mm. */
      readonly longAxisMm: number | null;
      /** 1-based number of the slice through the centre, along the volume's third axis, and how many there are. */
      readonly slice: number;
      readonly sliceCount: number;
    }
  | {
      readonly space: 'px';
      /** Pixels from the picture's top left corner, x to the right, y down. */
      readonly centerPx: readonly [number, number];
      readonly sizePx: readonly [number, number];
      readonly longAxisPx: number;
      /** Null where no scale holds. */
      readonly sizeMm: readonly [number, number] | null;
      readonly longAxisMm: number | null;
      /** Why there is none. */
      readonly unscaled: Unscaled | null;
      /** 1-based. */
      readonly frame: number;
      readonly frameCount: number;
    };

/** @throws AppError `export.failed` where the report does not hold the finding's series. */
export function seriesOf(report: Report, finding: Finding): ReportSeries {
  const series = report.series.find((s) => s.seriesId === finding.seriesId);
  const fits = series && (series.pixels.kind === 'volume') === (finding.place.space === 'lps');
  if (!fits) {
    throw new AppError(
      'export.failed',
      `Finding ${finding.number} does not belong to a series of this report.`,
      'Open the study again and repeat the export.',
    );
  }
  return series;
}

export function measureFinding(finding: Finding, series: ReportSeries): FindingMeasure {
  const { place } = finding;
  const { pixels } = series;
  const unsafe = isUnsafe(series.issues ?? []);
  if (place.space === 'lps' && pixels.kind === 'volume') {
    const [x, y, z] = box3Size(place.boxLps);
    const centerLps = box3Center(place.boxLps);
    const sliceCount = pixels.geometry.dims[2];
    const slice = Math.round(lpsToIjk(pixels.geometry, centerLps)[2]) + 1;
    return {
      space: 'lps',
      centerLps,
      sizeMm: unsafe ? null : [x, y, z],
      longAxisMm: unsafe ? null : Math.max(x, y, z),
      slice: Math.min(Math.max(slice, 1), sliceCount),
      sliceCount,
    };
  }
  if (place.space === 'px' && pixels.kind === 'image') {
    const [x, y, width, height] = place.boxPx;
    const scale = scaleAt(pixels, place.boxPx, unsafe);
    const sizeMm =
      scale.unit === 'mm' ? ([width * scale.spacing[0], height * scale.spacing[1]] as const) : null;
    return {
      space: 'px',
      centerPx: [x + width / 2, y + height / 2],
      sizePx: [width, height],
      longAxisPx: Math.max(width, height),
      sizeMm,
      longAxisMm: sizeMm && Math.max(...sizeMm),
      unscaled: scale.unit === 'px' ? scale.why : null,
      frame: place.frame + 1,
      frameCount: pixels.frames,
    };
  }
  throw new TypeError(`finding ${finding.findingId} has a place in another space than its series`);
}

const joined = (values: readonly number[], separator: string): string =>
  values.map((v) => fixed(v, 1)).join(separator);

/** "12.3, -45.6, 78.9 mm (LPS), slice 24 of 48" or "x 120.5, y 80.0 px, frame 3 of 10". */
export function positionText(measure: FindingMeasure): string {
  if (measure.space === 'lps') {
    return `${joined(measure.centerLps, ', ')} mm (LPS), slice ${measure.slice} of ${measure.sliceCount}`;
  }
  const [x, y] = measure.centerPx;
  const frame = measure.frameCount > 1 ? `, frame ${measure.frame} of ${measure.frameCount}` : '';
  return `x ${fixed(x, 1)}, y ${fixed(y, 1)} px${frame}`;
}

/** LPS coordinates in words: "12.3 mm left, 45.6 mm anterior, 78.9 mm superior of the origin". */
export function directionText(measure: FindingMeasure): string {
  if (measure.space !== 'lps') return '';
  const words = [
    ['left', 'right'],
    ['posterior', 'anterior'],
    ['superior', 'inferior'],
  ] as const;
  return measure.centerLps
    .map((v, axis) => `${fixed(Math.abs(v), 1)} mm ${words[axis]![Number(fixed(v, 1)) < 0 ? 1 : 0]}`)
    .join(', ');
}

/** "12.0 x 10.5 x 9.0 mm", "12.0 x 10.5 mm (40 x 35 px)" or "40 x 35 px (uncalibrated)". */
export function sizeText(measure: FindingMeasure): string {
  const mm = measure.sizeMm && `${joined(measure.sizeMm, ' \u00d7 ')} mm`;
  if (measure.space === 'lps') return mm ?? `not measured (${unscaledWords.unsafe})`;
  const px = `${measure.sizePx.map((v) => fixed(v, 0)).join(' \u00d7 ')} px`;
  return mm ? `${mm} (${px})` : `${px} (${unscaledWords[measure.unscaled ?? 'uncalibrated']})`;
}

/** "12.0 mm", "40 px" where no scale holds in the picture, or nothing where nothing may be measured. */
export function longAxisText(measure: FindingMeasure): string {
  if (measure.space === 'lps' && measure.longAxisMm === null) return '';
  if (measure.space === 'px' && measure.longAxisMm === null) {
    return `${fixed(measure.longAxisPx, 0)} px`;
  }
  return `${fixed(measure.longAxisMm ?? NaN, 1)} mm`;
}

/** What must be said of pictures of the report that have no scale, or one in parts of them only. */
export function calibrationNotes(report: Report): string[] {
  const unscaled = report.series.flatMap(({ pixels }) =>
    pixels.kind === 'image' && pixels.pixelSpacing === null ? [pixels.regions ?? []] : [],
  );
  return [
    ...(unscaled.some((regions) => regions.length === 0) ? [uncalibratedNote] : []),
    ...(unscaled.some((regions) => regions.length > 0) ? [regionsNote] : []),
  ];
}
