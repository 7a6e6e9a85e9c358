import type { SeriesSummary } from '../../../src-main/contract/entities';
import { sideText } from '../../../src-main/core/report/wording';
import { paceOf, paceText } from '../viewer/cine';
import { isUnsafe } from '../../../src-main/core/volume/series-issues';

/** What people call a series: its modality and description, or what else is known of it. */
export function seriesTitle(series: SeriesSummary): string {
  const { modality, description, bodyPart, format } = series;
  const side = sideText(series);
  return `${modality} ${description || bodyPart || format.toUpperCase()}${side && `, ${side}`}`;
}

/** The title with the word that must not be missed where only text can stand, as in a list of options. */
export function seriesOption(series: SeriesSummary): string {
  const issues = series.issues ?? [];
  const word = isUnsafe(issues) ? 'unsafe' : issues.some((i) => i.severity === 'warning') ? 'warning' : '';
  return word === '' ? seriesTitle(series) : `${seriesTitle(series)} (${word})`;
}

/** What a thumbnail shows: the slice that is looked at first. */
export function thumbnailText(series: SeriesSummary): string {
  const { pixels } = series;
  const count = pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames;
  if (count === 1) return seriesTitle(series);
  const which = pixels.kind === 'volume' ? `slice ${Math.floor(count / 2) + 1}` : 'frame 1';
  return `${seriesTitle(series)}, ${which} of ${count}`;
}

const times = ' × ';

/** `512 × 512 × 140, 0.70 × 0.70 × 2.50 mm` or `640 × 480, 60 frames, 25 a second, not calibrated`. */
export function imagesText({ pixels }: SeriesSummary): string {
  if (pixels.kind === 'volume') {
    const { dims, spacing } = pixels.geometry;
    return `${dims.join(times)}, ${spacing.map((mm) => mm.toFixed(2)).join(times)} mm`;
  }
  const parts = [`${pixels.width}${times}${pixels.height}`];
  if (pixels.frames > 1) parts.push(`${pixels.frames} frames`);
  const pace = paceOf(pixels);
  if (pace?.known) parts.push(paceText(pace));
  if (pixels.pixelSpacing) parts.push(`${pixels.pixelSpacing.map((mm) => mm.toFixed(3)).join(times)} mm`);
  else parts.push(pixels.regions?.length ? `${pixels.regions.length} calibrated regions` : 'not calibrated');
  return parts.join(', ');
}

/** What is known of a series' detection in a word or two. */
export const detectionWords: Readonly<Record<SeriesSummary['detection'], string>> = {
  none: 'Not analysed',
  queued: 'Waiting',
  running: 'Detecting…',
  done: 'Analysed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  'no-model': 'No model fits',
  'not-analysable': 'Not analysable',
};
