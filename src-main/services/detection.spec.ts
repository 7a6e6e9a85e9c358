import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/app-error';
import {
  brainModel,
  deferred,
  found,
  madePhoto,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../test-support/services-harness';
import type { ModelSummary } from '../contract/entities';
import type { EngineOutput } from '../contract/engine-protocol';
import { chooseModel } from './choose-model';

let h: Harness;
beforeEach(() => {
  h = servicesHarness({ detect: () => found(0.3, 0.9, 0.6) });
});
afterEach(() => h.end());

const open = (studyId: string) => h.ask('studies.open', { studyId });
const crash = new AppError('engine.crashed', 'The engine stopped unexpectedly.', 'Try again.');

describe('detection', () => {
  it('runs after an import, numbers findings by score and says what found them', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { findings, resultSets, study, series } = await open(studyId!);
    expect(findings.map((f) => [f.number, f.score, f.decision.verdict])).toEqual([
      [1, 0.9, 'pending'],
      [2, 0.6, 'pending'],
      [3, 0.3, 'pending'],
    ]);
    expect(resultSets).toEqual([
      expect.objectContaining({ modelId: 'brain', modelHash: 'a'.repeat(64), threshold: 0.5 }),
    ]);
    expect(study).toMatchObject({
      state: 'to-review',
      findingCount: 2,
      pendingCount: 2,
      topScore: 0.9,
      lastError: null,
    });
    expect(series[0]!.detection).toBe('done');
    const audit = h.store.listAudit(studyId);
    expect(audit.map((r) => r.type)).toEqual(['import', 'detection']);
    expect(audit[1]!.payload).toMatchObject({ modelId: 'brain', modelHash: 'a'.repeat(64) });
  });

  it('does not go back to an older model unseen; whoever names it gets it', async () => {
    const version = (v: string): void => {
      h.engine.answers.listModels = () => [{ ...brainModel, version: v }];
      h.engine.answers.detect = () => ({ ...found(0.9), modelVersion: v });
    };
    version('1.10.0');
    const [studyId] = await h.importSeries(madeSeries());
    expect((await open(studyId!)).resultSets).toMatchObject([{ modelVersion: '1.10.0' }]);

    version('1.9.3');
    await h.finished(
      await h.ask('detection.start', { studyId: studyId!, modelId: null }).then((s) => s.jobId),
    );
    const { series, resultSets } = await open(studyId!);
    expect(series[0]!.detectionError).toMatchObject({ code: 'model.older' });
    expect(series[0]!.detectionError!.message).toContain('1.10.0');
    expect(resultSets).toHaveLength(1);

    await h.finished(
      await h.ask('detection.start', { studyId: studyId!, modelId: 'brain' }).then((s) => s.jobId),
    );
    expect((await open(studyId!)).resultSets).toMatchObject([{}, { modelVersion: '1.9.3' }]);
  });

  it('does not run after an import where settings say so', async () => {
    await h.ask('settings.set', { detectOnImport: false });
    const [studyId] = await h.importSeries(madeSeries());
    expect((await open(studyId!)).study.state).toBe('new');
  });

  it('says in words that no model fits; the user may name one', async () => {
    const [studyId] = await h.importSeries(madePhoto());
    const { study, series } = await open(studyId!);
    expect(study.state).toBe('no-model');
    expect(series[0]!.detectionError).toMatchObject({
      code: 'model.none-fits',
      message: 'No installed model reads ES of body part COLON. Nothing was looked for.',
    });
    await expect(h.ask('detection.start', { studyId: studyId!, modelId: null })).rejects.toMatchObject({
      code: 'model.none-fits',
    });
    await expect(h.ask('detection.start', { studyId: studyId!, modelId: 'none' })).rejects.toMatchObject({
      code: 'model.not-found',
    });
    h.engine.answers.detect = () => found();
    const { jobId } = await h.ask('detection.start', { studyId: studyId!, modelId: 'brain' });
    expect(await h.finished(jobId)).toMatchObject({ state: 'done', result: { findingCount: 0 } });
    expect((await open(studyId!)).study).toMatchObject({ state: 'to-review', lastError: null });
  });

  it('a crash of the engine reads as failed, never as no lesions, and a retry finishes', async () => {
    h.engine.answers.detect = () => Promise.reject(crash);
    const [studyId] = await h.importSeries(madeSeries());
    const { study, series } = await open(studyId!);
    expect(study).toMatchObject({ state: 'failed', lastError: { code: 'engine.crashed' } });
    expect(study.lastError!.message).toContain('not known whether');
    expect(study.lastError!.hint).toContain('Start the detection again');
    expect(series[0]!.detection).toBe('failed');
    expect((await h.ask('jobs.list', undefined)).pop()).toMatchObject({
      state: 'failed',
      error: { code: 'engine.crashed' },
    });

    h.engine.answers.detect = () => found(0.7);
    const { jobId } = await h.ask('detection.start', { studyId: studyId!, modelId: null });
    expect(await h.finished(jobId)).toMatchObject({ state: 'done' });
    expect((await open(studyId!)).study).toMatchObject({
      state: 'to-review',
      lastError: null,
      findingCount: 1,
    });
  });

  it('a study that always kills the engine does not stop the nineteen others', async () => {
    h.engine.answers.detect = ({ series }) =>
      series.studyInstanceUid === '2.25.107' ? Promise.reject(crash) : found(0.9);
    const queue = Array.from({ length: 20 }, (_, n) =>
      madeSeries({ studyInstanceUid: `2.25.${100 + n}`, seriesInstanceUid: `2.25.${100 + n}.1` }),
    );
    await h.importSeries(...queue);
    const states = (await h.ask('studies.list', undefined)).map((s) => s.state);
    expect(states.filter((s) => s === 'to-review')).toHaveLength(19);
    expect(states.filter((s) => s === 'failed')).toHaveLength(1);
  });

  it('one failing series makes the study failed though the other was read', async () => {
    h.engine.answers.detect = ({ series }) =>
      series.seriesInstanceUid === 'bad' ? Promise.reject(new Error('boom')) : found(0.9);
    const [studyId] = await h.importSeries(madeSeries({ seriesInstanceUid: 'bad' }), madeSeries());
    const { study, series } = await open(studyId!);
    expect(study).toMatchObject({
      state: 'failed',
      findingCount: 1,
      lastError: { code: 'detection.failed' },
    });
    expect(series.map((s) => s.detection)).toEqual(['failed', 'done']);
  });

  it('a newer result replaces untouched findings of the series and keeps decided, commented and added ones', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const before = (await open(studyId!)).findings;
    const ids = before.map((f) => f.findingId);
    await h.ask('review.decide', {
      studyId: studyId!,
      findingId: ids[0]!,
      verdict: 'accepted',
      reason: null,
    });
    await h.ask('review.comment', { studyId: studyId!, findingId: ids[2]!, comment: 'watch this' });
    const { seriesId, place } = before[0]!;
    await h.ask('review.add', { studyId: studyId!, seriesId, label: 'tumour', place });

    h.engine.answers.detect = () => found(0.55);
    const { jobId } = await h.ask('detection.start', { studyId: studyId!, modelId: null });
    await h.finished(jobId);
    const { findings, resultSets } = await open(studyId!);
    expect(findings.map((f) => [f.number, f.score, f.decision.verdict])).toEqual([
      [1, 0.9, 'accepted'],
      [3, 0.3, 'pending'],
      [4, null, 'added'],
      [5, 0.55, 'pending'],
    ]);
    expect(resultSets).toHaveLength(2);
    await expect(
      h.ask('review.decide', { studyId: studyId!, findingId: ids[1]!, verdict: 'accepted', reason: null }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('drops a result that arrives after its study was removed', async () => {
    const answer = deferred<EngineOutput<'detect'>>();
    const asked = deferred<void>();
    h.engine.call = ((call) => (method, input, options) => {
      if (method !== 'detect') return call(method, input, options);
      asked.resolve();
      // An engine that does not hear the abort in time.
      return answer.promise as never;
    })(h.engine.call);
    h.engine.answers.scan = () => ({ series: [madeSeries()], skipped: [] });
    const imported = await h.services.waitForJob((await h.ask('import.paths', { paths: ['/data'] })).jobId);
    if (imported.result?.kind !== 'import') throw new Error('no import');
    const [studyId] = imported.result.studyIds;
    await asked.promise;
    await h.ask('studies.remove', { studyId: studyId! });
    answer.resolve(found(0.9));
    await h.services.idle();
    expect(h.logged.join()).toContain('dropped');
    expect(await h.ask('studies.list', undefined)).toEqual([]);
    expect(h.store.listFindings(studyId!)).toEqual([]);
    expect(h.store.listAudit(studyId!).map((r) => r.type)).toEqual(['import', 'study.removed']);
  });

  it('can be cancelled while it runs and while it waits; what was done before stands', async () => {
    const [done] = await h.importSeries(madeSeries());
    const never = deferred<EngineOutput<'detect'>>();
    const asked = deferred<void>();
    h.engine.answers.detect = () => {
      asked.resolve();
      return never.promise;
    };
    await h.ask('settings.set', { detectOnImport: false });
    const [fresh] = await h.importSeries(madeSeries({ studyInstanceUid: '2.25.5' }));
    const first = (await h.ask('detection.start', { studyId: done!, modelId: null })).jobId;
    const second = (await h.ask('detection.start', { studyId: fresh!, modelId: null })).jobId;
    expect((await h.ask('detection.start', { studyId: fresh!, modelId: null })).jobId).toBe(second);
    await asked.promise;
    expect((await open(done!)).study.state).toBe('detecting');
    expect((await open(fresh!)).series[0]!.detection).toBe('queued');
    await h.ask('jobs.cancel', { jobId: second });
    await h.ask('jobs.cancel', { jobId: first });
    await h.services.idle();
    expect((await h.ask('jobs.list', undefined)).slice(-2).map((j) => j.state)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect((await open(done!)).study).toMatchObject({ state: 'to-review', findingCount: 2 });
    expect((await open(fresh!)).series[0]!.detection).toBe('cancelled');
  });

  it('says failed after a restart for what was running when the program was killed', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { series } = await open(studyId!);
    h.store.setDetection(series[0]!.seriesId, 'running', null);
    await h.restart('killed');
    expect((await open(studyId!)).study).toMatchObject({
      state: 'failed',
      lastError: { code: 'detection.failed' },
    });
  });

  it('drops a result that arrives after the files of its series were replaced, and says so in the log', async () => {
    const answer = deferred<EngineOutput<'detect'>>();
    const asked = deferred<void>();
    await h.ask('settings.set', { detectOnImport: false });
    const [studyId] = await h.importSeries(madeSeries());
    h.engine.answers.detect = () => {
      asked.resolve();
      return answer.promise;
    };
    const { jobId } = await h.ask('detection.start', { studyId: studyId!, modelId: null });
    await asked.promise;
    // The same series, read again from other files.
    h.engine.answers.scan = () => ({ series: [madeSeries({ files: ['/moved.nrrd'] })], skipped: [] });
    await h.services.waitForJob((await h.ask('import.paths', { paths: ['/moved'] })).jobId);
    answer.resolve(found(0.9));
    const job = await h.finished(jobId);
    expect(job.state).toBe('failed');
    expect(h.logged.join()).toContain('dropped');
    const { findings, study } = await open(studyId!);
    expect(findings).toEqual([]);
    // Never "no lesions".
    expect(study.state).toBe('failed');
  });

  describe('a batch', () => {
    const batch = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        madeSeries({
          studyInstanceUid: `2.25.${300 + n}`,
          seriesInstanceUid: `2.25.${300 + n}.1`,
          patient: { id: `B${n}`, name: `Batch^${n}`, birthDate: '', sex: '' },
        }),
      );
    const read: string[] = [];
    beforeEach(async () => {
      read.length = 0;
      h.engine.answers.detect = ({ series }) => {
        read.push(series.patient.id);
        return series.patient.id === 'B1' ? Promise.reject(crash) : found(0.9);
      };
      await h.ask('settings.set', { detectOnImport: false });
    });

    it('reads urgent ones first, else in the order given, and goes on past one that fails or cannot be queued', async () => {
      const ids = await h.importSeries(...batch(4), madePhoto());
      await h.ask('studies.flag', { studyIds: [ids[3]!], flag: 'urgent', on: true });
      await h.ask('queue.pause', { paused: true });
      const answer = await h.ask('detection.startMany', { studyIds: [ids[2]!, ...ids, 'gone'] });
      expect(answer.queued).toBe(4);
      expect(answer.refused.map(({ studyId }) => studyId)).toEqual([ids[4], 'gone']);
      const queue = await h.ask('queue.get', undefined);
      expect(queue.waiting.map(({ studyId }) => studyId)).toEqual([ids[3], ids[2], ids[0], ids[1]]);
      await h.ask('queue.pause', { paused: false });
      await h.services.idle();
      expect(read).toEqual(['B3', 'B2', 'B0', 'B1']);
      const states = (await h.ask('studies.list', undefined)).map((s) => s.state).sort();
      expect(states).toEqual(['failed', 'no-model', 'to-review', 'to-review', 'to-review']);
      expect(h.store.queuedDetections()).toEqual([]);
    });

    it('takes the study that somebody opens before the rest', async () => {
      const ids = await h.importSeries(...batch(3));
      await h.ask('queue.pause', { paused: true });
      await h.ask('detection.startMany', { studyIds: ids });
      await h.ask('detection.start', { studyId: ids[2]!, modelId: null });
      await h.ask('queue.pause', { paused: false });
      await h.services.idle();
      expect(read).toEqual(['B2', 'B0', 'B1']);
    });

    it.each(['cleanly', 'killed'] as const)(
      'goes on after the program was closed (%s); a command says cancelled until then',
      async (how) => {
        const ids = await h.importSeries(...batch(3));
        await h.ask('queue.pause', { paused: true });
        await h.ask('detection.startMany', { studyIds: ids });
        await h.ask('jobs.cancel', { jobId: (await h.ask('queue.get', undefined)).waiting[0]!.jobId });
        await h.restart(how);
        const detections = async () =>
          Promise.all(ids.map(async (studyId) => (await open(studyId)).series[0]!.detection));
        expect(await detections()).toEqual(['cancelled', 'cancelled', 'cancelled']);
        expect(await h.services.resume()).toBe(2);
        await h.services.idle();
        expect(await detections()).toEqual(['cancelled', 'failed', 'done']);
        expect(read).toEqual(['B1', 'B2']);
        expect(await h.services.resume()).toBe(0);
      },
    );

    it('queues again what ran when the program was closed, not what ran when it was killed', async () => {
      const [studyId] = await h.importSeries(...batch(1));
      const asked = deferred<void>();
      h.engine.answers.detect = () => {
        asked.resolve();
        return new Promise(() => undefined);
      };
      await h.ask('detection.startMany', { studyIds: [studyId!] });
      await asked.promise;
      expect(h.store.queuedDetections()).toEqual([]);
      await h.restart('cleanly');
      expect(h.store.queuedDetections()).toMatchObject([{ studyId }]);
    });
  });

  it('refuses a study none of whose series can be analysed', async () => {
    const [studyId] = await h.importSeries(
      madeSeries({ analysable: false, warnings: ['Slices are missing.'] }),
    );
    await expect(h.ask('detection.start', { studyId: studyId!, modelId: null })).rejects.toMatchObject({
      code: 'series.inconsistent',
    });
    expect((await open(studyId!)).study.state).toBe('new');
  });

  it('says in the worklist why no detection may run, and what is wrong, the gravest first', async () => {
    const issues = [
      { code: 'gantry-tilt', severity: 'warning', text: 'Tilted.' },
      { code: 'numbering-reversed', severity: 'note', text: 'Backwards.' },
      { code: 'gap', severity: 'unsafe', text: 'Slices are missing.' },
    ] as const;
    const broken = { analysable: false, warnings: ['Tilted.', 'Slices are missing.'], issues: [...issues] };
    await h.importSeries(madeSeries(broken));
    const listed = async () => (await h.ask('studies.list', undefined))[0]!;
    expect(await listed()).toMatchObject({
      detectionRefused: 'Slices are missing.',
      issues: [{ code: 'gap' }, { code: 'gantry-tilt' }],
    });
    await h.importSeries(madeSeries({ seriesInstanceUid: '2.25.1.9', seriesDescription: 'sound' }));
    expect(await listed()).toMatchObject({ detectionRefused: null, issues: [{}, {}] });
  });
});

describe('chooseModel', () => {
  const models: ModelSummary[] = [
    { ...brainModel, modelId: 'polyp', modalities: ['ES'], bodyParts: ['COLON'] },
    brainModel,
  ];

  it.each([
    ['MR', 'BRAIN', 'brain'],
    ['MR', ' head', 'brain'],
    ['ES', 'COLON', 'polyp'],
    ['MR', 'KNEE', 'model.none-fits'],
    ['MR', '', 'model.none-fits'],
    ['CT', 'BRAIN', 'model.none-fits'],
  ] as const)('%s %s -> %s', (modality, bodyPart, expected) => {
    let actual: string;
    try {
      actual = chooseModel({ modality, bodyPart }, models).modelId;
    } catch (error) {
      actual = AppError.from(error).code;
    }
    expect(actual).toBe(expected);
  });
});
