import type { Finding } from '../study/entities';
import { isDecided } from './review';

export type SeriesDetection =
  'none' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'no-model' | 'not-analysable';
export type StudyState =
  | 'new'
  | 'detecting'
  | 'failed'
  | 'to-review'
  | 'in-review'
  | 'reviewed'
  /** Two read it blind: neither is done, one is, or both are and differ. */
  | 'awaiting-readers'
  | 'awaiting-second-reader'
  | 'to-adjudicate'
  | 'signed'
  | 'no-model'
  | 'not-analysable';

/**
 * What the worklist says about a study. A failed series is never hidden by a finished one: "failed" must not read as
 * "no lesions".
 *
 * @param relevant findings the report would show ({@link isRelevant}).
 */
export function studyState(detections: readonly SeriesDetection[], relevant: readonly Finding[]): StudyState {
  if (detections.some((d) => d === 'queued' || d === 'running')) return 'detecting';
  if (detections.includes('failed')) return 'failed';
  const decided = relevant.filter(isDecided).length;
  if (decided > 0) return decided === relevant.length ? 'reviewed' : 'in-review';
  if (relevant.length > 0) return 'to-review';
  // Before "done": where another series was read and nothing found, this one must not pass for it.
  if (detections.includes('not-analysable')) return 'not-analysable';
  if (detections.includes('done')) return 'to-review';
  return detections.length > 0 && detections.every((d) => d === 'no-model') ? 'no-model' : 'new';
}

/** At or above the operating point of its result set, or decided on by a person. */
export function isRelevant(finding: Finding, thresholdOf: ReadonlyMap<string, number>): boolean {
  if (isDecided(finding) || finding.score === null) return true;
  const threshold = finding.resultSetId === null ? 0 : (thresholdOf.get(finding.resultSetId) ?? 0);
  return finding.score >= threshold;
}
