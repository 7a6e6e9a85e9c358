import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/app-error';
import {
  found,
  madePhoto,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../test-support/services-harness';
import type { ExportFormat } from '../contract/entities';

let h: Harness;
beforeEach(() => {
  h = servicesHarness({ detect: () => found(0.9, 0.6, 0.3) });
});
afterEach(() => h.end());

const run = async (studyId: string, formats: ExportFormat[], folder = join(h.folder, 'out', 'deeper')) => {
  const started = await h.ask('export.start', { studyId, formats, folder });
  return h.finished(started!.jobId);
};
const readJson = (folder: string, files: string[]) =>
  JSON.parse(
    readFileSync(
      join(
        folder,
        files.find((f) => f.endsWith('.json'))!,
      ),
      'utf8',
    ),
  ) as Record<string, unknown>;

describe('export', () => {
  it('writes every format of one report, without names in file names, and its hashes into the history', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const job = await run(studyId!, ['pdf', 'csv', 'json']);
    expect(job).toMatchObject({ state: 'done', result: { kind: 'export', preliminary: true } });
    if (job.result?.kind !== 'export') throw new Error('no export');
    const { folder, files } = job.result;
    expect(readdirSync(folder).sort()).toEqual([...files].sort());
    expect(files.map((f) => f.split('.').pop()).sort()).toEqual(['csv', 'json', 'pdf']);
    expect(files.join()).not.toMatch(/doe|jane|P1/i);
    expect(
      readFileSync(
        join(
          folder,
          files.find((f) => f.endsWith('.pdf'))!,
        ),
      )
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    const audit = h.store.listAudit(studyId).pop()!;
    expect(audit.type).toBe('export');
    const { files: audited } = audit.payload as { files: { name: string; sha256: string }[] };
    for (const { name, sha256 } of audited)
      expect(
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ).toBe(sha256);
    expect(audited).toHaveLength(3);
  });

  it('is preliminary until every finding at or above the operating point is decided, and it is signed', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { findings } = await h.ask('studies.open', { studyId: studyId! });
    const decide = (n: number) =>
      h.ask('review.decide', {
        studyId: studyId!,
        findingId: findings[n]!.findingId,
        verdict: 'accepted',
        reason: null,
      });
    await decide(0);
    expect((await run(studyId!, ['json'])).result).toMatchObject({ preliminary: true });
    await decide(1);
    expect((await run(studyId!, ['json'])).result).toMatchObject({ preliminary: true });
    await h.ask('sign.sign', { studyId: studyId!, passphrase: '', withFailed: false });
    const job = await run(studyId!, ['json']);
    expect(job.result).toMatchObject({ preliminary: false });
    if (job.result?.kind !== 'export') throw new Error('no export');
    const text = JSON.stringify(readJson(job.result.folder, job.result.files));
    // The pending finding below the operating point is not in it.
    expect([text.includes('0.9'), text.includes('0.6'), text.includes('0.3')]).toEqual([true, true, false]);
  });

  it('is preliminary and says why when a detection failed: it must not read as no lesions', async () => {
    h.engine.answers.detect = () => Promise.reject(new AppError('engine.crashed', 'x', 'y'));
    const [studyId] = await h.importSeries(madeSeries());
    const job = await run(studyId!, ['json']);
    if (job.result?.kind !== 'export') throw new Error('no export');
    expect(job.result.preliminary).toBe(true);
    expect(JSON.stringify(readJson(job.result.folder, job.result.files))).toContain(
      'says nothing of lesions',
    );
  });

  it('records what is wrong with a series in every format, once, and that no model may read it', async () => {
    const gap = '2 slices are missing.';
    const [studyId] = await h.importSeries(
      madeSeries({
        analysable: false,
        warnings: ['No calibration.', gap],
        issues: [
          { code: 'numbering-reversed', severity: 'note', text: 'Numbers run backwards.' },
          { code: 'gap', severity: 'unsafe', text: gap },
        ],
      }),
    );
    const job = await run(studyId!, ['json', 'csv']);
    if (job.result?.kind !== 'export') throw new Error('no export');
    const { folder, files } = job.result;
    expect(readJson(folder, files)).toMatchObject({
      series: [
        {
          issues: [
            { code: 'gap', severity: 'unsafe', text: gap },
            { code: 'numbering-reversed', severity: 'note' },
          ],
          notAnalysed: `Not read by a model. ${gap}`,
        },
      ],
    });
    // A line of its own although there is no finding: none would read as "no lesions".
    const csv = readFileSync(
      join(
        folder,
        files.find((f) => f.endsWith('.csv'))!,
      ),
      'utf8',
    ).split('\r\n');
    expect(csv[1]).toContain(`unsafe gap: ${gap} | note numbering-reversed: Numbers run backwards.`);
  });

  it('says nothing above the report of a localiser, which nobody reads for lesions', async () => {
    const [studyId] = await h.importSeries(
      madeSeries({
        analysable: false,
        issues: [{ code: 'localiser', severity: 'unsafe', text: 'A localiser.' }],
      }),
    );
    const job = await run(studyId!, ['json']);
    if (job.result?.kind !== 'export') throw new Error('no export');
    expect(readJson(job.result.folder, job.result.files)).toMatchObject({ series: [{ notAnalysed: null }] });
  });

  it('gives the SR the whole picture of a photo that has a finding', async () => {
    h.engine.answers.detect = () => ({
      ...found(),
      findings: [
        {
          label: 'polyp',
          score: 0.9,
          provenance: 'network',
          place: { space: 'px', boxPx: [2, 2, 5, 5], frame: 0 },
        },
      ],
    });
    h.engine.answers.readSlices = ({ indices }) =>
      indices.map((index) => ({ index, data: Uint8Array.from({ length: 600 }, (_, n) => n % 256).buffer }));
    const [studyId] = await h.importSeries(madePhoto({ modality: 'MR', bodyPart: 'BRAIN' }));
    const job = await run(studyId!, ['sr']);
    expect(job.error).toBeNull();
    if (job.result?.kind !== 'export') throw new Error('no export');
    expect(job.result.files.filter((f) => f.endsWith('.dcm')).length).toBeGreaterThan(1);
  });

  it('needs a folder', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    await expect(
      h.ask('export.start', { studyId: studyId!, formats: ['json'], folder: null }),
    ).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('fails with a clear word where the folder cannot be made, and writes no history of it', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    writeFileSync(join(h.folder, 'file'), '');
    const job = await run(studyId!, ['json'], join(h.folder, 'file', 'out'));
    expect(job).toMatchObject({ state: 'failed', error: { code: 'export.failed' } });
    expect(h.store.listAudit(studyId).map((r) => r.type)).not.toContain('export');
  });
});
