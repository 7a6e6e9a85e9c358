import { stringify } from 'csv-stringify/sync';
import { reportFileStem } from '../../core/report/file-names';
import { categoryTexts, contextText, locationText, looksText } from '../../core/report/description-text';
import { changeText, outlineOf } from '../../core/report/lesion-measures';
import type { LesionChange } from '../../core/review/lesion-change';
import { researchUseLine, type Report, type ReportSeries } from '../../core/report/report';
import { decidedBy } from '../../core/report/report-double';
import { isPreliminary, isReviewed } from '../../core/report/sections';
import { readingLines } from '../../core/report/reading-text';
import { addendumText } from '../../core/report/signing-text';
import { bySeverity } from '../../core/volume/series-issues';
import type { ExportedFile } from '../exported-file';
import { cell, csvOptions, type Cell } from './cell';
import { findingRows, type FindingRow } from '../findings-rows';

type Column = readonly [name: string, value: (row: FindingRow, report: Report) => Cell];
/** Columns that a series without a finding fills, too. */
type SeriesColumn = readonly [name: string, value: (series: ReportSeries, report: Report) => Cell];

const lps = (row: FindingRow) => (row.measure.space === 'lps' ? row.measure : null);
const px = (row: FindingRow) => (row.measure.space === 'px' ? row.measure : null);
const box = (row: FindingRow, space: 'lps' | 'px', index: number): number | null => {
  const { place } = row.finding;
  if (place.space === 'lps' && space === 'lps') return place.boxLps[index]!;
  return place.space === 'px' && space === 'px' ? place.boxPx[index]! : null;
};

/** One column each; names are stable: new columns go to the end. */
const ofSeries: readonly SeriesColumn[] = [
  ['report_id', (_, r) => r.reportId],
  ['report_created_at', (_, r) => r.createdAt],
  ['report_status', (_, r) => (isPreliminary(r) ? 'preliminary' : 'final')],
  ['patient_id', (_, r) => r.patient.id],
  ['patient_name', (_, r) => r.patient.name],
  ['patient_birth_date', (_, r) => r.patient.birthDate],
  ['patient_sex', (_, r) => r.patient.sex],
  ['study_instance_uid', (_, r) => r.studyInstanceUid],
  ['study_date', (_, r) => r.studyDate],
  ['study_description', (_, r) => r.studyDescription],
  ['series_instance_uid', (series) => series.seriesInstanceUid],
  ['series_description', (series) => series.description],
  ['modality', (series) => series.modality],
  ['body_part', (series) => series.bodyPart],
];
const ofFinding: readonly Column[] = [
  ['finding_number', ({ finding }) => finding.number],
  ['finding_id', ({ finding }) => finding.findingId],
  ['label', ({ finding }) => finding.label],
  ['score', ({ finding }) => finding.score],
  ['provenance', ({ finding }) => finding.provenance],
  ['decision', ({ finding }) => finding.decision.verdict],
  ['reviewed_finding', ({ finding }) => isReviewed(finding)],
  ['rejection_reason', ({ finding }) => finding.decision.reason],
  ['comment', ({ finding }) => finding.decision.comment],
  ['decided_by', ({ finding }, { double }) => decidedBy(double, finding.decision).join(' and ')],
  ['decided_at', ({ finding }) => finding.decision.decidedAt],
  ['center_left_mm', (row) => lps(row)?.centerLps[0] ?? null],
  ['center_posterior_mm', (row) => lps(row)?.centerLps[1] ?? null],
  ['center_superior_mm', (row) => lps(row)?.centerLps[2] ?? null],
  ['slice', (row) => lps(row)?.slice ?? null],
  ...(['x0', 'y0', 'z0', 'x1', 'y1', 'z1'].map((edge, i) => [
    `box_lps_${edge}_mm`,
    (row: FindingRow) => box(row, 'lps', i),
  ]) as Column[]),
  ['frame', (row) => px(row)?.frame ?? null],
  ...(['x', 'y', 'width', 'height'].map((edge, i) => [
    `box_px_${edge}`,
    (row: FindingRow) => box(row, 'px', i),
  ]) as Column[]),
  ['calibrated', ({ measure }) => measure.sizeMm !== null],
  ['size_x_mm', ({ measure }) => measure.sizeMm?.[0] ?? null],
  ['size_y_mm', ({ measure }) => measure.sizeMm?.[1] ?? null],
  ['size_z_mm', (row) => lps(row)?.sizeMm?.[2] ?? null],
  ['long_axis_mm', ({ measure }) => measure.longAxisMm],
  ['long_axis_px', (row) => px(row)?.longAxisPx ?? null],
  ['model_id', ({ resultSet }) => resultSet?.modelId ?? null],
  ['model_version', ({ resultSet }) => resultSet?.modelVersion ?? null],
  ['model_hash', ({ resultSet }) => resultSet?.modelHash ?? null],
  ['model_threshold', ({ resultSet }) => resultSet?.threshold ?? null],
];
const last: readonly SeriesColumn[] = [
  ['software_version', (_, r) => r.softwareVersion],
  ['use', () => researchUseLine],
  ['not_analysed', (series) => series.notAnalysed ?? null],
  [
    'series_issues',
    ({ issues = [] }) =>
      bySeverity(issues)
        .map(({ severity, code, text }) => `${severity} ${code}: ${text}`)
        .join(' | ') || null,
  ],
  ['laterality', ({ dicom }) => dicom?.laterality ?? null],
  ['view', ({ dicom }) => dicom?.view ?? null],
  ['patient_orientation', ({ dicom }) => dicom?.patientOrientation?.join('\\') ?? null],
  ['signed_by', (_, r) => r.signature?.name ?? null],
  ['signed_at', (_, r) => r.signature?.at ?? null],
  ['signed_sha256', (_, r) => r.signature?.sha256 ?? null],
  ['reading_mode', (_, r) => r.reading.mode],
  ['reading', (_, r) => readingLines(r).join(' ') || null],
  ['addenda', (_, r) => r.addenda.map(addendumText).join(' | ') || null],
];

const said = ({ finding }: FindingRow) => finding.description;
const describe = (row: FindingRow, text: (of: NonNullable<ReturnType<typeof said>>) => string): Cell => {
  const description = said(row);
  return (description && text(description)) || null;
};
const ofDescription: readonly Column[] = [
  ['location', (row) => describe(row, locationText)],
  ['appearance', (row) => describe(row, looksText)],
  ['context', (row) => describe(row, contextText)],
  ['confidence', (row) => said(row)?.confidence ?? null],
  ['category', (row) => describe(row, (of) => categoryTexts(of).join(' | '))],
  ['described_by', (row) => said(row)?.describedBy ?? null],
  ['described_at', (row) => said(row)?.describedAt ?? null],
];
/** Columns that came later. */
const ofDouble: readonly SeriesColumn[] = [
  ['readers', (_, { double }) => double?.readers.join(' | ') ?? null],
  ['readers_kappa', (_, { double }) => double?.candidates?.kappa ?? null],
  ['readers_kappa_low', (_, { double }) => double?.candidates?.interval95?.[0] ?? null],
  ['readers_kappa_high', (_, { double }) => double?.candidates?.interval95?.[1] ?? null],
  ['adjudicated_by', (_, { double }) => double?.adjudication?.by.join(' | ') ?? null],
];
const outline = ({ finding }: FindingRow) => outlineOf(finding);
/** One of the numbers of what became of a lesion; null where nothing was linked or compared. */
const changed = ({ history }: FindingRow, value: (change: LesionChange) => Cell): Cell =>
  history && typeof history.change !== 'string' ? value(history.change) : null;
const before = (row: FindingRow) => row.history?.prior.measurement ?? null;

const ofLesion: readonly Column[] = [
  ['outline_unit', (row) => outline(row)?.unit ?? null],
  ['outline_long_axis', (row) => outline(row)?.longAxis ?? null],
  ['outline_short_axis', (row) => outline(row)?.shortAxis ?? null],
  ['outline_longest_3d_mm', (row) => outline(row)?.longest3d ?? null],
  ['outline_volume_mm3', (row) => outline(row)?.volume ?? null],
  ['outline_area', (row) => outline(row)?.area ?? null],
  [
    'outline_area_unit',
    (row) => {
      const m = outline(row);
      return m && m.area !== null ? (m.unit === 'mm' ? 'mm2' : 'px') : null;
    },
  ],
  ['outline_mean', (row) => outline(row)?.meanValue ?? null],
  ['outline_sd', (row) => outline(row)?.sdValue ?? null],
  ['outline_value_unit', (row) => outline(row)?.valueUnit ?? null],
  ['prior_study_date', ({ history }) => history?.prior.studyDate ?? null],
  ['prior_study_instance_uid', ({ history }) => history?.prior.studyInstanceUid ?? null],
  ['prior_finding_number', ({ history }) => history?.prior.number ?? null],
  ['prior_distance_mm', ({ history }) => history?.distanceMm ?? null],
  ['prior_measured_by', (row) => before(row)?.of ?? null],
  ['prior_unit', (row) => before(row)?.unit ?? null],
  ['prior_long_axis', (row) => before(row)?.longAxis ?? null],
  ['prior_short_axis', (row) => before(row)?.shortAxis ?? null],
  ['prior_volume_mm3', (row) => before(row)?.volume ?? null],
  ['days_since_prior', (row) => changed(row, (c) => c.days)],
  ['long_axis_change_mm', (row) => changed(row, (c) => c.longAxis.by)],
  ['long_axis_change_percent', (row) => changed(row, (c) => c.longAxis.percent)],
  ['short_axis_change_mm', (row) => changed(row, (c) => c.shortAxis.by)],
  ['mean_diameter_change_mm', (row) => changed(row, (c) => c.meanDiameter.by)],
  ['volume_change_percent', (row) => changed(row, (c) => c.volume?.percent ?? null)],
  ['volume_doubling_time_days', (row) => changed(row, (c) => c.volume?.doublingTimeDays ?? null)],
  ['change', ({ history }) => history && changeText(history.change)],
  // False: of another result than the one that was read.
  ['of_result_read', ({ ofResultRead }) => ofResultRead],
];
/** Columns of findings that came after those of series. */
const lastOfFinding: readonly Column[] = [['finding_phase', ({ finding }) => finding.phase ?? null]];

/**
 * One line a finding in printing order (RFC 4180: CRLF, quoted where needed, UTF-8 without a byte-order mark), then one
 * without a finding for each series that the model could not score and that shows none: an empty list would read as "no
 * lesions". Text that a spreadsheet would run as a formula starts with an apostrophe; numbers are never touched.
 */
export async function renderCsv(report: Report): Promise<ExportedFile[]> {
  const rows = findingRows(report);
  const line = (series: ReportSeries, row: FindingRow | null): string[] => {
    const of = (columns: readonly Column[]): Cell[] =>
      columns.map(([, value]) => (row === null ? null : value(row, report)));
    return [
      ...ofSeries.map(([, value]) => value(series, report)),
      ...of(ofFinding),
      ...last.map(([, value]) => value(series, report)),
      ...of(ofDescription),
      ...of(lastOfFinding),
      ...ofDouble.map(([, value]) => value(series, report)),
      ...of(ofLesion),
    ].map(cell);
  };
  const shown = new Set(rows.map((row) => row.series.seriesId));
  const silent = report.series.filter((s) => s.notAnalysed !== undefined && !shown.has(s.seriesId));
  const records = [
    ...rows.map((row) => line(row.series, row)),
    ...silent.map((series) => line(series, null)),
  ];
  const names = [
    ...ofSeries,
    ...ofFinding,
    ...last,
    ...ofDescription,
    ...lastOfFinding,
    ...ofDouble,
    ...ofLesion,
  ].map(([name]) => name);
  const csv = stringify([names, ...records], csvOptions);
  return [{ name: `${reportFileStem(report)}.csv`, bytes: new TextEncoder().encode(csv) }];
}
