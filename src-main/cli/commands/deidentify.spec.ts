import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { madeDicom } from '../../../test-support/made-dicom';
import { readPart10 } from '../../../test-support/read-part10';
import type { DeidentifyReport } from '../../contract/deidentification';
import { createInProcessEngine } from '../../engine/in-process';

let folder: string;
let source: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regio-cli-deid-'));
  source = join(folder, 'scans');
  mkdirSync(source);
  writeFileSync(join(source, 'a.dcm'), await madeDicom({ elements: [['00080022', 'DA', '20200229']] }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const regio = (...argv: string[]): Promise<CliRun> =>
  captureCli(['deidentify', ...argv], {
    cwd: folder,
    openEngine: () => Promise.resolve(createInProcessEngine({ modelsFolder: join(folder, 'models') })),
  });
const reportOf = (run: CliRun): DeidentifyReport => JSON.parse(run.out) as DeidentifyReport;
const written = (out: string, report: DeidentifyReport) =>
  readPart10(readFileSync(join(folder, out, report.files[0]!.output))).dict;

describe('regio deidentify', () => {
  it('writes copies and a report, and says what it did', async () => {
    const { code, out, err } = await regio('scans', '--out', 'shared', '--profile', 'basic');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('1 file written.');
    expect(readdirSync(join(folder, 'shared')).sort()).toEqual([
      expect.stringMatching(/^ANON-[0-9A-Z]{10}$/),
      'deidentification-report.json',
      'deidentification-report.txt',
    ]);
    expect(readdirSync(source)).toEqual(['a.dcm']);
  });

  it('prints each action with --json, and ends with 1 where a file was not written', async () => {
    writeFileSync(join(source, 'notes.txt'), 'Jane Doe');
    const run = await regio('scans', '--out', 'shared', '--json');
    expect(run.code).toBe(1);
    const report = reportOf(run);
    expect(report.actionSets[0]).toContainEqual({
      ...{ tag: '(0010,0010)', name: "Patient's Name", action: 'replaced', because: 'profile', count: 1 },
    });
    expect(report.skipped).toMatchObject([{ file: join(source, 'notes.txt') }]);
  });

  it('keeps a key file, with which another run gives the same names; without one none are the same', async () => {
    const options = ['--json', '--retain-long-modified-dates'];
    const first = reportOf(await regio('scans', '--out', 'one', '--key-file', 'keys/trial.key', ...options));
    const again = reportOf(await regio('scans', '--out', 'two', '--key-file', 'keys/trial.key', ...options));
    const other = reportOf(await regio('scans', '--out', 'three', ...options));
    expect(readFileSync(join(folder, 'keys/trial.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(again.files[0]!.output).toBe(first.files[0]!.output);
    expect(other.files[0]!.output).not.toBe(first.files[0]!.output);
    expect(written('two', again)).toEqual(written('one', first));
    expect(first.options).toEqual(['retain-long-modified-dates']);
    expect(written('one', first)['00080022']!.Value[0]).toMatch(/^(19|20)\d{6}$/);
  });

  it.each([
    [['scans', '--out', 'shared', '--key-file', 'shared/trial.key'], 2],
    [['scans', '--out', 'shared', '--profile', 'none'], 2],
    [['scans'], 2],
    [['scans', '--out', 'scans/shared'], 3],
    [['scans', '--out', 'shared', '--retain-long-full-dates', '--retain-long-modified-dates'], 3],
  ])('refuses %j', async (argv, expected) => {
    const { code, out, err } = await regio(...argv);
    expect([code, out]).toEqual([expected, '']);
    expect(err).not.toBe('');
    expect(existsSync(join(folder, 'shared', 'trial.key'))).toBe(false);
  });
});
