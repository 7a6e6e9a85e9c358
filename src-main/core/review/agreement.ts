import { cohenKappa, type CohenKappa } from '../evaluation/cohen-kappa';
import type { Finding } from '../study/entities';
import { matchPlaces } from './match-places';

/** What a reader makes of a place. `none`: they said nothing of it. */
export const opinions = ['lesion', 'uncertain', 'no-lesion', 'none'] as const;
export type Opinion = (typeof opinions)[number];

/** Findings of two readers that mean one place. */
export interface AgreementItem {
  /** The first reader's, else the second's. */
  readonly findingId: string;
  readonly first: Finding | null;
  readonly second: Finding | null;
  /** Somebody must say which of the two holds. */
  readonly disagreed: boolean;
}

export interface Agreement {
  readonly items: readonly AgreementItem[];
  /** Lesions that both readers report, and that one of them alone does. */
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /**
   * Of the network's candidates that both decided on, what each made of them: lesion, uncertain, no lesion. Lesions that
   * readers found themselves are not in it: nobody can count where both saw nothing.
   */
  readonly table: readonly (readonly number[])[];
  readonly candidates: CohenKappa | null;
}

const graded = opinions.slice(0, 3);

export const opinionOf = (finding: Finding | null | undefined): Opinion => {
  switch (finding?.decision.verdict) {
    case 'accepted':
    case 'edited':
    case 'added':
      return 'lesion';
    case 'uncertain':
      return 'uncertain';
    case 'rejected':
      return 'no-lesion';
    case 'pending':
    case undefined:
      return 'none';
  }
};

/**
 * Two readings of one study compared. Lesions are paired first: a candidate of the network that both report, at places
 * that still fit ({@link matchPlaces}), then whatever else fits by place. What is left is compared candidate by candidate.
 */
export function agreementOf(first: readonly Finding[], second: readonly Finding[]): Agreement {
  const bySecond = new Map(second.map((f) => [f.findingId, f]));
  const lesions = (list: readonly Finding[]): Finding[] => list.filter((f) => opinionOf(f) === 'lesion');
  const same = lesions(first).flatMap((a) => {
    const b = bySecond.get(a.findingId);
    return b && opinionOf(b) === 'lesion' && matchPlaces([a], [b]).pairs.length > 0 ? [{ a, b }] : [];
  });
  const paired = new Set(same.map(({ a }) => a.findingId));
  const rest = (list: readonly Finding[]): Finding[] => lesions(list).filter((f) => !paired.has(f.findingId));
  // Two candidates of the network are two: both readers had both before them.
  const others = matchPlaces(
    rest(first),
    rest(second),
    (a, b) => a.provenance === 'reader' || b.provenance === 'reader',
  );
  const pairs = [...same, ...others.pairs];
  const usedFirst = new Set(pairs.map(({ a }) => a.findingId));
  const usedSecond = new Set(pairs.map(({ b }) => b.findingId));

  const items: AgreementItem[] = pairs.map(({ a, b }) => ({
    findingId: a.findingId,
    first: a,
    second: b,
    disagreed: false,
  }));
  for (const a of first.filter((f) => !usedFirst.has(f.findingId))) {
    const b = bySecond.get(a.findingId);
    const partner = b && !usedSecond.has(b.findingId) ? b : null;
    if (partner) usedSecond.add(partner.findingId);
    items.push(unpaired(a, partner));
  }
  const known = new Set(items.map((item) => item.findingId));
  for (const b of second)
    // One whose place the first reader reports already, in another pair, has been dealt with there.
    if (!usedSecond.has(b.findingId) && !known.has(b.findingId)) items.push(unpaired(null, b));

  const reported = (side: 'first' | 'second'): number =>
    items.filter((item) => item.disagreed && opinionOf(item[side]) === 'lesion').length;
  const table = graded.map((row) =>
    graded.map(
      (column) =>
        first.filter((a) => {
          const b = bySecond.get(a.findingId);
          return a.provenance !== 'reader' && b && opinionOf(a) === row && opinionOf(b) === column;
        }).length,
    ),
  );
  return {
    items: items.filter(({ first: a, second: b }) => opinionOf(a) !== 'none' || opinionOf(b) !== 'none'),
    both: pairs.length,
    onlyFirst: reported('first'),
    onlySecond: reported('second'),
    table,
    candidates: cohenKappa(table),
  };
}

/** Saying nothing of a place and calling it no lesion come to the same report. */
function unpaired(first: Finding | null, second: Finding | null): AgreementItem {
  const [a, b] = [opinionOf(first), opinionOf(second)];
  const silent = (opinion: Opinion): boolean => opinion === 'none' || opinion === 'no-lesion';
  // Two lesions at places that do not fit: the box is what they disagree about.
  const disagreed = a === 'lesion' || b === 'lesion' || (a !== b && !(silent(a) && silent(b)));
  return { findingId: (first ?? second)!.findingId, first, second, disagreed };
}
