import type { RejectReason } from '../../../src-main/contract/entities';

/** Reasons for rejecting, in the order of their number keys. */
export const reasons: readonly { value: RejectReason; words: string }[] = [
  { value: 'normal-anatomy', words: 'Normal anatomy' },
  { value: 'artefact', words: 'Artefact' },
  { value: 'benign', words: 'Benign' },
  { value: 'duplicate', words: 'Duplicate of another finding' },
  { value: 'outside-organ', words: 'Outside the organ' },
  { value: 'post-operative', words: 'Post-operative change' },
  { value: 'other', words: 'Other' },
];
