import { pointAt } from '../../../src-main/core/evaluation/operating-points';
import type { ResultSet, ThresholdPoint } from '../../../src-main/core/study/entities';
import { findings as words } from '../i18n/areas/review';
import { t } from '../i18n/i18n.svelte';

/**
 * The score threshold in words that a reader understands: how many false marks to expect, and what share of lesions was
 * found where it was measured.
 */

/** Where the threshold stands: at so many false marks, at the model's default, or at either end. */
export type ThresholdChoice = number | 'default' | 'everything' | 'decided';

export interface ThresholdStep {
  readonly choice: ThresholdChoice;
  readonly threshold: number;
  readonly label: string;
}

type Scored = Pick<ResultSet, 'threshold' | 'scoreFloor' | 'operatingPoints'>;

/** Lowest threshold first; null where the model says nothing of its thresholds. */
export function thresholdSteps(set: Scored): ThresholdStep[] | null {
  const points = set.operatingPoints;
  if (!points || points.length === 0) return null;
  // The lowest may be the floor itself: then it is the same step under two names.
  const above = points.filter((p) => p.threshold > set.scoreFloor);
  return [
    { choice: 'everything', threshold: set.scoreFloor, label: t(words.everything) },
    ...[...above]
      .sort((a, b) => a.threshold - b.threshold)
      .map((p) => ({ choice: p.falsePositives, threshold: p.threshold, label: pointText(p) })),
    { choice: 'decided', threshold: Infinity, label: t(words.onlyDecided) },
  ];
}

/** The threshold of a result set for a choice that may have been made on another one's steps. */
export function thresholdFor(set: Scored, choice: ThresholdChoice): number {
  if (choice === 'everything') return set.scoreFloor;
  if (choice === 'decided') return Infinity;
  if (choice === 'default') return set.threshold;
  return pointAt(set.operatingPoints ?? [], choice)?.threshold ?? set.threshold;
}

/** "About 1 false mark an image, finds 95 % (90 to 99 %)": what the report says of a point, in the reader's language. */
export function pointText({
  per,
  falsePositives: rate,
  measured,
  sensitivity,
  sensitivity95,
}: ThresholdPoint): string {
  const every = Math.round(1 / rate);
  const rare =
    per === 'image' ? t(words.oneInImages, { images: every }) : t(words.oneInScans, { scans: every });
  const cost = rate < 1 ? rare : t(per === 'image' ? words.perImage : words.perScan, { count: rate });
  if (!measured || sensitivity === null) return t(words.pointEstimated, { cost });
  const percent = Math.round(100 * sensitivity);
  if (!sensitivity95) return t(words.pointFinds, { cost, percent });
  const [low, high] = sensitivity95.map((share) => Math.round(100 * share));
  return t(words.pointFindsInterval, { cost, percent, low: low!, high: high! });
}
