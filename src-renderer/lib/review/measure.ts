import { lpsToIjk } from '../../../src-main/core/geometry/affine';
import { box3Center, box3Size } from '../../../src-main/core/geometry/box';
import { scaleAt, type Unscaled } from '../../../src-main/core/report/picture-scale';
import { isUnsafe, type SeriesIssue } from '../../../src-main/core/volume/series-issues';
import type { Finding, FindingPlace, PixelLayout } from '../../../src-main/core/study/entities';
import { findings as words } from '../i18n/areas/review';
import { decimal, t } from '../i18n/i18n.svelte';
import type { Message } from '../i18n/messages';

const unscaledWords: Readonly<Record<Unscaled, Message>> = {
  uncalibrated: words.uncalibrated,
  'outside-regions': words.outsideRegions,
  'across-regions': words.acrossRegions,
  unsafe: words.unsafeSeries,
};

/**
 * Longest size of a finding's box with its unit: mm where a scale holds, else px with the reason where the picture has a
 * scale elsewhere (RELIABILITY G5); nothing in mm in a series that is unsafe.
 */
export function sizeText(
  place: FindingPlace,
  { pixels, issues = [] }: { pixels: PixelLayout; issues?: readonly SeriesIssue[] | undefined },
): string {
  const unsafe = isUnsafe(issues);
  if (place.space === 'lps') {
    return unsafe ? t(words.unsafeSize) : `${decimal(Math.max(...box3Size(place.boxLps)), 1)} mm`;
  }
  if (pixels.kind !== 'image') return '';
  const [, , width, height] = place.boxPx;
  const scale = scaleAt(pixels, place.boxPx, unsafe);
  if (scale.unit === 'mm')
    return `${decimal(Math.max(width * scale.spacing[0], height * scale.spacing[1]), 1)} mm`;
  const px = `${Math.round(width)} × ${Math.round(height)} px`;
  return scale.why === 'uncalibrated' ? px : `${px}, ${t(unscaledWords[scale.why])}`;
}

/** 0-based slice (or frame) a finding's centre lies in, within the stack. */
export function sliceOf(place: FindingPlace, pixels: PixelLayout): number {
  if (place.space === 'px') return place.frame;
  if (pixels.kind !== 'volume') return 0;
  const k = Math.round(lpsToIjk(pixels.geometry, box3Center(place.boxLps))[2]);
  return Math.min(Math.max(k, 0), pixels.geometry.dims[2] - 1);
}

/** Whether the review screen lists a finding at a score threshold: decided ones always, pending ones by score. */
export function isShown(finding: Finding, threshold: number): boolean {
  return finding.decision.verdict !== 'pending' || finding.score === null || finding.score >= threshold;
}

/** The finding after (or before) the selected one, round the end; null where there is none. */
export function neighbour<F extends Finding>(
  list: readonly F[],
  selectedId: string | null,
  step: 1 | -1,
): F | null {
  if (list.length === 0) return null;
  const at = list.findIndex((finding) => finding.findingId === selectedId);
  if (at < 0) return list[step === 1 ? 0 : list.length - 1]!;
  return list[(at + step + list.length) % list.length]!;
}

/** The next pending finding after the selected one, round the end; null when all are decided. */
export function nextPending<F extends Finding>(list: readonly F[], selectedId: string | null): F | null {
  const at = list.findIndex((finding) => finding.findingId === selectedId);
  const order = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  return order.find((finding) => finding.decision.verdict === 'pending') ?? null;
}
