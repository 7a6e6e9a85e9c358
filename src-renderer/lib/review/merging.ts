import { gapBetween } from '../../../src-main/core/review/merge-boxes';
import type { Finding } from '../../../src-main/contract/entities';

/** Findings that a finding may be merged with, the most overlapping first, then the nearest; of its series and frame. */
export function mergeable(finding: Finding, all: readonly Finding[]): Finding[] {
  return all
    .filter((other) => other.findingId !== finding.findingId && other.seriesId === finding.seriesId)
    .map((other) => ({ other, gap: gapBetween(finding.place, other.place) }))
    .filter(({ gap }) => gap < Infinity)
    .sort((a, b) => a.gap - b.gap || a.other.number - b.other.number)
    .map(({ other }) => other);
}
