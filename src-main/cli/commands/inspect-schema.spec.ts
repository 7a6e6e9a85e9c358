import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { captureCli } from '../../../test-support/captured-cli';
import { madeDicomKinds } from '../../../test-support/made-dicom';
import { writeMadeNrrd, writeMadePng } from '../../../test-support/made-scan';
import { ctPhantom } from '../../../test-support/phantoms';
import { itWithShared } from '../../../test-support/shared-data';
import { writeDicomSeries } from '../../../test-support/write-dicom';
import { scanResult } from '../../contract/entities';
import { createInProcessEngine } from '../../engine/in-process';

// What `regio inspect --json` prints, for programs that read it. After a change of the contract:
//   REGIO_WRITE=1 npx vitest run src-main/cli/commands/inspect-schema.spec.ts; npx prettier --write docs/inspect.schema.json
const schemaFile = join(__dirname, '../../../docs/inspect.schema.json');
const ofContract = (): unknown => ({
  $comment:
    'Made from src-main/contract/entities.ts (scanResult) by inspect-schema.spec.ts: change it there.',
  title: 'What `regio inspect --json` prints',
  ...z.toJSONSchema(scanResult, { io: 'output' }),
});

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
const ofDocs = () => z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, 'utf8')) as JsonSchema);

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'regio-inspect-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

interface Printed {
  code: number;
  json: z.infer<typeof scanResult>;
  complaints: unknown;
}

/** Prints, and what the schema of the docs (not the contract's own code) complains of. */
async function inspect(...paths: string[]): Promise<Printed> {
  const openEngine = () => Promise.resolve(createInProcessEngine({ modelsFolder: cwd }));
  const { code, out } = await captureCli(['inspect', ...paths, '--json'], { cwd, openEngine });
  const json = JSON.parse(out) as Printed['json'];
  const schema = ofDocs();
  return { code, json, complaints: schema.safeParse(json).error?.issues ?? null };
}

it('docs/inspect.schema.json says what the contract says', () => {
  if (process.env['REGIO_WRITE']) writeFileSync(schemaFile, JSON.stringify(ofContract(), null, 2));
  expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(ofContract());
});

it('holds for volumes, pictures, faults of a series and what is skipped', async () => {
  writeMadeNrrd(join(cwd, 'brain.nrrd'));
  writeMadePng(join(cwd, 'brain.png'));
  const gap = (k: number) => (k === 3 ? null : []);
  await writeDicomSeries(join(cwd, 'ct'), ctPhantom({ dims: [12, 10, 7] }), { edit: gap });
  writeFileSync(join(cwd, 'notes.txt'), 'not an image');
  writeFileSync(join(cwd, 'cut.nii'), Buffer.alloc(100));
  const { code, json, complaints } = await inspect('.');
  expect(complaints).toBeNull();
  expect(code).toBe(1);
  expect(json.series.map((s) => s.format).sort()).toEqual(['dicom', 'nrrd', 'png']);
  expect(json.series.some((s) => s.issues?.some((issue) => issue.code === 'gap'))).toBe(true);
  expect(json.skipped.map((s) => s.reason)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Not an image/)]),
  );
});

it('holds for DICOM of every kind', async () => {
  for (const [name, bytes] of await madeDicomKinds()) {
    // One at a time: they are one instance to a scan.
    writeFileSync(join(cwd, 'made.dcm'), bytes);
    const { json, complaints } = await inspect('made.dcm');
    expect(complaints, name).toBeNull();
    expect(json.series.length, name).toBeGreaterThan(0);
  }
});

it('refuses what is not printed', async () => {
  writeMadePng(join(cwd, 'brain.png'));
  const { json } = await inspect('brain.png');
  const schema = ofDocs();
  expect(schema.safeParse(json).success).toBe(true);
  const [series] = json.series;
  for (const wrong of [
    { series: [{ ...series, format: 'bmp' }], skipped: [] },
    { series: [{ ...series, pixels: { ...series!.pixels, kind: 'picture' } }], skipped: [] },
    { series: [], skipped: [{ file: 'x' }] },
    { series: [] },
  ])
    expect(schema.safeParse(wrong).success).toBe(false);
});

const lidc = ['lung-ct-lidc/LIDC-IDRI-0002', 'lung-ct-lidc/LIDC-IDRI-0003'] as const;
for (const folder of ['dicom-corpus', 'nifti-orientations', 'lung-ct-unlabelled', ...lidc] as const) {
  itWithShared(`holds for ${folder}`, [`data/${folder}`], async (path) => {
    const { json, complaints } = await inspect(path);
    expect(complaints).toBeNull();
    expect(json.series.length).toBeGreaterThan(0);
  });
}
