import type { Verdict } from '../../../src-main/contract/entities';

/** A sign of its own for each verdict beside its colour, in boxes, list and strip: for those who see no colours. */
export const verdictMarks: Readonly<Record<Verdict, string>> = {
  pending: '○',
  accepted: '✓',
  edited: '✎',
  added: '+',
  rejected: '✕',
  uncertain: '?',
};
