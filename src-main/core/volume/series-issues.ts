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

export const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
