import type { RejectReason } from '../../../src-main/contract/entities';

/** Reasons for rejecting, in the order of their number keys. */
export const reasons: readonly RejectReason[] = [
  'normal-anatomy',
  'artefact',
  'benign',
  'duplicate',
  'outside-organ',
  'post-operative',
  'other',
];
