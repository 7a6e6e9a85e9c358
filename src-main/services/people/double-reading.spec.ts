import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf as code, type Harness } from '../../../test-support/services-harness';
import { secret, twoReaders, type TwoReaders } from '../../../test-support/two-readers';

let two: TwoReaders;
let h: Harness;
let studyId: string;

beforeEach(async () => {
  two = await twoReaders();
  ({ h, studyId } = two);
});
afterEach(() => h.end());

const as = (name: string) => two.as(name);
const open = () => two.open();
const line = async () => (await h.ask('studies.list', undefined))[0]!;
const assign = (...names: [string, string]) => two.assign(...names);
const decide: TwoReaders['decide'] = (number, verdict) => two.decide(number, verdict);
const add = (x: number) => two.add(x);
const finish = () => two.finish();
const verdicts = async () =>
  Object.fromEntries((await open()).findings.map((f) => [f.number, f.decision.verdict]));
const bothRead = () => two.bothRead();

describe('blind', () => {
  it('nothing that one reader says reaches the other, or anybody else, until both are done', async () => {
    await as('A');
    await assign('A', 'B');
    const { seriesId } = (await open()).series[0]!;
    const first = await decide(1, 'rejected');
    await h.ask('review.comment', { studyId, findingId: first, comment: 'secret of A' });
    await decide(2, 'accepted');
    await decide(3, 'accepted');
    const own = await add(4);
    const measurement = {
      measurementId: 'secret-length',
      kind: 'length' as const,
      place: { space: 'lps' as const, axis: 2 as const },
      points: [
        [1, 1, 1],
        [3, 1, 1],
      ] as [number, number, number][],
    };
    await h.ask('measurements.put', { studyId, seriesId, measurement });
    await h.ask('place.set', { studyId, findingId: own.findingId });
    await finish();
    const mine = (await open()).findings;
    expect(mine.filter((f) => f.decision.verdict !== 'pending')).toHaveLength(4);

    for (const name of ['B', 'D', 'C', 'Root']) {
      await as(name);
      h.told.length = 0;
      const { findingId } = mine[0]!;
      const answers = [
        await open(),
        await h.ask('studies.list', undefined),
        await h.ask('studies.listText', undefined),
        await h.ask('studies.firstText', { count: 60 }),
        await h.ask('studies.summaries', { studyIds: [studyId] }),
        await h.ask('measurements.list', { studyId }),
        await h.ask('findings.thumbnails', { studyId, findingIds: [own.findingId, findingId], size: 16 }),
        await h.ask('double.agreement', { studyId }),
        await h.ask('place.get', undefined),
        await h.ask('jobs.list', undefined),
        await h.ask('cases.summary', { modelId: 'brain' }).catch((error: unknown) => error),
        // Near A's own box: whether it is "fresh" would tell that A has one there.
        name === 'B'
          ? await h.ask('review.suggest', {
              studyId,
              seriesId,
              point: { space: 'lps', point: [5, 5, 2] } as never,
            })
          : null,
        h.told,
      ];
      const text = JSON.stringify(answers);
      expect(text).not.toContain('secret');
      expect(text).not.toContain(own.findingId);
      expect(text).not.toContain('"rejected","reason"');
      expect(
        (answers[0] as Awaited<ReturnType<typeof open>>).findings.map((f) => f.decision.verdict),
      ).toEqual(Array(4).fill('pending'));
      expect((await open()).canUndo).toBe(false);
      expect(await line()).toMatchObject({ findingCount: 3, reading: { added: 0 } });
      expect(await code(h.ask('export.start', { studyId, formats: ['json'], folder: h.folder }))).toBe(
        'review.blind',
      );
      expect(await code(h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false }))).toBe(
        'review.conflict',
      );
      expect(await h.ask('review.undo', { studyId }).catch(() => null)).toBeNull();
      expect(await code(h.ask('measurements.remove', { studyId, measurementIds: ['secret-length'] }))).toBe(
        'not-found',
      );
    }
    await as('B');
    // The number of B's own does not tell how many A added.
    expect((await add(4)).number).toBe(own.number);
    await as('A');
    expect((await open()).findings).toEqual(mine);
    expect(await h.ask('measurements.list', { studyId })).toHaveLength(1);
  });

  it('others cannot meddle, and the worklist says how far it is', async () => {
    expect((await line()).state).toBe('to-review');
    await as('Root');
    await assign('A', 'B');
    expect(await line()).toMatchObject({ state: 'awaiting-readers', reading: { double: { finished: 0 } } });
    for (const name of ['Root', 'C', 'D']) {
      await as(name);
      expect(await code(decide(1, 'accepted'))).toBe('session.forbidden');
      expect(await code(finish())).toBe('session.forbidden');
    }
    await as('A');
    expect((await line()).state).toBe('to-review');
    expect(await code(finish())).toBe('review.conflict');
    for (const n of [1, 2, 3]) await decide(n, 'accepted');
    expect((await line()).state).toBe('reviewed');
    await finish();
    expect((await line()).state).toBe('awaiting-second-reader');
    expect(await code(decide(1, 'rejected'))).toBe('review.conflict');
    await h.ask('double.reopen', { studyId });
    await decide(1, 'rejected');
    await finish();
    expect(await code(h.ask('detection.start', { studyId, modelId: null }))).toBe('review.blind');
    await as('D');
    expect((await line()).state).toBe('awaiting-second-reader');
    await as('B');
    expect((await line()).state).toBe('to-review');
    const { seriesId, resultSetId } = (await open()).resultSets[0]!;
    expect(await code(h.ask('results.choose', { studyId, seriesId, resultSetId }))).toBe('review.blind');
  });

  it('is assigned by an admin or one of the two, before anything was said; never to an admin', async () => {
    await as('D');
    expect(await code(assign('A', 'B'))).toBe('session.forbidden');
    await as('A');
    expect(await code(assign('A', 'A'))).toBe('request.invalid');
    expect(await code(assign('A', 'Root'))).toBe('request.invalid');
    const findingId = await decide(1, 'accepted');
    expect(await code(assign('A', 'B'))).toBe('review.conflict');
    await h.ask('review.undo', { studyId });
    expect(findingId).not.toBe('');
    await assign('A', 'B');
    expect(await code(assign('A', 'D'))).toBe('session.forbidden');
    await decide(1, 'accepted');
    await as('Root');
    await assign('A', 'D');
    await as('B');
    expect(await code(decide(1, 'accepted'))).toBe('session.forbidden');
    await as('A');
    expect((await verdicts())[1]).toBe('accepted');
  });
});

describe('both are done', () => {
  it('agreement is shown to all, and nothing is changed before somebody adjudicates', async () => {
    await bothRead();
    const agreement = (await h.ask('double.agreement', { studyId }))!;
    expect(agreement).toMatchObject({ both: 2, onlyFirst: 1, onlySecond: 2, candidates: { count: 3 } });
    expect(agreement.items.filter((i) => i.disagreed)).toHaveLength(3);
    expect(await verdicts()).toEqual({
      1: 'accepted',
      2: 'pending',
      3: 'pending',
      4: 'pending',
      5: 'added',
      6: 'pending',
    });
    expect((await line()).state).toBe('to-adjudicate');
    expect(await code(decide(2, 'accepted'))).toBe('review.conflict');
    expect(await code(h.ask('double.reopen', { studyId }))).toBe('session.forbidden');
    await as('A');
    expect(await code(h.ask('double.adjudicate', { studyId, way: 'third', passphrase: '' }))).toBe(
      'session.forbidden',
    );
    await as('D');
    expect(await code(h.ask('double.adjudicate', { studyId, way: 'third', passphrase: '' }))).toBe(
      'session.forbidden',
    );
    expect((await h.ask('double.agreement', { studyId }))!.both).toBe(2);
  });

  it('a third adjudicates, takes it back, over a restart; it is signed, and every export says so', async () => {
    await bothRead();
    await as('C');
    await h.ask('double.adjudicate', { studyId, way: 'third', passphrase: '' });
    const open2 = async () =>
      (await h.ask('double.agreement', { studyId }))!.items.filter((i) => i.disagreed && !i.resolved);
    const items = (await h.ask('double.agreement', { studyId }))!.items.filter((i) => i.disagreed);
    const [second, third, alone] = items;
    const resolve = (item: (typeof items)[number], take: 'first' | 'second') =>
      h.ask('double.resolve', { studyId, findingId: item.findingId, take });
    await resolve(second!, 'second');
    await resolve(third!, 'first');
    expect(await open2()).toHaveLength(1);
    expect(await h.ask('sign.preview', { studyId })).toMatchObject({ counts: { pending: 1 } });
    await h.ask('review.undo', { studyId });
    expect(await open2()).toHaveLength(2);
    await h.restart('killed');
    await as('C');
    expect(await open2()).toHaveLength(2);
    await h.ask('review.redo', { studyId });
    expect(await open2()).toHaveLength(1);
    await h.ask('review.decide', {
      studyId,
      findingId: alone!.findingId,
      verdict: 'rejected',
      reason: 'benign',
    });
    const { items: settled } = (await h.ask('double.agreement', { studyId }))!;
    expect(settled.filter((i) => i.disagreed).map((i) => i.resolved)).toEqual(['second', 'first', 'own']);
    expect(await verdicts()).toMatchObject({
      1: 'accepted',
      2: 'accepted',
      3: 'accepted',
      5: 'added',
      6: 'rejected',
    });
    await as('A');
    expect(
      await code(h.ask('double.resolve', { studyId, findingId: second!.findingId, take: 'first' })),
    ).toBe('session.forbidden');
    expect((await h.ask('sign.preview', { studyId })).refusal).toBe('Others adjudicate this study.');
    await as('C');
    await h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false });
    expect((await line()).state).toBe('signed');
    expect((await open()).reading).toMatchObject({ signatureHolds: true, signature: { name: 'C' } });

    const { jobId } = (await h.ask('export.start', {
      studyId,
      formats: ['json', 'csv'],
      folder: h.folder,
    }))!;
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
    const json = JSON.parse(read('.json')) as { reading: { double: unknown }; counts: unknown };
    expect(json.reading.double).toMatchObject({
      readers: ['A', 'B'],
      adjudication: { way: 'third', by: ['C'] },
      both: 2,
      candidates: { count: 3 },
    });
    expect(json.counts).toMatchObject({ reviewed: 4, rejected: 1, pending: 0 });
    expect(read('.csv')).toContain('adjudicated by C');
    expect(h.store.listAudit(studyId).map((r) => r.type)).toEqual(
      expect.arrayContaining(['reading.double-assigned', 'reading.double-finished', 'reading.adjudicating', 'review.resolved', 'reading.signed']), // prettier-ignore
    );
    expect(h.store.verifyAudit().problems).toEqual([]);
  });

  it('both agree on all: one of them signs without an adjudication', async () => {
    await as('Root');
    await assign('A', 'B');
    for (const name of ['A', 'B']) {
      await as(name);
      for (const n of [1, 2, 3]) await decide(n, 'accepted');
      await finish();
    }
    expect((await line()).state).toBe('reviewed');
    await as('D');
    expect(await code(h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false }))).toBe(
      'review.conflict',
    );
    await as('B');
    await h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false });
    expect((await open()).findings.filter((f) => f.decision.reviewer === 'A and B')).toHaveLength(3);
  });

  it('a consensus needs the other reader’s passphrase, and is recorded as one', async () => {
    await bothRead();
    await as('A');
    const consensus = (passphrase: string) =>
      h.ask('double.adjudicate', { studyId, way: 'consensus', passphrase });
    expect(await code(consensus('wrong'))).toBe('session.refused');
    await consensus(secret);
    expect((await open()).reading.double?.adjudication).toMatchObject({ way: 'consensus', by: ['A', 'B'] });
    const findingId = (await open()).findings.find((f) => f.number === 2)!.findingId;
    await as('B');
    await h.ask('double.resolve', { studyId, findingId, take: 'first' });
    await as('C');
    expect(await code(decide(3, 'accepted'))).toBe('session.forbidden');
  });
});

it('second reader: each also reads unaided, and the adjudicator is shown all', async () => {
  await as('Root');
  await h.ask('settings.set', { readingModes: { MR: 'second-reader' } });
  await assign('A', 'B');
  for (const name of ['A', 'B']) {
    await as(name);
    await h.ask('reading.begin', { studyId });
    expect((await open()).findings).toEqual([]);
    await add(name === 'A' ? 0 : 5);
    expect(await code(finish())).toBe('review.conflict');
    await h.ask('reading.reveal', { studyId });
    for (const n of [1, 2, 3]) await decide(n, 'accepted');
    await finish();
  }
  await as('C');
  const { findings, reading } = await open();
  expect(reading.lockedAway).toBe(false);
  expect(findings.filter((f) => f.phase === 'unaided')).toHaveLength(2);
});
