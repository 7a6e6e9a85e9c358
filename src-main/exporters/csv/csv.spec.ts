import { describe, expect, it } from 'vitest';
import {
  namesOfTheWorld,
  reportFixture,
  type ReportFixtureOptions,
} from '../../../test-support/report-fixtures';
import { renderCsv } from '.';

const csvOf = async (options: ReportFixtureOptions): Promise<string> => {
  const [file] = await renderCsv(reportFixture(options));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file!.bytes);
};

/** RFC 4180, written for the test: quotes, doubled quotes, CRLF. */
function parse(csv: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\r\n') rows.push([]);
  }
  const [head, ...body] = rows.slice(0, -1);
  return body.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i]!])));
}

describe('CSV', () => {
  it('writes one line a finding, reviewed ones first, with CRLF and without a byte-order mark', async () => {
    const csv = await csvOf({ source: 'ct', findings: ['pending', 'accepted', 'rejected'] });
    expect(csv.charCodeAt(0)).toBe('r'.charCodeAt(0));
    expect(csv.split('\r\n')).toHaveLength(5);
    const rows = parse(csv);
    expect(
      rows.map((r) => [r['finding_number'], r['decision'], r['reviewed_finding'], r['rejection_reason']]),
    ).toEqual([
      ['2', 'accepted', 'yes', ''],
      ['1', 'pending', 'no', ''],
      ['3', 'rejected', 'no', 'artefact'],
    ]);
    expect(rows[0]).toMatchObject({
      report_status: 'preliminary',
      box_lps_x0_mm: '-23.123457',
      long_axis_mm: '12.5',
    });
    expect(rows[0]!['model_hash']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a head and no line without findings', async () => {
    expect(parse(await csvOf({ source: 'photo', findings: 0 }))).toEqual([]);
  });

  it('says side, view and orientation as the file does', async () => {
    const [row] = parse(await csvOf({ source: 'mg' }));
    expect(row).toMatchObject({ laterality: 'L', view: 'CC', patient_orientation: 'A\\R' });
    const [none] = parse(await csvOf({ source: 'photo' }));
    expect(none).toMatchObject({ laterality: '', view: '', patient_orientation: '' });
  });

  it('says what the reader said by list, at the end of the line', async () => {
    const csv = await csvOf({ source: 'mg', described: true });
    const [row] = parse(csv);
    expect(row).toMatchObject({
      location: "left, upper outer, 2 o'clock",
      appearance: "margin: spiculated; likelihood of malignancy, reader's estimate: 60 %",
      context: '',
      confidence: 'moderate',
      category: 'BI-RADS 5th edition: 5 (chosen by the reader; 4C was suggested)',
      described_by: 'Weber^Maria',
    });
    expect(csv.split('\r\n')[0]).toMatch(
      /,patient_orientation,.*location,.*,described_at,finding_phase,readers,.*adjudicated_by,outline_unit,.*,change,of_result_read$/,
    );
    expect(parse(await csvOf({ source: 'mg' }))[0]).toMatchObject({ location: '', category: '' });
  });

  it('says what the outline measures, what the lesion was before, and its doubling time', async () => {
    const [row] = parse(await csvOf({ source: 'ct', measured: true }));
    expect(row).toMatchObject({
      outline_unit: 'mm',
      outline_long_axis: '12',
      outline_short_axis: '9.5',
      outline_longest_3d_mm: '13.25',
      outline_volume_mm3: '600',
      outline_area: '',
      outline_mean: '35.5',
      outline_sd: '12.25',
      outline_value_unit: 'HU',
      prior_study_date: '20230902',
      prior_finding_number: '4',
      prior_distance_mm: '2.345',
      prior_measured_by: 'outline',
      days_since_prior: '180',
    });
    // Twice the volume in 180 days.
    expect(Number(row!['volume_doubling_time_days'])).toBeCloseTo(180, 6);
    expect(Number(row!['volume_change_percent'])).toBeCloseTo(100, 6);
    expect(row!['change']).toBe(
      'in 180 days: long axis +2.5 mm (+26 %), short axis +2.0 mm (+26 %), volume +100 %, volume doubling time 180 days',
    );
    const [picture] = parse(await csvOf({ source: 'photo', measured: true }));
    expect(picture).toMatchObject({
      outline_unit: 'px',
      outline_volume_mm3: '',
      outline_area: '88.4',
      outline_area_unit: 'px',
      outline_value_unit: 'grey',
      volume_doubling_time_days: '',
    });
    expect(picture!['change']).toMatch(/^no change is told/);
    expect(parse(await csvOf({ source: 'ct' }))[0]).toMatchObject({ outline_unit: '', change: '' });
  });

  it('leaves mm empty where the image is not calibrated', async () => {
    const [row] = parse(await csvOf({ source: 'photo' }));
    expect(row).toMatchObject({
      calibrated: 'no',
      size_x_mm: '',
      long_axis_mm: '',
      long_axis_px: '40',
      frame: '1',
    });
  });

  it('keeps formulas and hidden characters from running, and numbers as they are', async () => {
    for (const formula of ['=cmd|/c calc', '+1+1', '-2+3', '@SUM(A1)', '\t=1', ' =1', '＝1', '\n=1']) {
      const [row] = parse(await csvOf({ source: 'ct', comment: formula, patient: { name: formula } }));
      expect(row!['comment']).toMatch(/^'/);
      expect(row!['patient_name']).toMatch(/^'/);
    }
    const [row] = parse(await csvOf({ source: 'ct', comment: '\u202eevil' }));
    expect(row!['comment']).toBe('⟨U+202E⟩evil');
    expect(Number(row!['center_left_mm'])).toBeLessThan(0);
  });

  it('carries quotes, commas, line ends and every script', async () => {
    for (const { name, comment } of Object.values(namesOfTheWorld)) {
      const text = `${comment}\n"quoted", next`;
      const [row] = parse(await csvOf({ source: 'mg', comment: text, patient: { name } }));
      expect(row).toMatchObject({ comment: text, patient_name: name });
    }
  });
});
