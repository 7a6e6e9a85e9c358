import { lpsToIjk } from '../../../src-main/core/geometry/affine';
import { box3Center, box3Size } from '../../../src-main/core/geometry/box';
import type { Finding, FindingPlace, PixelLayout } from '../../../src-main/core/study/entities';

/** Longest in-plane size of a finding with its unit: mm where calibrated, else px (RELIABILITY G5). */
export function sizeText(place: FindingPlace, pixels: PixelLayout): string {
  if (place.space === 'lps') return `${Math.max(...box3Size(place.boxLps)).toFixed(1)} mm`;
  const [, , width, height] = place.boxPx;
  const spacing = pixels.kind === 'image' ? pixels.pixelSpacing : null;
  if (!spacing) return `${Math.round(width)} × ${Math.round(height)} px`;
  return `${Math.max(width * spacing[0], height * spacing[1]).toFixed(1)} mm`;
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
