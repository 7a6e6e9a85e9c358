import type { Finding } from '../../../src-main/contract/entities';
import { double as words } from '../i18n/areas/double';
import { rejectReasons, verdicts } from '../i18n/areas/review';
import { t } from '../i18n/i18n.svelte';

/** What a reader said of a place: the verdict, with the reason of a rejection. */
export function opinionText(finding: Finding | null): string {
  if (!finding || finding.decision.verdict === 'pending') return t(words.nothingSaid);
  const { verdict, reason } = finding.decision;
  return reason === null ? t(verdicts[verdict]) : `${t(verdicts[verdict])} · ${t(rejectReasons[reason])}`;
}
