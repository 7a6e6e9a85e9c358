import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { fakeDetection } from '../../../test-support/fake-detection';
import { writeMadeNrrd, writeMadePng } from '../../../test-support/made-scan';
import type { EngineOutput } from '../../contract/engine-protocol';
import { boxLps, boxPx, scanResult, studySummary } from '../../contract/entities';
import { AppError } from '../../core/app-error';
import { openUserStore } from '../../services/open-user-store';
import { createSettings } from '../../services/settings';
import type { CliIo } from '../io';

const findingsFile = z.strictObject({
  series: z.array(
    z.strictObject({
      seriesInstanceUid: z.string(),
      path: z.string(),
      model: z.string(),
      modelVersion: z.string(),
      threshold: z.number(),
      findings: z.array(
        z.union([
          z.strictObject({ score: z.number(), label: z.string(), provenance: z.string(), boxLps }),
          z.strictObject({ score: z.number(), label: z.string(), provenance: z.string(), boxPx }),
        ]),
      ),
    }),
  ),
});

type Found = EngineOutput<'detect'>['findings'];
let cwd = '';
let cube: z.infer<typeof boxLps>;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'regio-cli-'));
  cube = writeMadeNrrd(join(cwd, 'brain.nrrd'));
  writeMadePng(join(cwd, 'brain.png'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const inVolume = (): Found => [
  { label: 'tumour', score: 0.3, provenance: 'network', place: { space: 'lps', boxLps: [0, 0, 0, 3, 3, 3] } },
  { label: 'tumour', score: 0.8, provenance: 'both', place: { space: 'lps', boxLps: cube } },
];
const inPicture: Found = [
  {
    label: 'tumour',
    score: 0.9,
    provenance: 'selective-search',
    place: { space: 'px', boxPx: [20, 10, 14, 12], frame: 0 },
  },
];
const engine = fakeDetection(({ series }) => (series.pixels.kind === 'volume' ? inVolume() : inPicture));

const run = (argv: string[], overrides: Partial<CliIo> = {}): Promise<CliRun> =>
  captureCli(argv, {
    cwd,
    env: { REGIO_DATA_DIR: join(cwd, 'data'), REGIO_CONFIG_DIR: join(cwd, 'config') },
    openEngine: engine,
    ...overrides,
  });

describe('regio inspect', () => {
  it('lists series with their geometry', async () => {
    const { code, out } = await run(['inspect', 'brain.nrrd', 'brain.png']);
    expect(code).toBe(0);
    expect(out).toMatch(/1 +nrrd +MR +BRAIN.*32 x 32 x 10 +3 x 3 x 3/);
    expect(out).toMatch(/2 +png .*64 x 48/);
    const json = await run(['inspect', 'brain.nrrd', 'brain.png', '--json']);
    expect(scanResult.parse(JSON.parse(json.out)).series).toHaveLength(2);
  });

  it('names what it refuses and why, and exits 1', async () => {
    writeFileSync(join(cwd, 'notes.txt'), 'not an image');
    const { code, out, err } = await run(['inspect', '.', 'gone.dcm']);
    expect(code).toBe(1);
    expect(out).toContain('brain.nrrd');
    expect(err).toMatch(/Refused: .*notes\.txt: Not an image/);
    expect(err).toMatch(/Refused: .*gone\.dcm: it is not there/);
  });
});

describe('regio detect', () => {
  it('writes findings.json, best first, in the agreed shape', async () => {
    const { code, out, err } = await run([
      'detect',
      'brain.nrrd',
      'brain.png',
      '--out',
      'found',
      '--model',
      'made-model',
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(readdirSync(join(cwd, 'found'))).toEqual(['findings.json']);
    const file = findingsFile.parse(JSON.parse(readFileSync(join(cwd, 'found', 'findings.json'), 'utf8')));
    expect(file.series.map((s) => [basename(s.path), s.model, s.modelVersion, s.threshold])).toEqual([
      ['brain.nrrd', 'made-model', '1.2.3', 0.5],
      ['brain.png', 'made-model', '1.2.3', 0.5],
    ]);
    expect(file.series[0]!.findings).toEqual([
      { score: 0.8, label: 'tumour', provenance: 'both', boxLps: cube },
      { score: 0.3, label: 'tumour', provenance: 'network', boxLps: [0, 0, 0, 3, 3, 3] },
    ]);
    expect(file.series[1]!.findings).toEqual([
      { score: 0.9, label: 'tumour', provenance: 'selective-search', boxPx: [20, 10, 14, 12] },
    ]);
    expect(out).toMatch(
      /brain\.nrrd +made-model +tumour +0\.800 +-16\.5, -10\.5, -3\.0 +18\.0 x 18\.0 x 9\.0 +mm/,
    );
    expect(out).toContain('2 series read, 2 findings at or above the operating point, 1 below');
  });

  it('says of what the quality gate turned away that nothing is known, and exits 1; --ignore-gate looks anyway', async () => {
    const flagged = [{ frame: null, reason: 'blurred' as const, message: 'The scan is blurred.' }];
    const openEngine = fakeDetection(
      ({ ignoreGate }) => (ignoreGate ? inVolume() : []),
      (ignored) => ({ checked: 1, flagged, analysable: false, ignored }),
    );
    const { code, out, err } = await run(['detect', 'brain.nrrd', '--json'], { openEngine });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      series: [{ findings: [], notAnalysed: 'The scan is blurred.', flagged }],
    });
    expect(err).toMatch(
      /brain\.nrrd: NOT ANALYSABLE\. The scan is blurred\. It is not known whether it shows lesions/,
    );
    expect((await run(['detect', 'brain.nrrd'], { openEngine })).out).toContain(
      '0 series read, 1 not analysable, 0 findings',
    );

    const anyway = await run(['detect', 'brain.nrrd', '--ignore-gate'], { openEngine });
    expect(anyway.code).toBe(0);
    expect(anyway.out).toContain('1 series read, 1 findings at or above');
    expect(anyway.err).toContain('looked at anyway, though its quality check said: The scan is blurred.');
  });

  it('answers the same with --json and writes nothing unasked', async () => {
    const before = readdirSync(cwd);
    const { code, out } = await run(['detect', 'brain.nrrd', '--json']);
    expect(code).toBe(0);
    expect(findingsFile.parse(JSON.parse(out)).series).toHaveLength(1);
    expect(readdirSync(cwd)).toEqual(before);
  });

  it('refuses a series no model reads and goes on', async () => {
    writeMadePng(join(cwd, 'knee.png'));
    const { code, out, err } = await run(['detect', 'knee.png', 'brain.nrrd', '--json']);
    expect(code).toBe(1);
    expect(findingsFile.parse(JSON.parse(out)).series.length).toBe(1);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'model.none-fits', details: { file: join(cwd, 'knee.png') } },
    });
  });

  it('fails with 3 where detection fails, and says on which file', async () => {
    const broken = fakeDetection(() => Promise.reject(new AppError('detection.failed', 'No.', 'Hint.')));
    const { code, err } = await run(['detect', 'brain.nrrd', '--json'], { openEngine: broken });
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'detection.failed', details: { file: join(cwd, 'brain.nrrd') } },
    });
  });

  it('says once that a model is not there', async () => {
    const { code, err } = await run(['detect', 'brain.nrrd', 'brain.png', '--model', 'nope']);
    expect(code).toBe(3);
    expect(err).toMatch(/^Error: No model "nope" is installed\.\n {2}Installed: made-model\.\n$/);
  });

  it('goes by the model that was switched on, and says so where it cannot know', async () => {
    const folders = { data: join(cwd, 'data'), config: join(cwd, 'config') };
    const store = openUserStore(folders, undefined);
    createSettings(store, 'R').set({ activeModels: { 'made-model': 'made-model-clinic-1' } });
    // Regio is open: nobody else reads its store.
    const beside = await run(['detect', 'brain.nrrd', '--json']);
    expect(beside.code).toBe(0);
    expect(beside.err).toContain('The shipped models are used');
    expect(findingsFile.parse(JSON.parse(beside.out)).series[0]!.model).toBe('made-model');
    store.close();

    const gone = await run(['detect', 'brain.nrrd', '--json']);
    expect(gone.code).toBe(3);
    expect(JSON.parse(gone.err)).toMatchObject({
      error: { code: 'model.not-found', message: expect.stringContaining('made-model-clinic-1') as string },
    });
    const named = await run(['detect', 'brain.nrrd', '--json', '--model', 'made-model']);
    expect([named.code, named.err]).toEqual([0, '']);
  });

  it('stops on Ctrl+C without output', async () => {
    const controller = new AbortController();
    const stopped = fakeDetection(() => {
      controller.abort();
      return Promise.reject(new AppError('job.cancelled', 'x', 'y'));
    });
    const argv = ['detect', 'brain.nrrd', 'brain.png', '--out', 'found'];
    const { code, out, err } = await run(argv, { openEngine: stopped, signal: controller.signal });
    expect([code, out]).toEqual([130, '']);
    expect(err).toContain('Cancelled.');
    expect(existsSync(join(cwd, 'found'))).toBe(false);
  });
});

describe('regio import, studies, export', () => {
  const studies = z.strictObject({ studies: z.array(studySummary) });

  it('put a study into the worklist with its findings and write its report', async () => {
    const imported = await run(['import', 'brain.nrrd', '--json']);
    expect([imported.code, imported.err]).toEqual([0, '']);
    const listed = studies.parse(JSON.parse((await run(['studies', '--json'])).out)).studies;
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ state: 'to-review', findingCount: 1 });
    expect((await run(['studies'])).out).toMatch(new RegExp(`^case .*\\n${listed[0]!.studyId} .*to-review`));

    const argv = [
      'export',
      '--case',
      listed[0]!.studyId,
      '--format',
      'csv,json',
      '--out',
      'report',
      '--json',
    ];
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    const written = z
      .strictObject({ folder: z.string(), files: z.array(z.string()), preliminary: z.boolean() })
      .parse(JSON.parse(out));
    expect(written.preliminary).toBe(true);
    expect(
      readdirSync(join(cwd, 'report'))
        .map((f) => f.replace(/.*\./, ''))
        .sort(),
    ).toEqual(['csv', 'json']);
    expect(written.files.every((file) => existsSync(file))).toBe(true);
  });

  it('say which case is not there', async () => {
    const { code, err } = await run(['export', '--case', 'nope', '--out', 'report', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'not-found' } });
  });

  it('refuse what is no image', async () => {
    writeFileSync(join(cwd, 'notes.txt'), 'x');
    const { code, err } = await run(['import', 'notes.txt']);
    expect(code).toBe(1);
    expect(err).toContain('notes.txt');
  });
});
