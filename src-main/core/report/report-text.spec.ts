import { describe, expect, it } from 'vitest';
import { reportFixture } from '../../../test-support/report-fixtures';
import { reportFileStem } from './file-names';
import { inertLine, inertText } from './inert-text';
import { directionText, longAxisText, measureFinding, positionText, seriesOf, sizeText } from './measure';
import {
  isPreliminary,
  noFindingText,
  notAnalysedTexts,
  orderedFindings,
  preliminaryText,
  reportSections,
} from './sections';
import { dateText, fixed, labelWord, modelsOf, personNameText, timeText } from './wording';

const measured = (source: 'ct' | 'mg' | 'us' | 'photo') => {
  const report = reportFixture({ source, findings: 3 });
  const finding = report.findings[1]!;
  return measureFinding(finding, seriesOf(report, finding));
};

describe('inert text', () => {
  it('marks what changes a reading without being seen', () => {
    expect(inertText('a\u202egnp.exe\u202c')).toBe('a⟨U+202E⟩gnp.exe⟨U+202C⟩');
    expect(inertText('x\u0000\u001by\u200bz\u2066\ufeff')).toBe(
      'x⟨U+0000⟩⟨U+001B⟩y⟨U+200B⟩z⟨U+2066⟩⟨U+FEFF⟩',
    );
    expect(inertText('\ud800 and \ud83d\ude00')).toBe('\ufffd and \ud83d\ude00');
  });
  it('keeps lines, joiners and every letter', () => {
    expect(inertText('a\r\nb\rc\u2028d')).toBe('a\nb\nc\nd');
    expect(inertText('می\u200cخواهم Größe Иванова')).toBe('می\u200cخواهم Größe Иванова');
    expect(inertLine(' a\n  b\t ')).toBe('a b');
  });
});

describe('words and numbers', () => {
  it('formats dates, times, names, labels and numbers once', () => {
    expect(dateText('19610415')).toBe('1961-04-15');
    expect(dateText('about 1961')).toBe('about 1961');
    expect(timeText('2026-11-24T15:36:20.123Z')).toBe('2026-11-24 15:36 UTC');
    expect([timeText(null), timeText('never')]).toEqual(['', '']);
    expect(personNameText('Doe^Jane^M^Dr^PhD')).toBe('Doe, Dr Jane M, PhD');
    expect(personNameText('Yamada^Tarou=山田^太郎=やまだ^たろう')).toBe('Yamada, Tarou (山田, 太郎)');
    expect(personNameText('Dr. Jane Doe')).toBe('Dr. Jane Doe');
    expect([labelWord('lung-nodule'), labelWord('  ')]).toEqual(['Lung nodule', 'Finding']);
    expect([fixed(-0.04, 1), fixed(-0.06, 1), fixed(NaN, 1)]).toEqual(['0.0', '-0.1', '-']);
  });
  it('lists a model once, however many series it read', () => {
    const report = reportFixture({ source: 'ct' });
    const twice = { ...report, resultSets: [...report.resultSets, ...report.resultSets] };
    expect(modelsOf(twice)).toHaveLength(1);
    const other = { ...report.resultSets[0]!, modelVersion: '1.3.0' };
    expect(modelsOf({ ...report, resultSets: [...report.resultSets, other] })).toHaveLength(2);
  });
});

describe('measures', () => {
  it('gives volumes mm in LPS and the slice', () => {
    const measure = measured('ct');
    expect(positionText(measure)).toBe('-16.9, -47.9, -38.0 mm (LPS), slice 11 of 40');
    expect(directionText(measure)).toBe('16.9 mm right, 47.9 mm anterior, 38.0 mm inferior');
    expect(sizeText(measure)).toBe('12.5 × 10.3 × 6.0 mm');
    expect(longAxisText(measure)).toBe('12.5 mm');
  });
  it('gives nothing in mm in a series that is unsafe to measure in', () => {
    for (const source of ['ct', 'mg'] as const) {
      const report = reportFixture({ source });
      const [series] = report.series;
      const broken = { ...series!, issues: [{ code: 'gap', severity: 'unsafe', text: '' } as const] };
      const measure = measureFinding(report.findings[0]!, broken);
      expect([measure.sizeMm, measure.longAxisMm]).toEqual([null, null]);
      expect(sizeText(measure)).toContain('series unsafe to measure in');
      expect(`${sizeText(measure)} ${longAxisText(measure)}`).not.toContain('mm');
    }
  });
  it('gives images px, and mm only where they are calibrated', () => {
    expect(sizeText(measured('mg'))).toBe('4.1 × 3.1 mm (41 × 31 px)');
    expect(longAxisText(measured('mg'))).toBe('4.1 mm');
    expect(positionText(measured('us'))).toBe('x 37.5, y 43.1 px, frame 2 of 6');
    for (const text of [sizeText, longAxisText, positionText].map((f) => f(measured('photo')))) {
      expect(text).not.toMatch(/mm/);
    }
  });
  it('refuses a finding of another series or space', () => {
    const report = reportFixture({ source: 'ct' });
    const finding = report.findings[0]!;
    expect(() => seriesOf(report, { ...finding, seriesId: 'other' })).toThrow(/does not belong/);
    const flat = { ...finding, place: { space: 'px', boxPx: [0, 0, 1, 1], frame: 0 } as const };
    expect(() => seriesOf(report, flat)).toThrow(/does not belong/);
  });
});

describe('sections', () => {
  const mixed = reportFixture({
    source: 'ct',
    findings: ['rejected', 'accepted', 'pending', 'uncertain', 'edited', 'added'],
  });
  it('counts only accepted, edited and added as reviewed', () => {
    const numbers = Object.fromEntries(
      Object.entries(reportSections(mixed)).map(([name, list]) => [
        name,
        list.map((f: { number: number }) => f.number),
      ]),
    );
    expect(numbers).toEqual({ reviewed: [2, 5, 6], uncertain: [4], pending: [3], rejected: [1] });
    expect(orderedFindings(mixed).map((f) => f.number)).toEqual([2, 5, 6, 4, 3, 1]);
  });
  it('is preliminary with a pending finding whatever the flag says', () => {
    expect(isPreliminary({ ...mixed, preliminary: false })).toBe(true);
    expect(preliminaryText(mixed)).toBe('PRELIMINARY: 1 of 6 findings are not reviewed yet.');
    expect(isPreliminary(reportFixture({ source: 'ct', findings: 2 }))).toBe(false);
  });
  it('never reads as "no lesion" where nothing looked', () => {
    const none = reportFixture({ source: 'ct', findings: 0 });
    expect(noFindingText(none)).toMatch(/model marked nothing at its operating point/);
    expect(noFindingText({ ...none, resultSets: [] })).toMatch(/No detection model was run/);
    expect(noFindingText({ ...none, preliminary: true })).toMatch(/so far, and the review is not complete/);
    const unread = { ...none.series[0]!, seriesId: 'failed' };
    expect(noFindingText({ ...none, series: [...none.series, unread] })).toMatch(
      /No detection result exists for 1 of 2/,
    );
    const away = { ...none.series[0]!, notAnalysed: 'Not analysed by the model. The scan is blank.' };
    const refused = { ...none, resultSets: [], series: [away] };
    expect(noFindingText(refused)).toMatch(
      /whether they show lesions is not known\. Not analysed .* blank\./,
    );
    expect(notAnalysedTexts(refused)).toEqual([`${away.description}: ${away.notAnalysed}`]);
    expect(notAnalysedTexts(none)).toEqual([]);
    expect(noFindingText(reportFixture({ source: 'ct', findings: ['rejected'] }))).toBe(
      'No finding was accepted or added.',
    );
  });
});

describe('file names', () => {
  it('come from the report id alone, in safe characters', () => {
    const report = reportFixture({ source: 'ct', patient: { name: 'Doe^Jane' } });
    expect(reportFileStem({ ...report, reportId: 'a1-b2' })).toBe('regio-report-a1-b2');
    expect(reportFileStem({ ...report, reportId: '../../etc/пароль CON\u0000.' })).toBe(
      'regio-report-etc-CON',
    );
    expect(reportFileStem({ ...report, reportId: '///' })).toBe('regio-report');
    expect(reportFileStem(report)).not.toMatch(/doe|jane/i);
  });
});
