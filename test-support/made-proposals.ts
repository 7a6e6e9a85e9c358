import type { ProposedFinding } from '../src-main/core/review/review';

/** What a network found, number `n` of a made study: a cube of n mm at the origin, so that no two are alike. */
export const madeProposal = (n: number, score = 0.9): ProposedFinding => ({
  findingId: `f${n}`,
  studyId: 's',
  seriesId: 'e',
  resultSetId: 'r',
  number: n,
  label: 'tumour',
  score,
  provenance: 'network',
  place: { space: 'lps', boxLps: [0, 0, 0, n, n, n] },
});
