import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../core/app-error';
import { found, madeSeries, servicesHarness, type Harness } from '../../../test-support/services-harness';

let h: Harness;
let studyId: string;
beforeEach(async () => {
  h = servicesHarness({ detect: () => found(0.9, 0.6, 0.3) });
  [studyId = ''] = await h.importSeries(madeSeries());
});
afterEach(() => h.end());

const secret = 'correct horse battery';
const findings = async () => (await h.ask('studies.open', { studyId })).findings;
const decide = async (n: number, verdict: 'accepted' | 'rejected' = 'accepted') =>
  h.ask('review.decide', {
    studyId,
    findingId: (await findings())[n]!.findingId,
    verdict,
    reason: verdict === 'rejected' ? 'artefact' : null,
  });
const sign = (passphrase = '', withFailed = false) => h.ask('sign.sign', { studyId, passphrase, withFailed });
const exported = async (): Promise<Record<string, string>> => {
  const { jobId } = (await h.ask('export.start', { studyId, formats: ['json', 'csv'], folder: h.folder }))!;
  const job = await h.finished(jobId);
  if (job.result?.kind !== 'export') throw new Error(job.error?.message ?? job.state);
  const { folder, files } = job.result;
  return Object.fromEntries(files.map((f) => [f.split('.').pop()!, readFileSync(join(folder, f), 'utf8')]));
};

it('is refused while a finding at or above the operating point is undecided', async () => {
  await decide(0);
  expect(await h.ask('sign.preview', { studyId })).toEqual({
    counts: { accepted: 1, rejected: 0, uncertain: 0, pending: 1 },
    failed: 0,
    refusal: 'One finding is not decided yet.',
  });
  await expect(sign()).rejects.toMatchObject({ code: 'review.conflict' });
  await decide(1, 'rejected');
  expect(await sign()).toMatchObject({ signature: { name: 'Dr Test' }, signatureHolds: true });
  expect((await h.ask('studies.list', undefined))[0]!.state).toBe('signed');
  const { action } = h.store.readingEvents(studyId)[0]!;
  expect(action).toMatchObject({ type: 'signed', counts: { accepted: 1, rejected: 1, uncertain: 0 } });
});

it('afterwards nothing of it changes, also after a restart', async () => {
  await decide(0);
  await decide(1);
  await sign();
  await h.restart('killed');
  const before = await h.ask('studies.open', { studyId });
  expect(before.canUndo).toBe(false);
  const [{ findingId, place }] = before.findings as [(typeof before.findings)[number]];
  const { seriesId } = before.series[0]!;
  for (const refused of [
    decide(2),
    h.ask('review.comment', { studyId, findingId, comment: 'x' }),
    h.ask('review.edit', { studyId, findingId, place }),
    h.ask('review.add', { studyId, seriesId, label: 'x', place }),
    h.ask('review.undo', { studyId }),
    h.ask('detection.start', { studyId, modelId: null }),
    sign(),
  ])
    await expect(refused).rejects.toMatchObject({ code: 'review.signed' });
  expect(await h.ask('studies.open', { studyId })).toEqual(before);
});

it('a detection that was under way neither replaces nor adds anything', async () => {
  await decide(0);
  await decide(1);
  let end: (value: ReturnType<typeof found>) => void = () => undefined;
  h.engine.answers.detect = () => new Promise((resolve) => (end = resolve));
  const { jobId } = await h.ask('detection.start', { studyId, modelId: null });
  await expect(sign()).rejects.toMatchObject({ code: 'review.conflict' });
  end(found(0.95));
  await h.finished(jobId);
  expect((await findings()).length).toBeGreaterThan(2);
});

it('names a failed detection before it is signed over', async () => {
  h.engine.answers.detect = () => Promise.reject(new AppError('engine.crashed', 'x', 'y'));
  await h.finished((await h.ask('detection.start', { studyId, modelId: null })).jobId);
  await decide(0);
  await decide(1);
  await expect(sign()).rejects.toMatchObject({ details: { field: 'withFailed' } });
  expect(await sign('', true)).toMatchObject({ signatureHolds: true });
  expect((await exported())['json']).toContain('The detection failed on this series');
});

it('stands in every report with its addenda; an unsigned one says so', async () => {
  await decide(0);
  await decide(1);
  expect(JSON.parse((await exported())['json']!)).toMatchObject({ status: 'preliminary', signature: null });
  await expect(h.ask('sign.addendum', { studyId, passphrase: '', text: 'too early' })).rejects.toMatchObject({
    code: 'review.conflict',
  });
  const { signature } = await sign();
  await h.ask('sign.addendum', { studyId, passphrase: '', text: '=Compared with 2025: unchanged' });
  const { json, csv } = await exported();
  expect(JSON.parse(json!)).toMatchObject({
    status: 'final',
    signature,
    addenda: [{ name: 'Dr Test', text: '=Compared with 2025: unchanged' }],
  });
  expect(csv).toContain(signature!.sha256);
  expect(csv).toContain('Addendum by Dr Test');
});

it('does not hold for what came later', async () => {
  await decide(0);
  await decide(1);
  await sign();
  await h.importSeries(
    madeSeries({ seriesInstanceUid: '2.25.1.2', files: ['/data/other.nrrd'], seriesDescription: 'T2' }),
  );
  const { reading, study } = await h.ask('studies.open', { studyId });
  expect([study.seriesCount, reading.signatureHolds]).toEqual([2, false]);
  expect(JSON.parse((await exported())['json']!)).toMatchObject({ status: 'preliminary', signature: null });
});

it('asks users for their passphrase again, and is theirs', async () => {
  await h.ask('users.create', { name: 'Dr Admin', role: 'admin', passphrase: secret });
  await decide(0);
  await decide(1);
  await expect(sign('')).rejects.toMatchObject({ code: 'session.refused' });
  expect(await sign(secret)).toMatchObject({ signature: { name: 'Dr Admin' } });
  await expect(h.ask('sign.addendum', { studyId, passphrase: 'no', text: 'x' })).rejects.toMatchObject({
    code: 'session.refused',
  });
  expect(h.store.readingEvents(studyId)[0]).toMatchObject({
    reviewer: 'Dr Admin',
    userId: expect.any(String),
  });
});
