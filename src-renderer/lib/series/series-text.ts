import type { SeriesSummary } from '../../../src-main/contract/entities';
import { paceOf, paceText } from '../viewer/cine';
import { inertLine } from '../../../src-main/core/report/inert-text';
import { isUnsafe } from '../../../src-main/core/volume/series-issues';
import { detectionStates, series as words } from '../i18n/areas/series';
import { decimal, t } from '../i18n/i18n.svelte';

const sides = { L: words.left, R: words.right, B: words.bothSides } as const;

/** "left, MLO": side and projection as the file states them; empty where it states neither. */
export const sideText = ({ laterality, view }: Pick<SeriesSummary, 'laterality' | 'view'>): string =>
  [laterality && t(sides[laterality]), view && inertLine(view)].filter(Boolean).join(', ');

/** What people call a series: its modality and description, or what else is known of it. */
export function seriesTitle(series: SeriesSummary): string {
  const { modality, description, bodyPart, format } = series;
  const side = sideText(series);
  return `${modality} ${description || bodyPart || format.toUpperCase()}${side && `, ${side}`}`;
}

/** The title with the word that must not be missed where only text can stand, as in a list of options. */
export function seriesOption(series: SeriesSummary): string {
  const issues = series.issues ?? [];
  const title = seriesTitle(series);
  if (isUnsafe(issues)) return t(words.unsafeOption, { title });
  return issues.some((i) => i.severity === 'warning') ? t(words.warningOption, { title }) : title;
}

/** What a thumbnail shows: the slice that is looked at first. */
export function thumbnailText(series: SeriesSummary): string {
  const { pixels } = series;
  const count = pixels.kind === 'volume' ? pixels.geometry.dims[2] : pixels.frames;
  const title = seriesTitle(series);
  if (count === 1) return title;
  return pixels.kind === 'volume'
    ? t(words.sliceOf, { title, number: Math.floor(count / 2) + 1, count })
    : t(words.frameOf, { title, number: 1, count });
}

const times = ' × ';

/** `512 × 512 × 140, 0.70 × 0.70 × 2.50 mm` or `640 × 480, 60 frames, 25 a second, not calibrated`. */
export function imagesText({ pixels }: SeriesSummary): string {
  if (pixels.kind === 'volume') {
    const { dims, spacing } = pixels.geometry;
    return `${dims.join(times)}, ${spacing.map((mm) => decimal(mm, 2)).join(times)} mm`;
  }
  const parts = [`${pixels.width}${times}${pixels.height}`];
  if (pixels.frames > 1) parts.push(t(words.frames, { count: pixels.frames }));
  const pace = paceOf(pixels);
  if (pace?.known) parts.push(paceText(pace));
  if (pixels.pixelSpacing) parts.push(`${pixels.pixelSpacing.map((mm) => decimal(mm, 3)).join(times)} mm`);
  else
    parts.push(
      pixels.regions?.length ? t(words.regions, { count: pixels.regions.length }) : t(words.notCalibrated),
    );
  return parts.join(', ');
}

/** What is known of a series' detection in a word or two. */
export const detectionText = (state: SeriesSummary['detection']): string => t(detectionStates[state]);
