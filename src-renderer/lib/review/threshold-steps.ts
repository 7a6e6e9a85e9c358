import { pointAt } from '../../../src-main/core/evaluation/operating-points';
import { pointText } from '../../../src-main/core/report/operating-point-text';
import type { ResultSet } from '../../../src-main/core/study/entities';

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
