/**
 * What may be wrong with a series of slices, each with a name of its own (RELIABILITY G3).
 *
 * `note`: worth knowing, changes nothing. `warning`: shown wherever the series is, and in the report. `unsafe`: places or
 * sizes would be wrong, so nothing is measured or detected in the series.
 */
export const seriesIssueCodes = [
  'gap',
  'doubled-slices',
  'irregular-spacing',
  'off-grid',
  'gantry-tilt',
  'mixed-orientation',
  'mixed-size',
  'mixed-spacing',
  'mixed',
  'localiser',
  'localiser-inside',
  'several-acquisitions',
  'several-echoes',
  'several-time-points',
  'several-patients',
  'contrary-laterality',
  'no-position',
  'no-stack',
  'numbering-reversed',
  'numbering-disordered',
  'one-slice',
  'too-large',
] as const;
export type SeriesIssueCode = (typeof seriesIssueCodes)[number];

export const issueSeverities = ['note', 'warning', 'unsafe'] as const;

export interface SeriesIssue {
  code: SeriesIssueCode;
  severity: (typeof issueSeverities)[number];
  /** A sentence for people. */
  text: string;
}

export const note = (code: SeriesIssueCode, text: string): SeriesIssue => ({ code, severity: 'note', text });
export const warning = (code: SeriesIssueCode, text: string): SeriesIssue => ({
  code,
  severity: 'warning',
  text,
});
export const unsafe = (code: SeriesIssueCode, text: string): SeriesIssue => ({
  code,
  severity: 'unsafe',
  text,
});

export const isUnsafe = (issues: readonly SeriesIssue[]): boolean =>
  issues.some((i) => i.severity === 'unsafe');

/** Sentences that every reader of the series must see; notes are for who asks. */
export const shownTexts = (issues: readonly SeriesIssue[]): string[] =>
  issues.filter((i) => i.severity !== 'note').map((i) => i.text);

/** What a series' warnings say beside its issues: a sentence that is an issue's is shown with its severity, once. */
export const otherWarnings = (warnings: readonly string[], issues: readonly SeriesIssue[] = []): string[] =>
  warnings.filter((sentence) => !issues.some((i) => i.text === sentence));

/** `unsafe` before `warning` before `note`; in the order in which they were found among their like. */
export const bySeverity = (issues: readonly SeriesIssue[]): SeriesIssue[] =>
  [...issues].sort((a, b) => issueSeverities.indexOf(b.severity) - issueSeverities.indexOf(a.severity));

/**
 * Why no model may read a series; null where one may. What was imported before there were issues has its reasons among
 * its warnings.
 */
export function whyRefused(series: {
  readonly analysable: boolean;
  readonly warnings: readonly string[];
  readonly issues?: readonly SeriesIssue[] | undefined;
}): string | null {
  if (series.analysable) return null;
  const reasons = (series.issues ?? []).filter((i) => i.severity === 'unsafe').map((i) => i.text);
  return (reasons.length > 0 ? reasons : series.warnings).join(' ') || 'Its geometry cannot be trusted.';
}

export const severityWords: Readonly<Record<SeriesIssue['severity'], string>> = {
  note: 'Note',
  warning: 'Warning',
  unsafe: 'Unsafe',
};

export const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
