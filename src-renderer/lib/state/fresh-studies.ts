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
