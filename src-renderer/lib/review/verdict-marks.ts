import type { Verdict } from '../../../src-main/contract/entities';

/** A sign for each verdict beside its colour, for those who see no colours. */
export const verdictMarks: Readonly<Record<Verdict, string>> = {
  pending: '',
  accepted: '✓',
  edited: '✓',
  added: '+',
  rejected: '✕',
  uncertain: '?',
};
