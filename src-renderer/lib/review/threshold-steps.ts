import { pointAt } from '../../../src-main/core/evaluation/operating-points';
import type { ResultSet, ThresholdPoint } from '../../../src-main/core/study/entities';

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
    { choice: 'everything', threshold: set.scoreFloor, label: 'Everything the model kept' },
    ...[...above]
      .sort((a, b) => a.threshold - b.threshold)
      .map((p) => ({ choice: p.falsePositives, threshold: p.threshold, label: pointText(p) })),
    { choice: 'decided', threshold: Infinity, label: 'Only what is decided already' },
  ];
}

/** The threshold of a result set for a choice that may have been made on another one's steps. */
export function thresholdFor(set: Scored, choice: ThresholdChoice): number {
  if (choice === 'everything') return set.scoreFloor;
  if (choice === 'decided') return Infinity;
  if (choice === 'default') return set.threshold;
  return pointAt(set.operatingPoints ?? [], choice)?.threshold ?? set.threshold;
}

/** "About 1 false mark an image, finds 95 % (90 to 99 %)" */
export function pointText({
  per,
  falsePositives,
  measured,
  sensitivity,
  sensitivity95,
}: ThresholdPoint): string {
  const cost = `About ${falseMarksText(falsePositives, per)}`;
  if (!measured || sensitivity === null) return `${cost} (estimated; not known what it finds)`;
  const interval = sensitivity95 ? ` (${sensitivity95.map((v) => Math.round(100 * v)).join(' to ')} %)` : '';
  return `${cost}, finds ${Math.round(100 * sensitivity)} %${interval}`;
}

function falseMarksText(rate: number, per: 'image' | 'scan'): string {
  if (rate < 1) return `1 false mark in ${Math.round(1 / rate)} ${per}s`;
  return `${rate} false mark${rate === 1 ? '' : 's'} ${per === 'image' ? 'an image' : 'a scan'}`;
}
