import type { StudySummary } from '../../../src-main/contract/entities';

/**
 * The list with what was asked about as it is now. What no answer names is gone; what the list does not hold yet is new,
 * and comes with the list itself, in its place.
 */
export function withFresh(
  studies: readonly StudySummary[],
  askedIds: readonly string[],
  fresh: readonly StudySummary[],
): StudySummary[] {
  const asked = new Set(askedIds);
  const known = new Map(fresh.map((study) => [study.studyId, study]));
  return studies.flatMap((study) => {
    if (!asked.has(study.studyId)) return [study];
    const now = known.get(study.studyId);
    return now ? [now] : [];
  });
}

/** What the list says of each study, with what others make worth saying of it. */
export const withIdentity = (
  studies: readonly StudySummary[],
  notices: Readonly<Record<string, StudySummary['identity']>>,
): StudySummary[] =>
  studies.map((study) => {
    const identity = notices[study.studyId];
    return identity ? { ...study, identity } : study;
  });

/** The same list, with the very objects that are known of what has not changed: a line that shows one is not made anew. */
export function withKnown(studies: readonly StudySummary[], known: readonly StudySummary[]): StudySummary[] {
  const byId = new Map(known.map((study) => [study.studyId, study]));
  return studies.map((study) => {
    const before = byId.get(study.studyId);
    return before && JSON.stringify(before) === JSON.stringify(study) ? before : study;
  });
}
