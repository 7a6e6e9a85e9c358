import type { Finding } from '../../../src-main/contract/entities';
import { double as words } from '../i18n/areas/double';
import { rejectReasons, verdicts } from '../i18n/areas/review';
import { calendarDay, t } from '../i18n/i18n.svelte';
import { measuredText } from '../review/measured-text';

/** What a reader said of a place: the verdict, with the reason of a rejection. */
export function opinionText(finding: Finding | null): string {
  if (!finding || finding.decision.verdict === 'pending') return t(words.nothingSaid);
  const { verdict, reason } = finding.decision;
  return reason === null ? t(verdicts[verdict]) : `${t(verdicts[verdict])} · ${t(rejectReasons[reason])}`;
}

/** What else comes with an opinion that is taken over: what its outline measures, the earlier lesion that it is linked to. */
export function withOpinion(finding: Finding | null): string[] {
  if (!finding || finding.decision.verdict === 'pending') return [];
  const [prior] = finding.link?.history ?? [];
  const linked = prior && t(words.linked, { date: calendarDay(prior.studyDate) ?? prior.studyDate });
  return [measuredText(finding), linked ?? ''].filter(Boolean);
}
