import type { Finding } from '../study/entities';
import { numbersGiven, type ReviewEvent } from './events';
import { isTouched } from './review';

/** Of a series, what a network found and nobody touched: another result may take its place. */
export const replaceable = (findings: readonly Finding[], seriesId: string): Finding[] =>
  findings.filter((f) => f.seriesId === seriesId && f.provenance !== 'reader' && !isTouched(f));

interface Numbered {
  readonly findingId: string;
  readonly number: number;
}

export interface ResultChange {
  /** Ids of what goes out of sight: of other results, and nobody said anything of it. */
  readonly leave: readonly string[];
  /** What comes (back), with the numbers that it has from now on. */
  readonly come: readonly Numbered[];
  /** Of those, which had another number before: what somebody has said something of in the meantime keeps its own. */
  readonly renumbered: readonly Numbered[];
  /** How many findings of other results stay, because a reader has said something of them. */
  readonly kept: number;
}

/**
 * What it means for a series that another of its results is read.
 *
 * @param present the study's findings with every decision folded in, whoever's
 * @param rows those of the network that may be shown, those with them that were merged or split and may come back by undo
 * @param chosen all that the result found
 * @param events the study's, whoever's
 */
export function resultChange(
  { seriesId, resultSetId }: { readonly seriesId: string; readonly resultSetId: string },
  present: readonly Finding[],
  rows: readonly Numbered[],
  chosen: readonly Numbered[],
  events: readonly ReviewEvent[],
): ResultChange {
  const leave = replaceable(present, seriesId)
    .filter((f) => f.resultSetId !== resultSetId)
    .map((f) => f.findingId);
  const left = new Set(leave);
  const stay = rows.filter((row) => !left.has(row.findingId));
  const there = new Set(stay.map((row) => row.findingId));
  const taken = new Set([
    ...stay.map((row) => row.number),
    ...events.flatMap(({ action }) => numbersGiven(action)),
  ]);
  let last = Math.max(0, ...taken, ...chosen.map((row) => row.number));
  const renumbered: Numbered[] = [];
  const come = chosen
    .filter((row) => !there.has(row.findingId))
    .map(({ findingId, number }) => {
      if (!taken.has(number)) return { findingId, number };
      const other = { findingId, number: ++last };
      renumbered.push(other);
      return other;
    });
  const kept = present.filter(
    (f) =>
      f.seriesId === seriesId &&
      f.resultSetId !== null &&
      f.resultSetId !== resultSetId &&
      !left.has(f.findingId),
  ).length;
  return { leave, come, renumbered, kept };
}
