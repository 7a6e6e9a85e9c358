import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTools, itWithTools, runTool } from '../../test-support/external-tools';
import { madeDicom, madeDicomKinds } from '../../test-support/made-dicom';
import { readPart10 } from '../../test-support/read-part10';
import { itWithShared } from '../../test-support/shared-data';
import type { DeidentifyReport } from '../contract/deidentification';
import { loadImage, scanPaths } from '../imaging';
import { deidentifyFiles } from './deidentify';

let folder: string;
let source: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regio-valid-'));
  [source, out] = [join(folder, 'source'), join(folder, 'out')];
  mkdirSync(source);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (paths: string[], outFolder = out): Promise<DeidentifyReport> =>
  deidentifyFiles({
    paths,
    outFolder,
    options: [],
    keepBurnedIn: true,
    secret: 'ab'.repeat(32),
    software: 'Regio test',
  });

/** Complaints of dciodvfy, each kind once: without values, which are other ones after de-identification. */
function errorsOf(bytes: Uint8Array): Set<string> {
  const { output } = runTool('dciodvfy', ['{}'], bytes);
  const errors = output.split('\n').filter((line) => /^Error/.test(line));
  return new Set(errors.map((line) => line.replace(/<[^<>]*>|\[[^\]]*\]|= .*$/g, '').trim()));
}

/** What de-identification added to the faults of each file. */
function newErrors({ files }: DeidentifyReport, outFolder = out): string[] {
  return files.flatMap(({ source: from, output }) => {
    const before = errorsOf(readFileSync(from));
    const after = [...errorsOf(readFileSync(join(outFolder, output)))];
    return after.filter((e) => !before.has(e)).map((e) => `${from.split('/').pop()}: ${e}`);
  });
}

describe('de-identified files under dciodvfy', () => {
  itWithTools('have no error that their sources had not: every kind of file', ['dciodvfy'], async () => {
    let n = 0;
    for (const [name, bytes] of await madeDicomKinds()) {
      // dciodvfy does not expand it, and so has nothing to say of the source.
      if (name.includes('deflated')) continue;
      const file = join(source, `${name.replace(/\W+/g, '-')}.dcm`);
      writeFileSync(file, bytes);
      // All have one SOP Instance UID: each gets a folder of its own.
      const report = await run([file], join(folder, `out-${n++}`));
      expect(report.skipped).toEqual([]);
      expect(newErrors(report, join(folder, `out-${n - 1}`))).toEqual([]);
    }
    expect(n).toBeGreaterThan(10);
  });

  itWithShared(
    'have none either where the files are real',
    ['data/dicom-corpus', 'data/lung-ct-lidc/LIDC-IDRI-0003'],
    async (corpus, lidc) => {
      if (!hasTools('dciodvfy')) return void process.stdout.write('not run: needs dciodvfy of dicom3tools\n');
      const scan = readdirSync(lidc!).filter((f) => statSync(join(lidc!, f)).isFile())[0]!;
      const report = await run([corpus!, join(lidc!, scan)]);
      const added = newErrors(report);
      process.stdout.write(`dciodvfy: ${added.length} new errors in ${report.files.length} real files\n`);
      expect(report.files.length).toBeGreaterThan(40);
      expect(added).toEqual([]);
    },
    120_000,
  );
});

describe('a big-endian file', () => {
  it('is written little endian, values and pixels as they were', async () => {
    const samples = Array.from({ length: 37 * 21 }, (_, n) => (n * 13) % 4000);
    const made = {
      modality: 'CT',
      bitsStored: 12,
      samples,
      elements: [
        ['00280120', 'US', 3999],
        ['00281052', 'DS', '-1024'],
        ['00281053', 'DS', '1'],
        ['00409224', 'FD', Uint8Array.of(0x3f, 0xf8, 0, 0, 0, 0, 0, 0)],
      ],
    } as const;
    writeFileSync(join(source, 'big.dcm'), await madeDicom({ ...made, syntax: 'big-endian' }));
    const report = await run([source]);
    const bytes = readFileSync(join(out, report.files[0]!.output));
    const { meta, dict } = readPart10(bytes);
    expect(meta['00020010']!.Value[0]).toBe('1.2.840.10008.1.2.1');
    expect([dict['00280010']!.Value[0], dict['00280011']!.Value[0], dict['00280120']!.Value[0]]).toEqual([
      21, 37, 3999,
    ]);
    expect(dict['00409224']!.Value[0]).toBe(1.5);
    expect([...new Uint16Array(dict['7FE00010']!.Value[0] as ArrayBuffer)].slice(0, samples.length)).toEqual(
      samples,
    );
    const read = await scanPaths([source, join(out, report.files[0]!.output)]);
    const [a, b] = [await loadImage(read.series[0]!, 0), await loadImage(read.series[1]!, 0)];
    expect(b.data).toEqual(a.data);
  });
});
