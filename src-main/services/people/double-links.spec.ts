import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { madeSeries } from '../../../test-support/services-harness';
import { secret, twoReaders, type TwoReaders } from '../../../test-support/two-readers';

let two: TwoReaders;
let priorStudyId: string;
let priorFindingId: string;

beforeEach(async () => {
  two = await twoReaders();
  const { h } = two;
  await two.as('D');
  const earlier = madeSeries({
    studyInstanceUid: '2.25.9',
    seriesInstanceUid: '2.25.9.1',
    studyDate: '20250101',
  });
  [priorStudyId = ''] = await h.importSeries(earlier);
  const { series } = await h.ask('studies.open', { studyId: priorStudyId });
  const lesion = await h.ask('review.add', {
    studyId: priorStudyId,
    seriesId: series[0]!.seriesId,
    label: 'tumour',
    place: { space: 'lps', boxLps: [5, 4, 1, 6, 5, 2] },
  });
  priorFindingId = lesion.findingId;
  h.engine.answers.outline = () => ({
    mask: { region: [1, 1, 1, 3, 3, 3], runs: [0, 8] },
    measurement: {
      of: 'outline',
      unit: 'mm',
      longAxis: 2.5,
      shortAxis: 2,
      longest3d: 3,
      volume: 8,
      area: null,
      meanValue: 40,
      sdValue: 2,
      valueUnit: 'grey',
      axes: null,
    },
  });
});
afterEach(() => two.h.end());

const link = (findingId: string) =>
  two.h.ask('review.link', { studyId: two.studyId, findingId, priorStudyId, priorFindingId });

/** A rejects 2 and adds a lesion; B outlines, describes and links 2, and links the lesion that both add. */
async function bothReadAndLink(): Promise<{ two: string; both: string }> {
  const { h, studyId } = two;
  await two.as('Root');
  await two.assign('A', 'B');
  await two.as('A');
  await two.decide(1, 'accepted');
  await two.decide(2, 'rejected');
  await two.decide(3, 'accepted');
  const { findingId: both } = await two.add(0);
  await two.finish();
  await two.as('B');
  await two.decide(1, 'accepted');
  await two.decide(3, 'accepted');
  const findingId = await two.decide(2, 'accepted');
  await h.ask('review.outline', { studyId, findingId, mask: null });
  await h.ask('review.describe', { studyId, findingId, change: { confidence: 'high' } });
  await h.ask('review.comment', { studyId, findingId, comment: 'seen before' });
  await link(findingId);
  await link((await two.add(0.5)).findingId);
  await two.finish();
  return { two: findingId, both };
}

it('what is taken over from a reader has their link, outline, measures and words; undone, redone, over a restart', async () => {
  const ids = await bothReadAndLink();
  const { h, studyId } = two;
  const at = async (id: string) => (await two.open()).findings.find((f) => f.findingId === id)!;
  const own = (await h.ask('double.agreement', { studyId }))!.items.find(
    (i) => i.findingId === ids.two,
  )!.second!;
  expect(own.link).toMatchObject({ history: [{ studyDate: '20250101', findingId: priorFindingId }] });
  // Both reported it, and one of them knew it from before.
  expect((await at(ids.both)).link).toMatchObject({ history: [{ findingId: priorFindingId }] });

  await two.as('C');
  await two.adjudicate();
  const bare = await at(ids.two);
  expect(bare.decision.verdict).toBe('pending');
  for (const part of ['link', 'outline', 'measurement', 'description'] as const)
    expect(bare[part], part).toBeUndefined();

  const resolve = (take: 'first' | 'second') =>
    h.ask('double.resolve', { studyId, findingId: ids.two, take });
  const whole = {
    ...own,
    decision: { ...own.decision, reviewer: 'C', decidedAt: expect.any(String) as string },
  };
  expect(await resolve('second')).toEqual(whole);
  await h.ask('review.undo', { studyId });
  expect(await at(ids.two)).toEqual(bare);
  await h.restart('killed');
  await two.as('C');
  await h.ask('review.redo', { studyId });
  expect(await at(ids.two)).toEqual(whole);
  // The other one holds after all: neither the link nor the outline was theirs.
  const rejected = await resolve('first');
  expect(rejected.decision.verdict).toBe('rejected');
  expect([rejected.link, rejected.outline, rejected.description]).toEqual([undefined, undefined, undefined]);
  await h.ask('review.undo', { studyId });
  await h.restart('killed');
  await two.as('C');
  expect(await at(ids.two)).toEqual(whole);

  await h.ask('sign.sign', { studyId, passphrase: secret, withFailed: false });
  const { jobId } = (await h.ask('export.start', { studyId, formats: ['json'], folder: h.folder }))!;
  const { result } = await h.finished(jobId);
  if (result?.kind !== 'export') throw new Error('no export');
  const { findings } = JSON.parse(readFileSync(join(h.folder, result.files[0]!), 'utf8')) as {
    findings: { number: number; outline: { longAxis: number } | null; history: { change: unknown } | null }[];
  };
  expect(findings.find((f) => f.number === 2)).toMatchObject({
    outline: { longAxis: 2.5, volumeMm3: 8 },
    history: { dates: [{ studyDate: '20250101', findingNumber: 5 }], change: { days: 365 } },
  });
  expect(h.store.verifyAudit().problems).toEqual([]);
});

it('a refused proposal of a link comes with the opinion, too', async () => {
  const { h, studyId } = two;
  await two.as('Root');
  await two.assign('A', 'B');
  await two.as('A');
  for (const n of [1, 3]) await two.decide(n, 'accepted');
  const findingId = await two.decide(2, 'accepted');
  await h.ask('review.refuseLink', { studyId, findingId, priorFindingId });
  await two.finish();
  await two.as('B');
  for (const n of [1, 3]) await two.decide(n, 'accepted');
  await two.decide(2, 'rejected');
  await two.finish();
  await two.as('C');
  await two.adjudicate();
  await link(findingId);
  const taken = await h.ask('double.resolve', { studyId, findingId, take: 'first' });
  expect([taken.refusedLinks, taken.link]).toEqual([[priorFindingId], undefined]);
  await h.ask('review.undo', { studyId });
  expect((await two.open()).findings.find((f) => f.findingId === findingId)!.link).toBeDefined();
});
