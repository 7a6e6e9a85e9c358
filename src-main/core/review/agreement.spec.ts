import { expect, it } from 'vitest';
import type { Box3 } from '../geometry/box';
import type { Finding, Verdict } from '../study/entities';
import { agreementOf } from './agreement';
import { agreedFindings, resolvedAs } from './final-findings';
import type { ProposedFinding } from './review';

const network = (n: number, x = 10 * n): ProposedFinding => ({
  findingId: `n${n}`,
  studyId: 'study',
  seriesId: 'series',
  resultSetId: 'set',
  number: n,
  label: 'tumour',
  score: 0.9,
  provenance: 'network',
  place: { space: 'lps', boxLps: [x, 0, 0, x + 4, 4, 4] },
});
const said = (of: ProposedFinding, verdict: Verdict, reviewer = 'A', x?: number): Finding => ({
  ...of,
  ...(x !== undefined && { place: { space: 'lps', boxLps: [x, 0, 0, x + 4, 4, 4] as Box3 } }),
  decision: {
    verdict,
    reason: verdict === 'rejected' ? 'artefact' : null,
    comment: '',
    reviewer,
    decidedAt: verdict === 'pending' ? null : '2026-01-01T00:00:00.000Z',
  },
});
const own = (id: string, number: number, x: number, reviewer = 'A'): Finding => ({
  ...said({ ...network(number, x), findingId: id, resultSetId: null, score: null }, 'added', reviewer),
  provenance: 'reader',
});
const [n1, n2, n3, n4] = [network(1), network(2), network(3), network(4)];

it('compares candidate by candidate, and lesions that readers found by their place', () => {
  const a = [
    said(n1, 'accepted'),
    said(n2, 'rejected'),
    said(n3, 'uncertain'),
    own('a4', 4, 100),
    own('a5', 5, 200),
  ];
  const b = [
    said(n1, 'accepted', 'B'),
    said(n2, 'accepted', 'B'),
    said(n3, 'uncertain', 'B'),
    own('b4', 4, 101, 'B'),
  ];
  const { items, both, onlyFirst, onlySecond, table, candidates } = agreementOf(a, b);
  expect(items.map((i) => [i.first?.findingId, i.second?.findingId, i.disagreed])).toEqual([
    ['n1', 'n1', false],
    ['a4', 'b4', false],
    ['n2', 'n2', true],
    ['n3', 'n3', false],
    ['a5', undefined, true],
  ]);
  expect([both, onlyFirst, onlySecond]).toEqual([2, 1, 1]);
  expect(table).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
  ]);
  expect(candidates).toMatchObject({ count: 3, agreed: 2 / 3 });
});

it('a candidate corrected to two places is no agreement, and one that is a lesion elsewhere is none twice', () => {
  const moved = agreementOf([said(n1, 'edited', 'A', 50)], [said(n1, 'accepted', 'B')]);
  expect(moved.items).toMatchObject([{ findingId: 'n1', disagreed: true }]);
  expect([moved.both, moved.onlyFirst, moved.onlySecond]).toEqual([0, 1, 1]);
  // Neighbours that overlap: the first takes one, the second the other.
  const near = network(2, 11);
  const either = agreementOf(
    [said(n1, 'accepted'), said(near, 'rejected')],
    [said(n1, 'rejected', 'B'), said(near, 'accepted', 'B')],
  );
  expect(either.items.map((i) => [i.findingId, i.disagreed])).toEqual([
    ['n1', true],
    ['n2', true],
  ]);
  // The first rejects the candidate and draws the lesion anew beside it; the second accepts the candidate.
  const anew = agreementOf([said(n1, 'rejected'), own('a2', 2, 11)], [said(n1, 'accepted', 'B')]);
  expect(anew.items.map((i) => [i.findingId, i.disagreed])).toEqual([
    ['a2', false],
    ['n1', false],
  ]);
  expect(anew.table[2]![0]).toBe(1);
});

it('saying nothing of a candidate and rejecting it come to the same report; being uncertain does not', () => {
  const { items, candidates } = agreementOf(
    [said(n1, 'pending'), said(n2, 'pending'), said(n3, 'pending'), said(n4, 'pending')],
    [
      said(n1, 'rejected', 'B'),
      said(n2, 'uncertain', 'B'),
      said(n3, 'accepted', 'B'),
      said(n4, 'pending', 'B'),
    ],
  );
  expect(items.map((i) => [i.findingId, i.disagreed])).toEqual([
    ['n1', false],
    ['n2', true],
    ['n3', true],
  ]);
  expect(candidates).toBeNull();
});

it('the adjudication begins with what both agree on, the rest undecided with the network’s box and numbers of its own', () => {
  const a = [said(n1, 'accepted'), said(n2, 'edited', 'A', 22), own('a4', 4, 100)];
  const b = [said(n1, 'accepted', 'B'), said(n2, 'rejected', 'B'), own('b4', 4, 300, 'B')];
  const agreement = agreementOf(a, b);
  const begun = agreedFindings(agreement, [n1, n2, n3], ['A', 'B']);
  const shown = begun
    .map((f) => [f.findingId, f.number, f.decision.verdict, f.decision.reviewer])
    .sort((p, q) => Number(p[1]) - Number(q[1]));
  expect(shown).toEqual([
    ['n1', 1, 'accepted', 'A and B'],
    ['n2', 2, 'pending', ''],
    ['n3', 3, 'pending', ''],
    ['a4', 4, 'pending', ''],
    ['b4', 5, 'pending', ''],
  ]);
  const of = (id: string) => begun.find((f) => f.findingId === id)!;
  expect(of('n2').place).toEqual(n2.place);
  const item = agreement.items.find((i) => i.findingId === 'n2')!;
  expect(resolvedAs(item, 'first', of('n2'))).toMatchObject({ verdict: 'edited', place: a[1]!.place });
  expect(resolvedAs(item, 'second', of('n2'))).toMatchObject({ verdict: 'rejected', reason: 'artefact' });
  const alone = agreement.items.find((i) => i.findingId === 'a4')!;
  expect(resolvedAs(alone, 'second', of('a4'))).toMatchObject({ verdict: 'rejected', reason: null });
});
