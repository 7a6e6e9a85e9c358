import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf as refused,
  found,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../../test-support/services-harness';

let h: Harness;
let studyId: string;
beforeEach(async () => {
  h = servicesHarness({ detect: () => found(0.9, 0.6, 0.3) });
  await h.ask('settings.set', { readingModes: { MR: 'second-reader' } });
  [studyId = ''] = await h.importSeries(madeSeries());
});
afterEach(() => h.end());

const open = () => h.ask('studies.open', { studyId });
const line = async () => (await h.ask('studies.list', undefined)).find((s) => s.studyId === studyId)!;
const add = async (x: number) =>
  h.ask('review.add', {
    studyId,
    seriesId: (await open()).series[0]!.seriesId,
    label: 'tumour',
    place: { space: 'lps', boxLps: [x, 1, 1, x + 2, 3, 3] },
  });

it('nothing of what the network found leaves main before the unaided read is done', async () => {
  const hidden = h.store.listFindings(studyId).map((f) => f.findingId);
  expect(hidden).toHaveLength(3);
  await h.ask('reading.begin', { studyId });
  const detail = await open();
  expect(detail).toMatchObject({ findings: [], resultSets: [], reading: { lockedAway: true } });
  const own = await add(2);
  const thumbnails = await h.ask('findings.thumbnails', {
    studyId,
    findingIds: [...hidden, own.findingId],
    size: 16,
  });
  expect(thumbnails.map((t) => t.findingId)).toEqual([own.findingId]);
  const point = { space: 'lps' as const, pointLps: [1, 1, 1] as [number, number, number] };
  const { seriesId } = detail.series[0]!;
  expect(
    await refused(
      h.ask('series.explain', { studyId, seriesId, modelId: null, point: point as never, whole: false }),
    ),
  ).not.toBe('done');
  expect(
    await refused(
      h.ask('review.decide', { studyId, findingId: hidden[0]!, verdict: 'accepted', reason: null }),
    ),
  ).toBe('not-found');
  expect(await refused(h.ask('export.start', { studyId, formats: ['json'], folder: h.folder }))).toBe(
    'review.locked-away',
  );
  expect(await refused(h.ask('sign.sign', { studyId, passphrase: '', withFailed: false }))).toBe(
    'review.conflict',
  );
  expect(await line()).toMatchObject({
    state: 'in-review',
    findingCount: 1,
    pendingCount: 0,
    topScore: null,
    topOpenScore: null,
  });
  // The last word on it: neither an answer nor an event so far held one of the findings or how many there are.
  const told = JSON.stringify([h.told, await h.ask('jobs.list', undefined), await open(), await line()]);
  for (const findingId of hidden) expect(told).not.toContain(findingId);
  expect(told).not.toContain('findingCount":2');
  expect(own.number).toBeGreaterThan(1000);
});

it('own findings before and after are told apart in events, answers and reports', async () => {
  await h.ask('reading.begin', { studyId });
  const before = await add(2);
  const changed = await add(3);
  await h.ask('reading.reveal', { studyId });
  const after = await add(4);
  await h.ask('review.edit', {
    studyId,
    findingId: changed.findingId,
    place: { space: 'lps', boxLps: [3, 1, 1, 6, 3, 3] },
  });
  const { findings, reading } = await open();
  expect(reading).toMatchObject({ mode: 'second-reader', lockedAway: false, revealedAt: expect.any(String) });
  const phase = (findingId: string) => findings.find((f) => f.findingId === findingId)!.phase;
  expect([before, changed, after].map((f) => phase(f.findingId))).toEqual([
    'unaided',
    'unaided-changed',
    'aided',
  ]);
  expect(findings.filter((f) => f.provenance === 'network').map((f) => f.phase)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const written = h.store
    .listAudit(studyId)
    .filter((record) => record.type.startsWith('review.'))
    .map((record) => (record.payload as { phase: string }).phase);
  expect(written).toEqual(['unaided', 'unaided', 'aided', 'aided']);
  await h.restart('killed');
  expect((await open()).findings).toEqual(findings);

  const { jobId } = (await h.ask('export.start', { studyId, formats: ['json', 'csv'], folder: h.folder }))!;
  const { result } = await h.finished(jobId);
  if (result?.kind !== 'export') throw new Error('no export');
  const read = (end: string) =>
    readFileSync(
      join(
        h.folder,
        result.files.find((f) => f.endsWith(end))!,
      ),
      'utf8',
    );
  const json = JSON.parse(read('.json')) as {
    reading: unknown;
    findings: { findingId: string; phase: string }[];
  };
  expect(json.reading).toMatchObject({
    mode: 'second-reader',
    revealed: [{ name: 'Dr Test' }],
    loosened: [],
  });
  expect(json.findings.find((f) => f.findingId === after.findingId)!.phase).toBe('aided');
  expect(read('.csv')).toContain('Findings added before they were shown: 2');
});

it('the mode of a study is settled when it is opened; then it only loosens, and never silently', async () => {
  expect((await open()).reading.mode).toBe('second-reader');
  await h.ask('reading.setMode', { studyId, mode: 'on-request' });
  await h.ask('reading.setMode', { studyId, mode: 'second-reader' });
  await h.ask('reading.begin', { studyId });
  await h.ask('settings.set', { readingModes: { MR: 'concurrent' } });
  expect((await open()).reading).toMatchObject({ mode: 'second-reader', lockedAway: true, loosened: [] });
  await h.ask('reading.setMode', { studyId, mode: 'concurrent' });
  expect(await refused(h.ask('reading.setMode', { studyId, mode: 'second-reader' }))).toBe('review.conflict');
  const { findings, reading } = await open();
  expect(findings).toHaveLength(3);
  expect(reading.loosened).toMatchObject([{ from: 'second-reader', to: 'concurrent', name: 'Dr Test' }]);
  expect(h.store.listAudit(studyId).at(-1)).toMatchObject({
    type: 'reading.mode',
    payload: { action: { afterOpening: true } },
  });
});

it('each user reads unaided', async () => {
  const secret = 'correct horse battery';
  await h.ask('users.create', { name: 'A', role: 'admin', passphrase: secret });
  await h.ask('users.create', { name: 'B', role: 'reader', passphrase: secret });
  await h.ask('reading.reveal', { studyId });
  expect((await open()).findings).toHaveLength(3);
  expect((await line()).pendingCount).toBe(2);
  await h.ask('session.login', { name: 'B', passphrase: secret });
  expect((await open()).findings).toHaveLength(0);
  expect((await line()).pendingCount).toBe(0);
});

it('on request: main sends nothing of the network before it was asked, and the asking is in the chain', async () => {
  await h.ask('reading.setMode', { studyId, mode: 'on-request' });
  await h.ask('reading.begin', { studyId });
  const { findings, resultSets, reading } = await open();
  expect([findings, resultSets, reading.lockedAway]).toEqual([[], [], true]);
  expect(await line()).toMatchObject({ findingCount: 0, topScore: null });
  expect((await h.ask('sign.preview', { studyId })).refusal).toBe(
    'The marks of the network were not asked for yet.',
  );
  expect(await refused(h.ask('export.start', { studyId, formats: ['json'], folder: h.folder }))).toBe(
    'review.locked-away',
  );
  await h.ask('reading.reveal', { studyId });
  expect((await open()).findings).toHaveLength(3);
  expect(h.store.listAudit(studyId).at(-1)).toMatchObject({ type: 'reading.revealed' });
});
