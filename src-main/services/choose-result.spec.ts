import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  brainModel,
  codeOf as refused,
  found,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../test-support/services-harness';

let h: Harness;
let studyId: string;
beforeEach(async () => {
  h = servicesHarness({ detect: () => found(0.9, 0.8, 0.7) });
  [studyId = ''] = await h.importSeries(madeSeries());
});
afterEach(() => h.end());

const open = () => h.ask('studies.open', { studyId });
/** "1 0.9 accepted", by number. */
const listed = async () => (await open()).findings.map((f) => `${f.number} ${f.score} ${f.decision.verdict}`);
const idOf = async (number: number) => (await open()).findings.find((f) => f.number === number)!.findingId;
const accept = async (number: number) =>
  h.ask('review.decide', { studyId, findingId: await idOf(number), verdict: 'accepted', reason: null });
async function detect(...scores: number[]): Promise<void> {
  h.engine.answers.listModels = () => [{ ...brainModel, version: '1.1.0' }];
  h.engine.answers.detect = () => ({ ...found(...scores), modelVersion: '1.1.0' });
  const { jobId } = await h.ask('detection.start', { studyId, modelId: null });
  await h.finished(jobId);
}
/** @param n of its series, the oldest first */
async function choose(n: number): Promise<void> {
  const { seriesId, resultSetId } = (await open()).resultSets[n]!;
  await h.ask('results.choose', { studyId, seriesId, resultSetId });
}

it('reads an older result; what was decided in the other stays, and both ways', async () => {
  await detect(0.6, 0.55);
  expect(await listed()).toEqual(['1 0.6 pending', '2 0.55 pending']);
  await accept(2);
  const line = async () => (await h.ask('studies.list', undefined)).find((s) => s.studyId === studyId)!;
  expect(await line()).toMatchObject({ findingCount: 2, pendingCount: 1, topScore: 0.6 });
  await choose(0);
  expect(await line()).toMatchObject({ findingCount: 4, pendingCount: 3, topScore: 0.9 });
  // 2 is somebody's word by now: the one that had it before has a new number.
  expect(await listed()).toEqual(['1 0.9 pending', '2 0.55 accepted', '3 0.7 pending', '4 0.8 pending']);
  const { read, resultSets } = await open();
  expect(read).toMatchObject([{ resultSetId: resultSets[0]!.resultSetId, chosen: { name: 'Dr Test' } }]);
  await accept(1);
  await accept(4);
  await h.restart('killed');
  await choose(1);
  expect(await listed()).toEqual(['1 0.9 accepted', '2 0.55 accepted', '4 0.8 accepted', '5 0.6 pending']);
  expect((await open()).read).toEqual([
    { seriesId: resultSets[1]!.seriesId, resultSetId: resultSets[1]!.resultSetId, chosen: null },
  ]);
  expect(h.store.verifyAudit().problems).toEqual([]);
});

it('is in the chain, by whom, with what went and what stayed; chosen twice is chosen once', async () => {
  await detect(0.6, 0.55);
  await accept(2);
  await choose(0);
  await choose(0);
  const { resultSets } = await open();
  const records = h.store.listAudit(studyId).filter((record) => record.type === 'reading.result-chosen');
  expect(records.map((record) => record.payload)).toEqual([
    {
      reviewer: 'Dr Test',
      action: {
        type: 'result-chosen',
        seriesId: resultSets[0]!.seriesId,
        resultSetId: resultSets[0]!.resultSetId,
        newest: resultSets[1]!.resultSetId,
        replaced: 1,
        kept: 1,
        renumbered: [{ findingId: expect.any(String), number: 4 }],
      },
    },
  ]);
});

it('ends with a new detection, which is what is read then', async () => {
  await detect(0.6);
  await choose(0);
  await detect(0.5);
  const { read, resultSets } = await open();
  expect(read).toMatchObject([{ resultSetId: resultSets[2]!.resultSetId, chosen: null }]);
  expect(await listed()).toEqual(['1 0.5 pending']);
  await choose(1);
  expect(await listed()).toEqual(['1 0.6 pending']);
});

it('a decision that was taken back is redone only while its finding is there', async () => {
  await detect(0.6);
  await accept(1);
  await h.ask('review.undo', { studyId });
  expect((await open()).canRedo).toBe(true);
  await choose(0);
  expect((await open()).canRedo).toBe(false);
  expect(await h.ask('review.redo', { studyId })).toBeNull();
  await choose(1);
  await h.ask('review.redo', { studyId });
  expect(await listed()).toEqual(['1 0.6 accepted']);
});

it('what a merge took comes back by undo, whichever result is read by then, under its own number', async () => {
  await detect(0.6, 0.55);
  await h.ask('review.merge', { studyId, findingIds: [await idOf(1), await idOf(2)] });
  await choose(0);
  expect(await listed()).toEqual(['3 null added', '4 0.9 pending', '5 0.8 pending', '6 0.7 pending']);
  await h.ask('review.undo', { studyId });
  expect(await listed()).toEqual([
    '1 0.6 pending',
    '2 0.55 pending',
    '4 0.9 pending',
    '5 0.8 pending',
    '6 0.7 pending',
  ]);
});

describe('is refused', () => {
  const chosen = async (n = 0) => refused(choose(n));

  it('once the report is signed', async () => {
    await detect(0.3);
    await h.ask('sign.sign', { studyId, passphrase: '', withFailed: false });
    expect(await chosen()).toBe('review.signed');
    expect(await listed()).toEqual(['1 0.3 pending']);
  });

  it.each(['failed', 'not-analysable', 'queued'] as const)(
    'while the last detection is %s',
    async (state) => {
      await detect(0.6);
      h.store.setDetection((await open()).series[0]!.seriesId, state, null);
      expect(await chosen()).toBe('review.conflict');
    },
  );

  it('without a name, and of another series', async () => {
    await detect(0.6);
    const { seriesId } = (await open()).series[0]!;
    expect(await refused(h.ask('results.choose', { studyId, seriesId, resultSetId: 'none' }))).toBe(
      'not-found',
    );
    await h.ask('settings.set', { reviewer: '' });
    expect(await chosen()).toBe('request.invalid');
  });

  it('before the unaided read is done, and nothing of the results is told', async () => {
    await detect(0.6);
    const { seriesId, resultSetId } = (await open()).resultSets[0]!;
    await h.ask('settings.set', { readingModes: { MR: 'second-reader' } });
    await h.ask('reading.begin', { studyId });
    const pick = () => refused(h.ask('results.choose', { studyId, seriesId, resultSetId }));
    expect(await pick()).toBe('review.locked-away');
    expect(await open()).toMatchObject({ read: [], resultSets: [], findings: [] });
    await h.ask('reading.reveal', { studyId });
    expect(await pick()).toBe('done');
    expect(await listed()).toEqual(['1 0.9 pending', '2 0.8 pending', '3 0.7 pending']);
  });
});

it('is said by the report and in what is signed', async () => {
  await detect(0.6);
  await accept(1);
  const hashOf = async (): Promise<string> => {
    await h.ask('sign.sign', { studyId, passphrase: '', withFailed: false });
    return (await open()).reading.signature!.sha256;
  };
  await choose(0);
  for (const number of [2, 3, 4]) await accept(number);
  const { jobId } = (await h.ask('export.start', { studyId, formats: ['json', 'csv'], folder: h.folder }))!;
  const { result } = await h.finished(jobId);
  if (result?.kind !== 'export') throw new Error('no export');
  const text = (ending: string) =>
    readFileSync(
      join(
        h.folder,
        result.files.find((file) => file.endsWith(ending))!,
      ),
      'utf8',
    );
  const report = JSON.parse(text('.json')) as {
    models: { version: string; read: boolean; chosen: { name: string } | null }[];
    findings: { number: number; model: number; ofResultRead: boolean }[];
  };
  expect(report.models.map((m) => [m.version, m.read, m.chosen?.name ?? null])).toEqual([
    ['1.0.0', true, 'Dr Test'],
    ['1.1.0', false, null],
  ]);
  expect(report.findings.map((f) => [f.number, f.model, f.ofResultRead])).toEqual([
    [1, 1, false],
    [2, 0, true],
    [3, 0, true],
    [4, 0, true],
  ]);
  expect(text('.csv')).toMatch(
    /Result read in T1: Brain tumour 1\.0\.0 of .* chosen by Dr Test at .* in place of the newest, Brain tumour 1\.1\.0 of /,
  );
  const older = await hashOf();
  // The same findings with the same decisions, and another result read: another content.
  const detail = await open();
  const { contentHash } = await import('./people/signature');
  const { readStudy } = await import('./studies');
  const snapshot = readStudy(h.store, studyId);
  expect(contentHash(snapshot)).toBe(older);
  expect(contentHash({ ...snapshot, read: snapshot.read.map((r) => ({ ...r, chosen: null })) })).not.toBe(
    older,
  );
  expect(detail.reading.signatureHolds).toBe(true);
});

it('no decision is lost, and no number given twice, whatever is detected, decided, taken back and chosen', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('detect' as const), count: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ do: fc.constant('choose' as const), n: fc.nat(5) }),
    fc.record({ do: fc.constantFrom('accept' as const, 'merge' as const), n: fc.nat(9) }),
    fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const, 'add' as const) }),
  );
  let studies = 0;
  let chosen = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const [own = ''] = await h.importSeries(
        madeSeries({ studyInstanceUid: `2.25.${++studies}9`, seriesInstanceUid: `2.25.${studies}9.1` }),
      );
      studyId = own;
      const decided = (all: Awaited<ReturnType<typeof open>>['findings']) =>
        all.filter((f) => f.decision.verdict !== 'pending').map((f) => [f.findingId, f.number, f.decision]);
      for (const s of steps) {
        const { findings, resultSets, series } = await open();
        const { seriesId } = series[0]!;
        if (s.do === 'detect') await detect(...Array.from({ length: s.count }, (_, k) => 0.9 - k / 10));
        else if (s.do === 'choose') {
          await choose(s.n % resultSets.length);
          chosen++;
        } else if (s.do === 'undo' || s.do === 'redo') await h.ask(`review.${s.do}`, { studyId });
        else if (s.do === 'add')
          await h.ask('review.add', {
            studyId,
            seriesId,
            label: 'tumour',
            place: { space: 'lps', boxLps: [1, 1, 1, 3, 3, 3] },
          });
        else if (s.do === 'accept' && findings.length > 0)
          await accept(findings[s.n % findings.length]!.number);
        else if (s.do === 'merge' && findings.length > 1)
          await h.ask('review.merge', { studyId, findingIds: findings.slice(0, 2).map((f) => f.findingId) });
        const after = await open();
        if (s.do === 'choose' || s.do === 'detect') {
          expect(decided(after.findings)).toEqual(decided(findings));
          const [read] = after.read;
          const wanted = s.do === 'choose' ? resultSets[s.n % resultSets.length]! : after.resultSets.at(-1)!;
          expect(read!.resultSetId).toBe(wanted.resultSetId);
        }
        const numbers = after.findings.map((f) => f.number);
        expect(new Set(numbers).size).toBe(numbers.length);
      }
    }),
    { numRuns: 25, seed: 3 },
  );
  expect(chosen).toBeGreaterThan(20);
});
