import { expect, it } from 'vitest';
import { itWithTools, runTool } from '../../test-support/external-tools';
import { reportFixture } from '../../test-support/report-fixtures';
import type { Report } from '../core/report/report';
import { renderCsv, renderDicomSr, renderJson, renderPdf } from '.';

/** Two findings of an older result, which is read, and one of the newest, which a reader had accepted before. */
function olderResultRead(): Report {
  const report = reportFixture({ source: 'ct', findings: 3 });
  const [older] = report.resultSets;
  const newest = {
    ...older!,
    resultSetId: 'result-2',
    modelVersion: '1.3.0',
    threshold: 0.5,
    createdAt: '2026-11-24T14:02:00.000Z',
  };
  const findings = report.findings.map((f, n) => (n === 2 ? { ...f, resultSetId: newest.resultSetId } : f));
  const { seriesId, resultSetId } = older!;
  const chosen = { name: 'Weber^Maria', at: '2026-11-24T14:05:00.000Z' };
  return { ...report, resultSets: [older!, newest], read: [{ seriesId, resultSetId, chosen }], findings };
}

const textOf = async (render: typeof renderCsv, report: Report): Promise<string> =>
  new TextDecoder().decode((await render(report))[0]!.bytes).replace(/\s+/g, ' ');

const chosenLine =
  /Result read in .+: Brain MR tumour detector 1\.2\.0 of 2026-11-24 13:59 UTC \(score ≥ 0\.42\), chosen by Weber, Maria at 2026-11-24 14:05 UTC in place of the newest, Brain MR tumour detector 1\.3\.0 of 2026-11-24 14:02 UTC \(score ≥ 0\.50\)\./;
const keptLine = 'In another result than the one that was read; the reader kept it';

it('SR and CSV name the result that was read and who chose it, and which findings are of another', async () => {
  const report = olderResultRead();
  const sr = await textOf(renderDicomSr, report);
  expect(sr).toMatch(chosenLine);
  expect(sr).toContain(`Finding 3: ${keptLine}.`);
  expect(sr).not.toContain(`Finding 1: ${keptLine}`);
  const csv = await textOf(renderCsv, report);
  expect(csv).toMatch(chosenLine);
  expect(csv.match(/,(yes|no)(?= |$)/g)).toEqual([',yes', ',yes', ',no']);
});

it('JSON says of each model whether its result was read, and of each finding whether it is of that', async () => {
  const json = JSON.parse(await textOf(renderJson, olderResultRead())) as {
    models: { version: string; read: boolean; chosen: unknown }[];
    findings: { ofResultRead: boolean | null }[];
  };
  expect(json.models.map(({ version, read, chosen }) => [version, read, chosen])).toEqual([
    ['1.2.0', true, { name: 'Weber^Maria', at: '2026-11-24T14:05:00.000Z' }],
    ['1.3.0', false, null],
  ]);
  expect(json.findings.map((f) => f.ofResultRead)).toEqual([true, true, false]);
});

it('nothing of it is said where the newest is read', async () => {
  const report = reportFixture({ source: 'ct', findings: ['accepted', 'added'] });
  for (const render of [renderDicomSr, renderCsv]) {
    const text = await textOf(render, report);
    expect(text).not.toContain('Result read');
    expect(text).not.toContain(keptLine);
  }
});

itWithTools(
  'the PDF says so at the finding, at the model and where it says how the study was read',
  ['pdftotext'],
  async () => {
    const [file] = await renderPdf(olderResultRead());
    const { output } = runTool('pdftotext', ['-layout', '{}', '-'], file!.bytes);
    const text = output.replace(/\s+/g, ' ');
    expect(text).toMatch(/chosen by Weber, Maria at 2026-11-24 14:05 UTC/);
    expect(text).toContain('Another result of the series is the one that was read.');
    expect(text.match(/In another result than the one that was read/g)).toHaveLength(1);
  },
);
