/** Why an input is not scored. A network gives scores for anything; those of a cat or a black frame say nothing. */
export const notAnalysableReasons = [
  'too-small',
  'blank',
  'too-dark',
  'over-exposed',
  'one-sided',
  'blurred',
  'noisy',
  'no-colour',
  'in-colour',
  'colours',
  'unlike',
  'too-few-slices',
  'spacing',
  'values',
  'no-lung',
] as const;
export type NotAnalysableReason = (typeof notAnalysableReasons)[number];

/** What the gate says of an input that it does not let through. */
export interface NotAnalysable {
  readonly reason: NotAnalysableReason;
  /** A sentence for people; holds no patient data. */
  readonly message: string;
}

/** What the gate made of one series. Frames and slices count from 0. */
export interface QualityReport {
  /** Pictures, slices or volumes that were judged. */
  readonly checked: number;
  /** Those not analysed; `frame` is null where the series as a whole is meant. */
  readonly flagged: readonly (NotAnalysable & { readonly frame: number | null })[];
  /** False: nothing of the series was scored, or would have been but for `ignored`. */
  readonly analysable: boolean;
  /** Someone asked to look anyway: what was flagged was scored all the same. */
  readonly ignored: boolean;
  /** Who did. */
  readonly ignoredBy?: string | undefined;
}

/** The reason given most often, the first of them where there are ties; null where nothing was flagged. */
export function mainReason(report: Pick<QualityReport, 'flagged'>): NotAnalysable | null {
  const counts = new Map<NotAnalysableReason, number>();
  for (const { reason } of report.flagged) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const found = report.flagged.find((f) => counts.get(f.reason) === most);
  return found ? { reason: found.reason, message: found.message } : null;
}
