import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hasTools, runTool } from '../../../test-support/external-tools';
import { readPart10 } from '../../../test-support/read-part10';
import { child, groups, numberOf, value } from '../../../test-support/read-sr';
import { madeSeries } from '../../../test-support/services-harness';
import { secret, twoReaders, type TwoReaders } from '../../../test-support/two-readers';

let two: TwoReaders;
let priorStudyId: string;
let priorFindingId: string;

const outlined = (longAxis: number, volume: number) => ({
  mask: { region: [1, 1, 1, 3, 3, 3] as [number, number, number, number, number, number], runs: [0, 8] },
  measurement: {
    of: 'outline' as const,
    unit: 'mm' as const,
    longAxis,
    shortAxis: 2,
    longest3d: 3,
    volume,
    area: null,
    meanValue: 40,
    sdValue: 2,
    valueUnit: 'grey' as const,
    axes: null,
  },
});

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
  h.engine.answers.outline = () => outlined(2, 4);
  await h.ask('review.outline', { studyId: priorStudyId, findingId: priorFindingId, mask: null });
  // Twice the volume a year later.
  h.engine.answers.outline = () => outlined(2.5, 8);
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
  const formats = ['json', 'csv', 'sr', 'pdf'] as const;
  const { jobId } = (await h.ask('export.start', { studyId, formats: [...formats], folder: h.folder }))!;
  const { result } = await h.finished(jobId);
  if (result?.kind !== 'export') throw new Error('no export');
  const bytesOf = (end: string): Uint8Array =>
    readFileSync(
      join(
        h.folder,
        result.files.find((name) => name.endsWith(end))!,
      ),
    );
  const { findings } = JSON.parse(Buffer.from(bytesOf('.json')).toString()) as {
    findings: { number: number; outline: { longAxis: number } | null; history: { change: unknown } | null }[];
  };
  expect(findings.find((f) => f.number === 2)).toMatchObject({
    outline: { longAxis: 2.5, volumeMm3: 8 },
    history: {
      dates: [{ studyDate: '20250101', findingNumber: 5 }],
      change: { days: 365, doublingTimeDays: 365 },
    },
  });
  const csv = Buffer.from(bytesOf('.csv')).toString();
  // Date, study, number and distance of the earlier lesion stand beside each other.
  expect(csv).toContain('prior_study_date,prior_study_instance_uid,prior_finding_number,prior_distance_mm');
  expect(csv).toContain(',20250101,2.25.9,5,,');
  const report = readPart10(bytesOf('-sr.dcm')).dict;
  const group = groups(report).find(
    (g) => value(child(g, 'Tracking Identifier'), 'TextValue') === 'Finding 2',
  )!;
  expect(value(child(group, 'Date of earlier study of the same lesion'), 'TextValue')).toBe('2025-01-01');
  expect(value(child(group, 'Earlier study of the same lesion'), 'UID')).toBe('2.25.9');
  expect(numberOf(child(group, 'Time since earlier study'))).toEqual([365, 'd']);
  expect(numberOf(child(group, 'Volume doubling time'))).toEqual([365, 'd']);
  expect(value(child(group, 'Person Observer Name'), 'PersonName')).toBe('C');
  if (hasTools('pdftotext')) {
    const text = runTool('pdftotext', ['-layout', '{}', '-'], bytesOf('.pdf')).output.replace(/\s+/g, ' ');
    expect(text).toContain('2025-01-01, finding 5: long axis 2.0 mm');
    expect(text).toContain('In 365 days: long axis +0.5 mm (+25 %)');
    expect(text).toContain('volume doubling time 365 days');
  }
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
