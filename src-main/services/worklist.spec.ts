import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillWorklist } from '../../test-support/made-worklist';
import { found, madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';
import { seededRandom } from '../core/seeded-random';
import type { StudySummary } from '../contract/entities';
import type { Store } from '../storage';
import { readStudy, summarise } from './studies';
import { Worklist } from './worklist';

let h: Harness;
beforeEach(() => {
  h = servicesHarness({ detect: () => found(0.9, 0.6) });
});
afterEach(() => h.end());

/** Whoever writes, and however: straight into the store, as services and commands do. */
const writes: readonly ((store: Store, studyId: string, n: number) => void)[] = [
  (store, studyId) => store.updateStudy({ ...store.getStudy(studyId)!, description: 'changed' }),
  (store, studyId, n) =>
    store.insertSeries({
      seriesId: `${studyId}-more-${n}`,
      studyId,
      scanned: madeSeries({ modality: 'MG' }),
      detection: 'none',
      detectionError: null,
    }),
  (store, studyId) => {
    const [series] = store.listSeries(studyId);
    store.updateSeries({ ...series!, scanned: { ...series!.scanned, bodyPart: 'NECK' } });
  },
  (store, studyId) => store.setDetection(store.listSeries(studyId)[0]!.seriesId, 'running', null),
  (store, studyId, n) => {
    const [series] = store.listSeries(studyId);
    const ids = { studyId, seriesId: series!.seriesId, resultSetId: `r-${studyId}-${n}` };
    const set = { modelId: 'm', modelVersion: '1', modelHash: '', scoreFloor: 0, threshold: 0.1 };
    store.insertResultSet({ ...ids, ...set, createdAt: '', durationMs: 1 }, [
      {
        ...ids,
        findingId: `f-${studyId}-${n}`,
        number: 90 + n,
        label: 'lesion',
        score: 0.97,
        provenance: 'network',
        place: { space: 'px', boxPx: [0, 0, 1, 1], frame: 0 },
      },
    ]);
  },
  (store, studyId) =>
    store.supersede(
      store.listFindings(studyId).map((f) => f.findingId),
      'newer',
    ),
  (store, studyId) => {
    const [finding] = store.listFindings(studyId);
    if (!finding) return;
    const action = { type: 'decided', findingId: finding.findingId, verdict: 'accepted', reason: null };
    store.appendAudit({ at: '', type: 'review.decided', studyId, payload: { reviewer: 'x', action } });
  },
  (store, studyId, n) =>
    store.appendAudit({
      at: '',
      type: 'study.flagged',
      studyId,
      payload: { reviewer: 'x', flag: 'urgent', on: n % 2 === 0 },
    }),
  (store, studyId) => store.deleteStudy(studyId),
];

describe('kept summaries', () => {
  it('are never stale, whoever wrote', () => {
    fillWorklist(h.store, 40);
    const worklist = new Worklist(h.store);
    worklist.list();
    const random = seededRandom(3);
    for (let n = 0; n < 120; n++) {
      const studies = h.store.listStudies();
      const { studyId } = studies[Math.floor(random() * studies.length)]!;
      // Deleting last, and seldom: the others need something to change.
      const write = writes[Math.floor(random() * (writes.length - (n % 10 === 0 ? 0 : 1)))]!;
      write(h.store, studyId, n);
      const fresh = h.store.listStudies().map((s) => {
        const summary = summarise(readStudy(h.store, s.studyId), []);
        return { ...summary, identity: worklist.identityOf(s) };
      });
      // The text as the window gets it: without what is said because of others.
      const bare = fresh.map((summary) => ({ ...summary, identity: [] }));
      if (n % 3 === 0) expect(worklist.list()).toEqual(fresh);
      else if (n % 3 === 1) expect(JSON.parse(worklist.text('').summaries)).toEqual(bare);
      else expect(worklist.some(fresh.map((s) => s.studyId))).toEqual(fresh);
    }
  });

  it('are read, not made, while nothing changes, and made anew by a Regio with other rules', () => {
    fillWorklist(h.store, 3);
    const first = new Worklist(h.store).list();
    const asked: string[] = [];
    const counting: Store = {
      ...h.store,
      listFindings(studyId) {
        asked.push(studyId);
        return h.store.listFindings(studyId);
      },
    };
    expect(new Worklist(counting).list()).toEqual(first);
    expect(asked).toEqual([]);
    h.store.keepSummary('study-1', 'another Regio', { wrong: true });
    expect(new Worklist(counting).list()).toEqual(first);
    expect(asked).toEqual(['study-1']);
  });

  it('are put together once for each reader while nothing is written', () => {
    fillWorklist(h.store, 3);
    const worklist = new Worklist(h.store);
    const seen: string[] = [];
    const ask = (reader: string): string =>
      worklist.text(reader, (summary) => {
        seen.push(`${reader} ${summary.studyId}`);
        return reader === 'b' ? { ...summary, topScore: null } : summary;
      }).summaries;
    const first = ask('a');
    expect(ask('a')).toBe(first);
    expect(seen).toHaveLength(3);
    expect(ask('b')).not.toBe(first);
    expect(ask('a')).toBe(first);
    expect(seen).toHaveLength(9);
    h.store.setDetection('series-0-0', 'running', null);
    expect(ask('a')).not.toBe(first);
  });

  it('are taken back with the change that was', () => {
    fillWorklist(h.store, 1);
    const worklist = new Worklist(h.store);
    const before = worklist.list();
    expect(() =>
      h.store.transaction(() => {
        h.store.setDetection('series-0-0', 'running', null);
        expect(worklist.list()[0]!.state).toBe('detecting');
        throw new Error('taken back');
      }),
    ).toThrow('taken back');
    expect(worklist.list()).toEqual(before);
  });
});

describe('studies.firstText', () => {
  it('is the beginning of the whole list, with the counts of all of it', async () => {
    fillWorklist(h.store, 150);
    await h.ask('studies.flag', { studyIds: ['study-0', 'study-149'], flag: 'urgent', on: true });
    // Two at the beginning and the end of the list that may be somebody else.
    for (const [studyId, id] of [
      ['study-149', 'P-00001'],
      ['study-1', 'P-00002'],
    ] as const)
      // prettier-ignore
      h.store.updateStudy({
        ...h.store.getStudy(studyId)!,
        patient: { id, name: 'Other^Name', birthDate: '19600101', sex: 'M' },
      });
    const first = await h.ask('studies.firstText', { count: 60 });
    const whole = await h.ask('studies.listText', undefined);
    const all = JSON.parse(whole.summaries) as StudySummary[];
    const beginning = JSON.parse(first.summaries) as StudySummary[];
    expect(beginning).toEqual(all.slice(0, 60));
    const shown = new Set(beginning.map(({ studyId }) => studyId));
    expect(Object.keys(whole.identity)).toEqual(expect.arrayContaining(['study-149', 'study-1']));
    expect(Object.keys(first.identity)).not.toContain('study-1');
    expect(first.identity).toEqual(
      Object.fromEntries(Object.entries(whole.identity).filter(([studyId]) => shown.has(studyId))),
    );
    const counts = (of: (study: StudySummary) => readonly string[]): Record<string, number> => {
      const values = all.flatMap(of);
      return Object.fromEntries(
        values.map((value) => [value, values.filter((other) => other === value).length]),
      );
    };
    expect(first).toMatchObject({ total: 150, flags: { urgent: 2 } });
    expect(first.flags).toEqual(counts((study) => study.flags));
    expect(first.states).toEqual(counts((study) => [study.state]));
    expect(first.modalities).toEqual(counts((study) => study.modalities));
  });
});

describe('studies.summaries', () => {
  it('leaves out what is gone, and says what other studies make worth saying', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const patient = { id: 'P1', name: 'Roe^Ann', birthDate: '19700101', sex: 'F' as const };
    await h.importSeries(madeSeries({ patient, studyInstanceUid: '2.25.2' }));
    const [one, ...none] = await h.ask('studies.summaries', { studyIds: [studyId!, 'gone'] });
    expect(none).toEqual([]);
    expect(one).toMatchObject({ studyId, identity: [{ code: 'same-id' }], topScore: 0.9, topOpenScore: 0.9 });
    const other = (await h.ask('studies.list', undefined)).find((s) => s.studyId !== studyId)!;
    await h.ask('studies.remove', { studyId: other.studyId });
    expect((await h.ask('studies.summaries', { studyIds: [studyId!] }))[0]!.identity).toEqual([]);
  });
});

describe('flags', () => {
  it('are set and taken away by name, in the audit chain', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const flags = async () => (await h.ask('studies.list', undefined))[0]!.flags;
    await h.ask('studies.flag', { studyIds: [studyId!, 'gone'], flag: 'teaching', on: true });
    await h.ask('studies.flag', { studyIds: [studyId!], flag: 'urgent', on: true });
    expect(await flags()).toEqual(['urgent', 'teaching']);
    await h.ask('studies.flag', { studyIds: [studyId!], flag: 'teaching', on: false });
    await h.restart();
    expect(await flags()).toEqual(['urgent']);
    const events = h.store.flagEvents(studyId!);
    expect(events).toHaveLength(3);
    expect(events[2]).toEqual({ reviewer: 'Dr Test', flag: 'teaching', on: false });
    expect(h.told.filter(({ name }) => name === 'study.changed').length).toBeGreaterThanOrEqual(3);
    await h.ask('settings.set', { reviewer: '' });
    await expect(
      h.ask('studies.flag', { studyIds: [studyId!], flag: 'urgent', on: false }),
    ).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'reviewer' },
    });
  });
});
