import type { Finding, SeriesSummary } from '../../../src-main/contract/entities';
import { lesionChange, type LesionChange, type NoChange } from '../../../src-main/core/review/lesion-change';
import { measuredLesion } from '../../../src-main/core/review/measured-lesion';
import type { Measurement } from '../../../src-main/core/study/entities';

/** A lesion on one of its dates, and what became of it since the date before. */
export interface ChangeRow {
  readonly studyDate: string;
  readonly measurement: Measurement | null;
  readonly change: LesionChange | NoChange | null;
  readonly current: boolean;
}

/** All linked dates, the oldest first; the finding under review is the last. */
export function changeRows(finding: Finding, series: SeriesSummary, studyDate: string): ChangeRow[] {
  const now = { studyDate, measurement: measuredLesion(finding, series) };
  const dates = [...(finding.link?.history ?? [])].reverse();
  const all = [...dates.map(({ studyDate: date, measurement }) => ({ studyDate: date, measurement })), now];
  return all.map((row, n) => ({
    ...row,
    change: n === 0 ? null : lesionChange(all[n - 1]!, row),
    current: n === all.length - 1,
  }));
}
