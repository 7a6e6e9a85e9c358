import { isOfOtherResult } from '../core/reading/read-results';
import { measureFinding, seriesOf, type FindingMeasure } from '../core/report/measure';
import { lesionHistory, type LesionHistory } from '../core/report/lesion-measures';
import type { Report, ReportSeries } from '../core/report/report';
import { orderedFindings } from '../core/report/sections';
import type { Finding, ResultSet } from '../core/study/entities';

/** A finding with all that belongs to it, as CSV and JSON list it. */
export interface FindingRow {
  readonly finding: Finding;
  readonly series: ReportSeries;
  readonly measure: FindingMeasure;
  readonly resultSet: ResultSet | null;
  /** False: the finding is of another result, and the reader said something of it. Null: it is the reader's own. */
  readonly ofResultRead: boolean | null;
  /** Null: it is linked to no earlier lesion. */
  readonly history: LesionHistory | null;
}

export const findingRows = (report: Report): FindingRow[] =>
  orderedFindings(report).map((finding) => {
    const series = seriesOf(report, finding);
    const resultSet = report.resultSets.find((r) => r.resultSetId === finding.resultSetId) ?? null;
    const history = lesionHistory(report, finding, series);
    const ofResultRead = finding.resultSetId === null ? null : !isOfOtherResult(finding, report.read);
    return { finding, series, measure: measureFinding(finding, series), resultSet, ofResultRead, history };
  });
