import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { fakeDetection } from '../../../test-support/fake-detection';
import { writeMadeNrrd } from '../../../test-support/made-scan';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'regio-cli-copy-'));
  writeMadeNrrd(join(cwd, 'brain.nrrd'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const regio = (...argv: string[]): Promise<CliRun> =>
  captureCli(argv, {
    cwd,
    env: { REGIO_DATA_DIR: join(cwd, 'data'), REGIO_CONFIG_DIR: join(cwd, 'config') },
    openEngine: fakeDetection(() => []),
  });
const copies = (): string[] =>
  existsSync(join(cwd, 'data', 'copies')) ? readdirSync(join(cwd, 'data', 'copies', 'files')) : [];

it('regio import copies nothing unless told to, and with --copy keeps what an export needs when the file is gone', async () => {
  expect((await regio('import', 'brain.nrrd')).code).toBe(0);
  expect(copies()).toEqual([]);
  const { code, out } = await regio('import', 'brain.nrrd', '--copy', '--json');
  expect(code).toBe(0);
  expect(copies()).toHaveLength(1);
  const { studies } = JSON.parse(out) as { studies: { studyId: string }[] };
  rmSync(join(cwd, 'brain.nrrd'));
  const exported = await regio('export', '--case', studies[0]!.studyId, '--out', 'out', '--format', 'json');
  expect([exported.code, exported.err]).toEqual([0, 'Preliminary: nobody has signed this case yet.\n']);
  // What is a copy stays one.
  writeMadeNrrd(join(cwd, 'brain.nrrd'));
  expect((await regio('import', 'brain.nrrd', '--no-copy')).code).toBe(0);
  expect(copies()).toHaveLength(1);
});
