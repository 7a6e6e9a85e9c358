import { calibrationNotes } from '../../core/report/measure';
import { researchUseLine, type Report, type ReportSeries } from '../../core/report/report';
import {
  isPreliminary,
  noFindingText,
  notAnalysedTexts,
  preliminaryText,
  reportSections,
} from '../../core/report/sections';
import { dateText, fixed, personNameText, sexText, sideText, timeText } from '../../core/report/wording';
import { guessWord, isGuess } from '../../core/study/guess-notes';
import { bySeverity, otherWarnings, severityWords } from '../../core/volume/series-issues';
import { badge, banner, drawFacts, factsHeight, heading, table, type Fact } from './blocks';
import { colors, styles, type Sheet } from './sheet';

const stated = (facts: readonly Fact[]): Fact[] => facts.filter((fact) => fact.value.trim() !== '');
const orNotStated = (value: string): string => (value.trim() === '' ? 'Not stated' : value);

/** Title, status, patient and study: the top of the first page. */
export function titleBlock(sheet: Sheet, report: Report): void {
  const status = isPreliminary(report) ? 'PRELIMINARY' : 'FINAL';
  sheet.y = 40;
  const half = sheet.width * 0.62;
  if (report.institution.trim() !== '') {
    sheet.y += sheet.put(report.institution, styles.strong, sheet.left, sheet.y, half) + 4;
  }
  const titleY = sheet.y;
  sheet.y += sheet.put('Lesion review report', styles.title, sheet.left, sheet.y, half);
  const factsX = sheet.left + half;
  const factsWidth = sheet.width - half;
  badge(sheet, status, factsX + 52, 41, isPreliminary(report) ? colors.warning : colors.good);
  const facts = [
    { label: 'Created', value: timeText(report.createdAt), style: styles.small },
    { label: 'Report ID', value: report.reportId, style: styles.small },
  ];
  drawFacts(sheet, facts, factsX, 58, 52, factsWidth);
  sheet.y = Math.max(sheet.y, titleY + 24, 58 + factsHeight(sheet, facts, 52, factsWidth)) + 6;
  sheet.rule(sheet.y, colors.accent);
  sheet.y += 10;
  if (isPreliminary(report)) {
    banner(
      sheet,
      `${preliminaryText(report)} Not for use as a final report.`,
      colors.warning,
      colors.warningPanel,
    );
  }
  for (const text of notAnalysedTexts(report))
    banner(sheet, `${text} The model says nothing of lesions here.`, colors.warning, colors.warningPanel);
  patientAndStudy(sheet, report);
}

function patientAndStudy(sheet: Sheet, report: Report): void {
  const source = report.series.find((series) => series.dicom !== null)?.dicom;
  const unique = (values: readonly string[]): string => [...new Set(values.filter(Boolean))].join(', ');
  const patient: Fact[] = [
    {
      label: 'Patient',
      value: orNotStated(personNameText(report.patient.name)),
      style: { ...styles.strong, size: 10.5 },
    },
    { label: 'Patient ID', value: orNotStated(report.patient.id) },
    { label: 'Date of birth', value: orNotStated(dateText(report.patient.birthDate)) },
    { label: 'Sex', value: orNotStated(sexText(report.patient.sex)) },
  ];
  const study = stated([
    { label: 'Study', value: orNotStated(report.studyDescription), style: { ...styles.strong, size: 10.5 } },
    { label: 'Study date', value: orNotStated(dateText(report.studyDate)) },
    { label: 'Modality', value: unique(report.series.map((series) => series.modality)) },
    { label: 'Body part', value: unique(report.series.map((series) => series.bodyPart)) },
    { label: 'Accession', value: source?.accessionNumber ?? '' },
    { label: 'Referred by', value: personNameText(source?.referringPhysician ?? '') },
  ]);
  const uid = stated([{ label: 'Study UID', value: report.studyInstanceUid, style: styles.mono }]);
  const column = sheet.width / 2 - 14;
  const label = 66;
  const blockHeight = Math.max(
    factsHeight(sheet, patient, label, column),
    factsHeight(sheet, study, label, column),
  );
  const uidHeight = uid.length === 0 ? 0 : factsHeight(sheet, uid, label, sheet.width - 20) + 6;
  const height = blockHeight + uidHeight + 18;
  sheet.ensure(height);
  sheet.panel(sheet.left, sheet.y, sheet.width, height, colors.panel);
  drawFacts(sheet, patient, sheet.left + 10, sheet.y + 9, label, column);
  drawFacts(sheet, study, sheet.left + sheet.width / 2 + 4, sheet.y + 9, label, column);
  drawFacts(sheet, uid, sheet.left + 10, sheet.y + 9 + blockHeight + 6, label, sheet.width - 20);
  sheet.y += height + 8;
}

/** How many findings of which kind, and what a report without one may say. */
export function summary(sheet: Sheet, report: Report): void {
  const { reviewed, uncertain, pending, rejected } = reportSections(report);
  const tiles = [
    ['Reviewed findings', reviewed.length, colors.good],
    ['Uncertain', uncertain.length, colors.warning],
    ['Not reviewed', pending.length, colors.warning],
    ['Rejected', rejected.length, colors.muted],
  ] as const;
  const gap = 8;
  const width = (sheet.width - gap * (tiles.length - 1)) / tiles.length;
  sheet.ensure(50);
  tiles.forEach(([title, count, color], i) => {
    const x = sheet.left + i * (width + gap);
    sheet.doc.lineWidth(0.6).roundedRect(x, sheet.y, width, 38, 3).stroke(colors.rule);
    const shade = count === 0 ? colors.muted : color;
    sheet.putLine(String(count), { font: 'bold', size: 15, color: shade }, x + 9, sheet.y + 5, width - 18);
    sheet.putLine(title, styles.label, x + 9, sheet.y + 24, width - 18);
  });
  sheet.y += 46;
  if (reviewed.length === 0) {
    sheet.flow(noFindingText(report), styles.body, sheet.left, sheet.width);
    sheet.y += 4;
  }
}

export function seriesTable(sheet: Sheet, report: Report): void {
  if (report.series.length === 0) return;
  heading(sheet, 'Images read', 40);
  table(
    sheet,
    [
      { title: 'Series', width: 32 },
      { title: 'Modality', width: 32 },
      { title: 'Image matrix', width: 24 },
      { title: 'Spacing', width: 24 },
    ],
    report.series.map((series) => [
      { text: series.description || 'Without description' },
      { text: [series.modality, series.bodyPart, sideText(series.dicom ?? {})].filter(Boolean).join(', ') },
      ...matrixAndSpacing(series).map((text) => ({ text })),
    ]),
  );
  for (const { description, warnings, issues = [] } of report.series) {
    const name = description || 'Series';
    for (const { severity, text } of bySeverity(issues))
      bullet(sheet, `${severityWords[severity]}, ${name}: ${text}`, severityColors[severity]);
    for (const text of otherWarnings(warnings, issues))
      if (isGuess(text)) bullet(sheet, `${guessWord}, ${name}: ${text}`, colors.muted);
      else bullet(sheet, `${name}: ${text}`, colors.warning);
  }
  for (const text of calibrationNotes(report)) bullet(sheet, text, colors.warning);
}

const severityColors = { unsafe: colors.bad, warning: colors.warning, note: colors.muted } as const;

const bullet = (sheet: Sheet, text: string, color: string): void =>
  sheet.flow(`\u2022 ${text}`, { ...styles.small, color }, sheet.left, sheet.width);

function matrixAndSpacing({ pixels }: ReportSeries): [string, string] {
  const times = ' \u00d7 ';
  if (pixels.kind === 'volume') {
    const { dims, spacing } = pixels.geometry;
    return [dims.join(times), `${spacing.map((s) => fixed(s, 2)).join(times)} mm`];
  }
  const frames = pixels.frames > 1 ? `, ${pixels.frames} frames` : '';
  const spacing = pixels.pixelSpacing?.map((s) => fixed(s, 3)).join(times);
  const unscaled = pixels.regions?.length ? 'By region' : 'Uncalibrated';
  return [`${pixels.width}${times}${pixels.height}${frames}`, spacing ? `${spacing} mm` : unscaled];
}

/** Running head from page 2 on, and the foot of every page. */
export function headAndFoot(sheet: Sheet, report: Report): void {
  const preliminary = isPreliminary(report) ? 'PRELIMINARY' : '';
  const patient = [
    personNameText(report.patient.name),
    report.patient.id,
    dateText(report.patient.birthDate),
  ];
  sheet.onEveryPage((page, pages) => {
    if (page > 1) {
      sheet.putLine(
        patient.filter(Boolean).join('  \u00b7  '),
        styles.small,
        sheet.left,
        34,
        sheet.width * 0.7,
      );
      const style = { ...styles.small, font: 'bold' as const, color: colors.warning };
      sheet.putLine(preliminary, style, sheet.left + sheet.width * 0.7, 34, sheet.width * 0.3, 'right');
      sheet.rule(47);
    }
    const y = sheet.doc.page.height - 44;
    sheet.rule(y - 6);
    sheet.putLine(
      researchUseLine,
      { ...styles.small, font: 'bold', color: colors.bad },
      sheet.left,
      y,
      sheet.width * 0.75,
    );
    sheet.putLine(`Page ${page} of ${pages}`, styles.small, sheet.right - 100, y, 100, 'right');
    const software = `Regio ${report.softwareVersion}  \u00b7  report ${report.reportId}`;
    sheet.putLine(software, styles.small, sheet.left, y + 12, sheet.width);
  });
}
