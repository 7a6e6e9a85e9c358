import { decisionText } from '../../core/report/double-text';
import { categoryTexts, contextText, locationText, looksText } from '../../core/report/description-text';
import { historyLines, lesionHistory, outlineOf, outlineText } from '../../core/report/lesion-measures';
import {
  directionText,
  longAxisText,
  measureFinding,
  positionText,
  seriesOf,
  sizeText,
} from '../../core/report/measure';
import { isOfOtherResult } from '../../core/reading/read-results';
import type { Report } from '../../core/report/report';
import { otherResultWords, phaseWords } from '../../core/report/reading-text';
import { reportSections } from '../../core/report/sections';
import {
  labelWord,
  modelName,
  provenanceWords,
  rejectReasonWords,
  scoreText,
  verdictWords,
} from '../../core/report/wording';
import type { Finding, Verdict } from '../../core/study/entities';
import { badge, drawFacts, factsHeight, heading, type Fact } from './blocks';
import { pngOf } from './crop-png';
import { colors, styles, type Sheet } from './sheet';

const picture = 118;
const labelWidth = 62;
const verdictColors: Readonly<Record<Verdict, string>> = {
  accepted: colors.good,
  edited: colors.good,
  added: colors.good,
  uncertain: colors.warning,
  pending: colors.warning,
  rejected: colors.muted,
};

/** Reviewed findings, then what is no finding of the reader: uncertain, pending and rejected marks. */
export function findingSections(sheet: Sheet, report: Report): void {
  const { reviewed, uncertain, pending, rejected } = reportSections(report);
  section(sheet, report, 'Reviewed findings', reviewed);
  section(sheet, report, 'Uncertain', uncertain);
  section(sheet, report, 'Not reviewed yet: proposals of the model, not findings', pending);
  section(sheet, report, 'Rejected: proposals that the reader found to be no lesion', rejected);
}

function section(sheet: Sheet, report: Report, title: string, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  heading(sheet, `${title} (${findings.length})`, picture + 24);
  findings.forEach((finding, i) => card(sheet, report, finding, i === findings.length - 1));
}

/** One finding: its picture on the left, its facts on the right, the comment below over the full width. */
function card(sheet: Sheet, report: Report, finding: Finding, last: boolean): void {
  const x = sheet.left + picture + 14;
  const width = sheet.right - x;
  const facts = factsOf(report, finding);
  const title = `Finding ${finding.number}: ${labelWord(finding.label)}`;
  const titleStyle = { ...styles.strong, size: 10 };
  const verdict = verdictWords[finding.decision.verdict];
  const badgeWidth = sheet.textWidth(verdict, { font: 'bold', size: 7.5, color: '' }) + 12;
  const titleWidth = width - badgeWidth - 10;
  const titleHeight = Math.max(sheet.height(title, titleStyle, titleWidth), 14);
  const factsTop = titleHeight + 6;
  const height = Math.max(picture, factsTop + factsHeight(sheet, facts, labelWidth, width));
  sheet.ensure(height + 8);
  const top = sheet.y;
  crop(sheet, report, finding, top);
  sheet.put(title, titleStyle, x, top, titleWidth);
  badge(sheet, verdict, sheet.right - badgeWidth, top, verdictColors[finding.decision.verdict]);
  drawFacts(sheet, facts, x, top + factsTop, labelWidth, width);
  sheet.y = top + height + 6;
  if (finding.decision.comment.trim() !== '') {
    sheet.flow(`Comment: ${finding.decision.comment}`, styles.body, sheet.left, sheet.width);
    sheet.y += 5;
  }
  if (!last && sheet.y + 20 < sheet.bottom) {
    sheet.rule(sheet.y);
    sheet.y += 8;
  }
}

function crop(sheet: Sheet, report: Report, finding: Finding, top: number): void {
  sheet.doc.rect(sheet.left, top, picture, picture).fill('#0d1116');
  const image = report.crops.get(finding.findingId);
  if (image) {
    sheet.doc.image(Buffer.from(pngOf(image)), sheet.left, top, {
      fit: [picture, picture],
      align: 'center',
      valign: 'center',
    });
  } else {
    const style = { ...styles.small, color: '#9aa6b1' };
    sheet.put('No picture', style, sheet.left, top + picture / 2 - 5, picture, 'center');
  }
}

function factsOf(report: Report, finding: Finding): Fact[] {
  const series = seriesOf(report, finding);
  const measure = measureFinding(finding, series);
  const longAxis = longAxisText(measure);
  const { reason } = finding.decision;
  const result = report.resultSets.find((r) => r.resultSetId === finding.resultSetId);
  const source = result
    ? `${modelName(report, result.modelId)} ${result.modelVersion}`
    : provenanceWords[finding.provenance];
  const outline = outlineOf(finding);
  const history = lesionHistory(report, finding, series);
  const facts: Fact[] = [
    { label: 'Position', value: [positionText(measure), directionText(measure)].filter(Boolean).join('\n') },
    {
      label: 'Size',
      value: [sizeText(measure), longAxis && `long axis ${longAxis}`].filter(Boolean).join(', '),
    },
    { label: 'Outline', value: outline ? capital(outlineText(outline)) : '' },
    { label: 'Earlier', value: history ? historyLines(history).map(capital).join('\n') : '' },
    ...described(finding),
    { label: 'Score', value: finding.score === null ? 'None' : scoreText(finding.score) },
    { label: 'Found by', value: source },
    { label: 'Found', value: finding.phase ? phaseWords[finding.phase] : '' },
    { label: 'Result', value: isOfOtherResult(finding, report.read) ? otherResultWords : '' },
    { label: 'Series', value: series.description || 'Without description' },
    { label: 'Reason', value: reason === null ? '' : rejectReasonWords[reason] },
    { label: 'Decision', value: decisionText(report.double, finding.decision) },
  ];
  return facts.filter((fact) => fact.value !== '');
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function described({ description }: Finding): Fact[] {
  if (!description) return [];
  return [
    { label: 'Location', value: capital(locationText(description)) },
    { label: 'Appearance', value: capital(looksText(description)) },
    { label: 'Context', value: capital(contextText(description)) },
    { label: 'Confidence', value: capital(description.confidence ?? '') },
    { label: 'Category', value: categoryTexts(description).join('\n') },
  ];
}
