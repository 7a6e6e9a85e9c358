import { describe, expect, it } from 'vitest';
import {
  fixtureHash,
  namesOfTheWorld,
  reportFixture,
  type ReportFixtureOptions,
} from '../../../test-support/report-fixtures';
import { renderJson } from '.';
import { reportJson } from './schema';

const textOf = async (options: ReportFixtureOptions): Promise<string> =>
  new TextDecoder().decode((await renderJson(reportFixture(options)))[0]!.bytes);

describe('JSON', () => {
  it('follows its own schema strictly, for every source and number of findings', async () => {
    for (const source of ['ct', 'nrrd', 'mg', 'us', 'photo'] as const) {
      for (const findings of [0, 1, 40]) {
        const described = findings === 40;
        const json: unknown = JSON.parse(await textOf({ source, findings, described }));
        expect(reportJson.strict().parse(json)).toEqual(json);
      }
    }
  });

  it('holds place, decision, model hash and the research-use line', async () => {
    const json = reportJson.parse(
      JSON.parse(await textOf({ source: 'ct', findings: ['accepted', 'pending', 'added'] })),
    );
    expect(json).toMatchObject({
      schema: 'regio.report',
      schemaVersion: 1,
      status: 'preliminary',
      use: expect.stringContaining('Research use only'),
      models: [{ hash: fixtureHash, version: '1.2.0', seriesInstanceUid: json.series[0]!.seriesInstanceUid }],
      counts: { reviewed: 2, uncertain: 0, pending: 1, rejected: 0 },
    });
    expect(json.findings.map((f) => [f.number, f.reviewed, f.model])).toEqual([
      [1, true, 0],
      [3, true, null],
      [2, false, 0],
    ]);
    expect(json.findings[0]!.place).toMatchObject({
      space: 'lps',
      boxLps: expect.any(Array),
      longAxisMm: 12.5,
    });
  });

  it('holds what the reader said by list, and whether a category is the suggested one', async () => {
    const json = reportJson.parse(JSON.parse(await textOf({ source: 'mg', described: true })));
    expect(json.findings[0]!.description).toMatchObject({
      terms: { side: ['left'], margin: ['spiculated'] },
      numbers: { likelihoodPercent: 60 },
      confidence: 'moderate',
      categories: [
        {
          guideline: 'bi-rads-5',
          category: '5',
          wording: 'Highly suggestive of malignancy',
          suggested: '4C',
          rule: 'bi-rads.4c',
          agrees: false,
        },
      ],
    });
    const plain = reportJson.parse(JSON.parse(await textOf({ source: 'mg' })));
    expect(plain.findings[0]!.description).toBeNull();
  });

  it('holds the outline’s measures with their units, and the lesion on every linked date', async () => {
    const json = reportJson.parse(JSON.parse(await textOf({ source: 'ct', measured: true })));
    const { outline, history } = json.findings[0]!;
    expect(outline).toMatchObject({
      of: 'outline',
      unit: 'mm',
      longAxis: 12,
      volumeMm3: 600,
      meanValue: 35.5,
    });
    expect(history).toMatchObject({
      distanceMm: 2.345,
      dates: [
        { studyDate: '20230902', findingNumber: 4, measured: { unit: 'mm' } },
        { studyDate: '20220101', findingNumber: 2 },
      ],
      change: { days: 180, longAxisMm: { now: 12 }, grownByLungRads: true, alike: true },
      noChange: null,
    });
    expect(history!.change!.doublingTimeDays).toBeCloseTo(180, 6);
    const plain = reportJson.parse(JSON.parse(await textOf({ source: 'ct' })));
    expect(plain.findings[0]).toMatchObject({ outline: null, history: null });
  });

  it('says side, view and orientation as the file does', async () => {
    const json = reportJson.parse(JSON.parse(await textOf({ source: 'mg' })));
    expect(json.series[0]).toMatchObject({ laterality: 'L', view: 'CC', patientOrientation: ['A', 'R'] });
  });

  it('keeps every text exactly, with invisible characters escaped', async () => {
    for (const { name, comment } of Object.values(namesOfTheWorld)) {
      const hidden = `${comment}\u202e\u200b\u0000<script>`;
      const text = await textOf({ source: 'us', comment: hidden, patient: { name } });
      expect(text).not.toMatch(/[\u202e\u200b]/);
      const json = reportJson.parse(JSON.parse(text));
      expect([json.patient.name, json.findings[0]!.decision.comment]).toEqual([name, hidden]);
    }
  });
});
