import type { Decision, Finding } from '../study/entities';
import { opinionOf, type Agreement, type AgreementItem } from './agreement';
import type { ResolvedAs } from './events';
import { undecided, type ProposedFinding } from './review';

/**
 * What a study's adjudication begins with: decided where both readers agree, undecided where they do not, and the rest of
 * the network's candidates as they are. Agreed lesions have the first reader's box, and the
 * link of whoever linked them to an earlier lesion, the first reader's where both did; comments of both are kept.
 *
 * @param names of the two readers
 */
export function agreedFindings(
  { items }: Agreement,
  proposed: readonly ProposedFinding[],
  names: readonly [string, string],
): Finding[] {
  const network = new Map(proposed.map((p) => [p.findingId, p]));
  const known = new Set(items.map((item) => item.findingId));
  const agreed = items.map((item) =>
    item.disagreed ? openFinding(item, network.get(item.findingId)) : agreedFinding(item, names),
  );
  const others = proposed.filter((p) => !known.has(p.findingId)).map((p) => ({ ...p, decision: undecided }));
  return renumbered([...others, ...agreed]);
}

function openFinding({ first, second }: AgreementItem, bare: ProposedFinding | undefined): Finding {
  const { decision: _decision, outline: _o, measurement: _m, description: _d, ...said } = (first ?? second)!;
  // Nor is it linked yet: that is part of the opinion that is taken over.
  const { link: _link, refusedLinks: _refused, ...own } = said;
  return { ...own, ...bare, decision: undecided };
}

function agreedFinding({ first, second }: AgreementItem, names: readonly [string, string]): Finding {
  if (opinionOf(first) === 'none') return second!;
  if (!first || !second || opinionOf(second) === 'none') return (first ?? second)!;
  const description = first.description ?? second.description;
  const link = first.link ?? second.link;
  const refused = new Set([...(first.refusedLinks ?? []), ...(second.refusedLinks ?? [])]);
  // What the first of them linked it to, the other may have refused.
  refused.delete(link?.history[0]?.findingId ?? '');
  const [a, b] = [first.decision, second.decision];
  const decision: Decision = {
    ...a,
    comment:
      a.comment === '' || b.comment === a.comment ? b.comment || a.comment : both(a.comment, b.comment),
    reviewer: jointName(names),
    decidedAt: (a.decidedAt ?? '') > (b.decidedAt ?? '') ? a.decidedAt : b.decidedAt,
  };
  return {
    ...first,
    decision,
    ...(description && { description }),
    ...(link && { link }),
    ...(refused.size > 0 && { refusedLinks: [...refused] }),
  };
}

/** Whose decision it is where two readers agree. */
export const jointName = ([first, second]: readonly [string, string]): string => `${first} and ${second}`;

/** Within what a comment may hold. */
const both = (a: string, b: string): string => (b === '' ? a : `${a} / ${b}`.slice(0, 4000));

/** Both readers counted their own findings on from the network's, neither knowing of the other's. */
function renumbered(findings: readonly Finding[]): Finding[] {
  let last = Math.max(0, ...findings.map((f) => f.number));
  const used = new Set<number>();
  return [...findings]
    .sort((a, b) => Number(a.provenance === 'reader') - Number(b.provenance === 'reader'))
    .map((finding) => {
      const number = used.has(finding.number) ? ++last : finding.number;
      used.add(number);
      return { ...finding, number };
    });
}

/** What it means to let one side of a disagreement hold. */
export function resolvedAs(item: AgreementItem, take: 'first' | 'second', now: Finding): ResolvedAs {
  const said = item[take];
  const verdict = said?.decision.verdict ?? 'pending';
  if (!said || verdict === 'pending')
    return { verdict: 'rejected', reason: null, comment: '', place: now.place, link: null };
  const { place, outline, measurement, description, link, refusedLinks, decision } = said;
  return {
    verdict,
    reason: decision.reason,
    comment: decision.comment,
    place,
    ...(outline && { outline }),
    ...(measurement && { measurement }),
    ...(description && { description }),
    link: link ?? null,
    ...(refusedLinks && { refusedLinks }),
  };
}
