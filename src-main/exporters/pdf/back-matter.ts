import { isOfOtherResult } from '../../core/reading/read-results';
import { thresholdText } from '../../core/report/operating-point-text';
import type { Report } from '../../core/report/report';
import { readingLines } from '../../core/report/reading-text';
import { addendumText, signatureLines } from '../../core/report/signing-text';
import { modelName, timeText } from '../../core/report/wording';
import { drawFacts, factsHeight, heading, type Fact } from './blocks';
import { styles, type Sheet } from './sheet';

/** Every run of a model: name, version and the whole hash, so that what made a mark can be found again. */
export function modelList(sheet: Sheet, report: Report): void {
  if (report.resultSets.length === 0) return;
  heading(sheet, 'Detection models', 60);
  for (const result of report.resultSets) {
    const series = report.series.find((s) => s.seriesId === result.seriesId);
    const facts: Fact[] = [
      {
        label: 'Model',
        value: `${modelName(report, result.modelId)} (${result.modelId})`,
        style: styles.strong,
      },
      { label: 'Version', value: result.modelVersion },
      { label: 'SHA-256', value: result.modelHash, style: styles.mono },
      {
        label: 'Read',
        value: [series?.description ?? '', timeText(result.createdAt)].filter(Boolean).join(', '),
      },
      { label: 'Operating point', value: thresholdText(result) },
      ...(isOfOtherResult(result, report.read)
        ? [{ label: 'Not read', value: 'Another result of the series is the one that was read.' }]
        : []),
    ];
    const height = factsHeight(sheet, facts, 84, sheet.width);
    sheet.ensure(height + 8);
    drawFacts(sheet, facts, sheet.left, sheet.y, 84, sheet.width);
    sheet.y += height + 8;
  }
}

export function notes(sheet: Sheet, report: Report): void {
  const volumes = report.series.some((series) => series.pixels.kind === 'volume');
  const images = report.series.some((series) => series.pixels.kind === 'image');
  const lines = [
    'Sizes are those of the box around a finding, not of an outline; the long axis is its longest edge.',
    ...(volumes
      ? [
          'Positions are the centre of the box in mm in DICOM patient coordinates (LPS: left, posterior, superior positive).',
        ]
      : []),
    ...(images
      ? ['Pixel positions are counted from the top left corner of the image, x to the right, y down.']
      : []),
    'The score is the network\u2019s objectness from 0 to 1. It is not a probability of disease.',
    ...(sheet.missingGlyphs
      ? [
          '\u25a1 stands for a character that this report cannot print; the JSON and DICOM SR exports hold the exact text.',
        ]
      : []),
  ];
  const width = sheet.width;
  const height = lines.reduce((sum, line) => sum + sheet.height(line, styles.small, width), 0);
  heading(sheet, 'How to read this report', height);
  for (const line of lines) sheet.flow(line, styles.small, sheet.left, width);
}

/** Who answers for the report, and what was said after it was signed. An unsigned one is nobody's. */
export function signOff(sheet: Sheet, report: Report): void {
  heading(sheet, 'Reading and signature', 30);
  for (const line of [...readingLines(report), ...signatureLines(report)])
    sheet.flow(line, styles.body, sheet.left, sheet.width);
  if (report.addenda.length === 0) return;
  heading(sheet, report.addenda.length === 1 ? 'Addendum' : 'Addenda', 30);
  for (const addendum of report.addenda) {
    sheet.flow(addendumText(addendum), styles.body, sheet.left, sheet.width);
    sheet.y += 4;
  }
}
