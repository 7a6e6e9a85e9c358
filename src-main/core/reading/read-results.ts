import type { ResultSet } from '../study/entities';

/** A reader said which result of a series is read. */
export interface ChosenResult {
  readonly seriesId: string;
  readonly resultSetId: string;
  /** The newest result of the series then: the choice was made against that one, and ends when a newer one comes. */
  readonly newest: string;
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Which result of a series is read; of the others only what a reader has said something of is shown. */
export interface ReadResult {
  readonly seriesId: string;
  readonly resultSetId: string;
  /** Null: it is the newest. */
  readonly chosen: { readonly name: string; readonly at: string } | null;
}

/**
 * Of each series with a result the newest, unless a reader has chosen another since that came.
 *
 * @param resultSets oldest first
 * @param choices oldest first
 */
export function readResults(
  resultSets: readonly Pick<ResultSet, 'seriesId' | 'resultSetId'>[],
  choices: readonly ChosenResult[],
): ReadResult[] {
  const newest = new Map(resultSets.map(({ seriesId, resultSetId }) => [seriesId, resultSetId]));
  const chosen = new Map(choices.map((choice) => [choice.seriesId, choice]));
  return [...newest].map(([seriesId, newestId]) => {
    const choice = chosen.get(seriesId);
    if (!choice || choice.newest !== newestId || choice.resultSetId === newestId)
      return { seriesId, resultSetId: newestId, chosen: null };
    return { seriesId, resultSetId: choice.resultSetId, chosen: { name: choice.name, at: choice.at } };
  });
}

/** Whether a finding is of another result than the one that is read: a reader's own is of none. */
export const isOfOtherResult = (
  { seriesId, resultSetId }: { readonly seriesId: string; readonly resultSetId: string | null },
  read: readonly ReadResult[],
): boolean =>
  resultSetId !== null &&
  read.some((result) => result.seriesId === seriesId && result.resultSetId !== resultSetId);
