import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointInput } from '../contract/endpoints';
import {
  found,
  madePhoto,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../test-support/services-harness';

let h: Harness;
let studyId: string;
let ids: string[];
beforeEach(async () => {
  h = servicesHarness({ detect: () => found(0.9, 0.6, 0.3) });
  [studyId] = (await h.importSeries(madeSeries())) as [string];
  ids = (await open()).findings.map((f) => f.findingId);
});
afterEach(() => h.end());

const open = () => h.ask('studies.open', { studyId });
const decide = (n: number, verdict: 'pending' | 'accepted' | 'uncertain') =>
  h.ask('review.decide', { studyId, findingId: ids[n]!, verdict, reason: null });

describe('review', () => {
  it('answers with the decision that is in the store by then', async () => {
    const answer = await h.ask('review.decide', {
      studyId,
      findingId: ids[0]!,
      verdict: 'rejected',
      reason: 'artefact',
    });
    expect(answer.decision).toMatchObject({ verdict: 'rejected', reason: 'artefact', reviewer: 'Dr Test' });
    expect(answer.decision.decidedAt).toMatch(/^2026-01-01T/);
    // As after kill -9: nothing is flushed on the way out.
    await h.restart('killed');
    expect((await open()).findings[0]).toEqual(answer);
    expect(h.store.verifyAudit().problems).toEqual([]);
  });

  it('moves the study from to-review over in-review to reviewed, and tells the windows', async () => {
    const states = [(await open()).study.state];
    await decide(0, 'accepted');
    states.push((await open()).study.state);
    h.told.length = 0;
    await decide(1, 'uncertain');
    expect(h.told).toEqual([{ name: 'study.changed', payload: { studyId, byReview: true } }]);
    states.push((await h.ask('studies.list', undefined))[0]!.state);
    expect(states).toEqual(['to-review', 'in-review', 'reviewed']);
  });

  it('adds, edits, comments and undoes in order, back to the untouched study', async () => {
    const untouched = await open();
    const place = {
      space: 'lps' as const,
      boxLps: [0, 0, 0, 4, 4, 4] as [number, number, number, number, number, number],
    };
    const seriesId = untouched.series[0]!.seriesId;
    const added = await h.ask('review.add', { studyId, seriesId, label: 'cyst', place });
    expect(added).toMatchObject({
      number: 4,
      score: null,
      provenance: 'reader',
      decision: { verdict: 'added' },
    });
    await h.ask('review.edit', { studyId, findingId: ids[1]!, place });
    await h.ask('review.comment', { studyId, findingId: ids[1]!, comment: 'left' });
    expect((await open()).findings[1]).toMatchObject({
      place,
      decision: { verdict: 'edited', comment: 'left' },
    });
    expect(await h.ask('review.undo', { studyId })).toEqual({ findingId: ids[1] });
    expect(await h.ask('review.undo', { studyId })).toEqual({ findingId: ids[1] });
    expect(await h.ask('review.undo', { studyId })).toEqual({ findingId: added.findingId });
    expect(await open()).toEqual({ ...untouched, canRedo: true });
    expect(await h.ask('review.undo', { studyId })).toBeNull();
    // Nothing was deleted: six events and a sound chain.
    expect(h.store.reviewEvents(studyId)).toHaveLength(6);
    expect((await h.ask('review.add', { studyId, seriesId, label: 'cyst', place })).number).toBe(5);
  });

  it('merges, splits, deletes, undoes and redoes, also after a kill', async () => {
    const untouched = await open();
    const merged = await h.ask('review.merge', { studyId, findingIds: [ids[0]!, ids[1]!] });
    expect(merged).toMatchObject({
      number: 4,
      provenance: 'reader',
      origin: { how: 'merged', numbers: [1, 2] },
    });
    const parts = await h.ask('review.split', { studyId, findingId: merged.findingId });
    expect(parts.map((f) => [f.number, f.origin])).toEqual([
      [5, { how: 'split', numbers: [4] }],
      [6, { how: 'split', numbers: [4] }],
    ]);
    await h.ask('review.remove', { studyId, findingId: parts[1]!.findingId });
    const numbers = async () => (await open()).findings.map((f) => f.number);
    expect(await numbers()).toEqual([3, 5]);
    await expect(h.ask('review.remove', { studyId, findingId: ids[2]! })).rejects.toMatchObject({
      code: 'review.conflict',
    });
    await h.restart('killed');
    expect(await numbers()).toEqual([3, 5]);
    await h.ask('review.undo', { studyId });
    expect(await numbers()).toEqual([3, 5, 6]);
    await h.ask('review.undo', { studyId });
    await h.restart('killed');
    expect(await numbers()).toEqual([3, 4]);
    await h.ask('review.undo', { studyId });
    expect(await open()).toEqual({ ...untouched, canRedo: true });
    for (let n = 0; n < 3; n++) expect(await h.ask('review.redo', { studyId })).not.toBeNull();
    expect(await numbers()).toEqual([3, 5]);
    expect(await h.ask('review.redo', { studyId })).toBeNull();
    expect(h.store.verifyAudit().problems).toEqual([]);
  });

  it('keeps a description by list with what the guideline suggested, over a restart and an undo', async () => {
    await h.ask('settings.set', { detectOnImport: false });
    const [chestStudy] = (await h.importSeries(
      madeSeries({
        studyInstanceUid: '2.25.7',
        seriesInstanceUid: '2.25.7.1',
        modality: 'CT',
        bodyPart: 'CHEST',
        files: ['/data/chest.nrrd'],
      }),
    )) as [string];
    const { series } = await h.ask('studies.open', { studyId: chestStudy });
    const place = {
      space: 'lps' as const,
      boxLps: [0, 0, 0, 9, 8, 7] as [number, number, number, number, number, number],
    };
    const { findingId } = await h.ask('review.add', {
      studyId: chestStudy,
      seriesId: series[0]!.seriesId,
      label: 'nodule',
      place,
    });
    const say = (change: EndpointInput<'review.describe'>['change']) =>
      h.ask('review.describe', { studyId: chestStudy, findingId, change });
    await say({
      terms: { setting: ['screening'], status: ['baseline'], texture: ['solid'], side: ['left'] },
      confidence: 'moderate',
    });
    // 9 x 8 mm: 8.5 mm of mean diameter.
    const chosen = await say({ categories: { 'lung-rads-2022': '4A' } });
    const rule = 'lung-rads.4a-solid';
    expect(chosen.description).toMatchObject({
      set: 'ct-nodule',
      confidence: 'moderate',
      describedBy: 'Dr Test',
      assessments: { 'lung-rads-2022': { category: '4A', suggested: '4A', rule } },
    });
    expect((await say({ categories: { 'lung-rads-2022': '3' } })).description!.assessments).toEqual({
      'lung-rads-2022': { category: '3', suggested: '4A', rule },
    });
    await h.restart('killed');
    expect(await h.ask('review.undo', { studyId: chestStudy })).toEqual({ findingId });
    const stored = (await h.ask('studies.open', { studyId: chestStudy })).findings[0]!;
    expect(stored).toEqual(chosen);
    const records = h.store.listAudit().length;
    for (const [change, field] of [
      [{ terms: { lobe: ['middle-lobe'] } }, 'terms.lobe'],
      [{ categories: { 'lung-rads-2022': '5' } }, 'assessments.lung-rads-2022'],
      [{ numbers: { heightMm: 1 } }, 'numbers.heightMm'],
    ] as const)
      await expect(say(change as never)).rejects.toMatchObject({
        code: 'request.invalid',
        details: { field },
      });
    expect(h.store.listAudit()).toHaveLength(records);
  });

  it('refuses what makes no sense and writes nothing', async () => {
    const { series } = await open();
    await h.ask('settings.set', { detectOnImport: false });
    const [photoStudy] = await h.importSeries(madePhoto());
    const photo = (await h.ask('studies.open', { studyId: photoStudy! })).series[0]!;
    const px = { space: 'px' as const, boxPx: [0, 0, 1, 1] as [number, number, number, number], frame: 0 };
    const records = h.store.listAudit().length;
    const refusals = [
      h.ask('review.decide', { studyId, findingId: ids[0]!, verdict: 'rejected', reason: null }),
      h.ask('review.decide', { studyId, findingId: 'nobody', verdict: 'accepted', reason: null }),
      h.ask('review.decide', { studyId: 'nobody', findingId: ids[0]!, verdict: 'accepted', reason: null }),
      h.ask('review.add', { studyId, seriesId: series[0]!.seriesId, label: 'x', place: px }),
      h.ask('review.add', { studyId, seriesId: photo.seriesId, label: 'x', place: px }),
      h.ask('review.add', {
        studyId: photoStudy!,
        seriesId: photo.seriesId,
        label: 'x',
        place: { ...px, frame: 1 },
      }),
      h.ask('review.edit', { studyId, findingId: ids[0]!, place: px }),
    ];
    const codes = await Promise.all(refusals.map((r) => r.then(String, (e: { code: string }) => e.code)));
    expect(codes).toEqual([
      'request.invalid',
      'not-found',
      'not-found',
      'request.invalid',
      'request.invalid',
      'request.invalid',
      'review.conflict',
    ]);
    expect(h.store.listAudit()).toHaveLength(records);
  });

  it('needs a name for every decision', async () => {
    await h.ask('settings.set', { reviewer: '   ' });
    await expect(decide(0, 'accepted')).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'reviewer' },
    });
    await h.ask('settings.set', { reviewer: ' Dr B ' });
    expect((await decide(0, 'accepted')).decision.reviewer).toBe('Dr B');
  });
});
