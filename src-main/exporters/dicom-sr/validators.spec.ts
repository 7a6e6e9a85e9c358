import { describe, expect } from 'vitest';
import { itWithTools, runTool } from '../../../test-support/external-tools';
import {
  namesOfTheWorld,
  reportFixture,
  type ReportFixtureOptions,
} from '../../../test-support/report-fixtures';
import { doubleReport } from '../../../test-support/double-report';
import { renderDicomSr } from '.';

const sources = ['ct', 'nrrd', 'mg', 'us', 'photo'] as const;
const mixed = ['accepted', 'rejected', 'pending', 'uncertain', 'edited', 'added'] as const;
const matrix: ReportFixtureOptions[] = sources.flatMap((source) => [
  ...[0, 1, 40].map((findings) => ({ source, findings })),
  { source, findings: 2, described: true },
  { source, findings: 2, measured: true },
  { source, findings: mixed, reviewer: '', comment: 'line 1\nline 2 \\ µ' },
  { source, findings: 2, patient: { id: '', name: '', birthDate: '', sex: '' } as const, institution: '' },
  ...Object.values(source === 'ct' || source === 'photo' ? namesOfTheWorld : {}).map(({ name, comment }) => ({
    source,
    findings: 2,
    comment,
    patient: { name },
    reviewer: name.split('=')[0]!,
    institution: comment,
  })),
]);

/** Rendered once for both checks. */
const rendered = Promise.all(
  [
    ...matrix.map((options) => ({ options: JSON.stringify(options), report: reportFixture(options) })),
    ...(['third', 'consensus', 'agreed'] as const).map((way) => ({
      options: `read twice: ${way}`,
      report: doubleReport('ct', way),
    })),
  ].map(async ({ options, report }) => ({ options, files: await renderDicomSr(report) })),
);

describe('DICOM files under other people’s checkers', () => {
  itWithTools('dciodvfy finds no error', ['dciodvfy'], async () => {
    let files = 0;
    for (const { options, files: made } of await rendered) {
      for (const { name, bytes } of made) {
        const { output } = runTool('dciodvfy', ['{}'], bytes);
        expect(output, name).toMatch(name.includes('-image-') ? /^SCImage$/m : /^Comprehensive3DSR$/m);
        expect(
          output.split('\n').filter((line) => /error/i.test(line)),
          `${name} of ${options}`,
        ).toEqual([]);
        files++;
      }
    }
    process.stdout.write(`dciodvfy: 0 errors in ${files} files\n`);
    expect(files).toBeGreaterThanOrEqual(40);
  });

  itWithTools('dsrdump and dcmdump read them without complaint', ['dsrdump', 'dcmdump'], async () => {
    for (const { files } of await rendered) {
      for (const { name, bytes } of files) {
        const dump = runTool('dcmdump', ['+P', '0008,0016', '{}'], bytes);
        expect([dump.code, dump.output], name).toEqual([
          0,
          expect.stringMatching(/^\(0008,0016\) UI [^\n]+\n$/),
        ]);
        if (name.includes('-image-')) continue;
        const { code, output } = runTool('dsrdump', ['{}'], bytes);
        const complaints = output.split('\n').filter((line) => /^[EFW]: /.test(line));
        // DCMTK 3.6.7 says this of every UTF-8 file.
        const unsaid = complaints.filter(
          (line) => !line.includes('does not support this Specific Character Set'),
        );
        expect([code, unsaid], name).toEqual([0, []]);
      }
    }
  });
});
