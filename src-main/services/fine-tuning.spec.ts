import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectMadeCase, reviewMadeCases, writeMadeCases } from '../../test-support/made-cases';
import { writeDrawnBundle } from '../../test-support/made-pictures';
import { servicesHarness, type Harness } from '../../test-support/services-harness';
import type { EngineOutput } from '../contract/engine-protocol';
import { AppError } from '../core/app-error';
import { createEngineTasks } from './engine-tasks';

// Real reading, training, comparing and installing; only what the network finds is made, so that there is something to review.
let h: Harness;
let tasks: ReturnType<typeof createEngineTasks>;
let pictures: string;
const count = 14;
const own = () => join(h.folder, 'models');
const shipped = () => join(h.folder, 'shipped');

beforeEach(async () => {
  h = servicesHarness();
  pictures = join(h.folder, 'pictures');
  mkdirSync(pictures);
  await writeDrawnBundle(join(shipped(), 'made-drawn'));
  tasks = createEngineTasks({ modelsFolder: shipped(), ownModelsFolder: own() });
  const { answers } = h.engine;
  answers.scan = (input, options) => tasks.scan(input, options) as Promise<EngineOutput<'scan'>>;
  answers.listModels = () => tasks.listModels();
  answers.fineTune = (input, options) => tasks.fineTune(input, options) as Promise<EngineOutput<'fineTune'>>;
  answers.detect = detectMadeCase(tasks);
});
afterEach(async () => {
  await h.services.close();
  await tasks.dispose();
  await h.end();
});

async function importPictures(from = 0, to = count): Promise<string[]> {
  const { jobId } = await h.ask('import.paths', { paths: writeMadeCases(pictures, from, to) });
  await h.finished(jobId);
  return (await h.ask('studies.list', undefined)).map((s) => s.studyId);
}

const review = (studyIds: readonly string[]) => reviewMadeCases(h.services.handlers, studyIds);

const ask = { modelId: 'made-drawn', epochs: 1, minutes: null };
const train = async () => h.finished((await h.ask('training.start', ask)).jobId);
const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));

describe('learning from reviewed cases', () => {
  it('collects, trains, compares, is switched on and back, and never touches the shipped model', async () => {
    const studyIds = await importPictures();
    await review(studyIds.slice(1));
    const summary = await h.ask('cases.summary', { modelId: 'made-drawn' });
    expect(summary).toMatchObject({
      all: { pictures: 13, patients: 13, lesions: 13, rejected: 13 },
      leftOut: [{ studyId: studyIds[0], reason: 'not-read' }],
      refusal: null,
    });
    expect(summary.heldBack.pictures).toBeGreaterThanOrEqual(3);
    expect(summary.heldBack.pictures + summary.training.pictures).toBe(13);

    const before = filesOf(join(shipped(), 'made-drawn'));
    const { tensors } = await tasks.ping();
    const job = await train();
    expect(job.error).toBeNull();
    const modelId = 'made-drawn-clinic-1';
    if (job.result?.kind !== 'training') throw new Error('no model');
    expect(job.result).toMatchObject({
      modelId,
      comparison: {
        modelId: 'made-drawn',
        images: summary.heldBack.pictures,
        lesions: summary.heldBack.lesions,
      },
    });
    expect((await tasks.ping()).tensors).toBe(tensors);
    expect(filesOf(join(shipped(), 'made-drawn'))).toEqual(before);
    expect(readdirSync(own())).toEqual([modelId]);

    // Made, compared, and not in use.
    const [base, fresh] = await h.ask('models.list', undefined);
    expect(base).toMatchObject({ modelId: 'made-drawn', active: true });
    expect(fresh).toMatchObject({
      modelId,
      active: false,
      labels: ['thing'],
      fineTuned: {
        baseId: 'made-drawn',
        baseHash: base!.modelHash,
        trainedOn: summary.training,
        heldBack: summary.heldBack,
        compared: job.result.comparison,
      },
    });
    const card = readFileSync(join(own(), modelId, 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain(base!.modelHash);
    // Nothing of a patient or a file is in it.
    const all = Object.values(filesOf(join(own(), modelId))).map((b) =>
      Buffer.from(b, 'base64').toString('latin1'),
    );
    expect(all.some((text) => /brain-\d/.test(text))).toBe(false);

    const detectWith = async (): Promise<string> => {
      await h.finished((await h.ask('detection.start', { studyId: studyIds[0]!, modelId: null })).jobId);
      const { resultSets } = await h.ask('studies.open', { studyId: studyIds[0]! });
      return resultSets[resultSets.length - 1]!.modelId;
    };
    expect(await detectWith()).toBe('made-drawn');
    await h.ask('models.use', { modelId });
    expect((await h.ask('models.list', undefined)).map((m) => m.active)).toEqual([false, true]);
    await h.restart();
    expect(await detectWith()).toBe(modelId);
    await expect(h.ask('models.discard', { modelId })).rejects.toMatchObject({ code: 'request.invalid' });
    await h.ask('models.use', { modelId: 'made-drawn' });
    expect(await detectWith()).toBe('made-drawn');
    await h.ask('models.discard', { modelId });
    expect(existsSync(join(own(), modelId))).toBe(false);
    const { resultSets } = await h.ask('studies.open', { studyId: studyIds[0]! });
    expect(resultSets.map((s) => s.modelId)).toContain(modelId);

    const acts = h.store.listAudit().filter(({ type }) => type.startsWith('model.'));
    expect(acts.map(({ type }) => type)).toEqual([
      'model.trained',
      'model.used',
      'model.used',
      'model.discarded',
    ]);
    expect(acts[1]!.payload).toMatchObject({ reviewer: 'Dr Test', modelId, instead: 'made-drawn' });
    expect(h.store.verifyAudit().problems).toEqual([]);
    // A name is given once.
    const again = await train();
    expect(again.result).toMatchObject({ modelId: 'made-drawn-clinic-2' });
  });

  it('leaves out what is not read to the end, and files that are gone or changed, and says which', async () => {
    const studyIds = await importPictures();
    await review(studyIds);
    const fileOf = async (n: number) => {
      const { series } = await h.ask('studies.open', { studyId: studyIds[n]! });
      return h.services.fileOf(series[0]!.seriesId);
    };
    rmSync(await fileOf(0));
    utimesSync(await fileOf(1), 1, 1);
    await h.ask('review.undo', { studyId: studyIds[2]! });
    const { leftOut, all } = await h.ask('cases.summary', { modelId: 'made-drawn' });
    expect(leftOut).toEqual([
      { studyId: studyIds[0], file: await fileOf(0), reason: 'file-missing' },
      { studyId: studyIds[1], file: await fileOf(1), reason: 'file-missing' },
      { studyId: studyIds[2], file: await fileOf(2), reason: 'not-finished' },
    ]);
    expect(all.pictures).toBe(11);
  });

  it('refuses too few cases before anything is trained', async () => {
    await review(await importPictures(0, 9));
    const { refusal } = await h.ask('cases.summary', { modelId: 'made-drawn' });
    expect(refusal).toMatchObject({ code: 'request.invalid' });
    expect(refusal!.message).toContain('9 pictures with 9 lesions');
    await expect(h.ask('training.start', ask)).rejects.toMatchObject({ message: refusal!.message });
    expect(h.engine.calls.some(({ method }) => method === 'fineTune')).toBe(false);
  });

  it('leaves nothing when cancelled, and the next training begins clean', async () => {
    await review(await importPictures());
    const { jobId } = await h.ask('training.start', { ...ask, epochs: 500 });
    const { fineTune } = h.engine.answers;
    let stopped: Promise<unknown> = Promise.resolve();
    h.engine.answers.fineTune = (input, options) =>
      (stopped = Promise.resolve(
        fineTune(input, {
          ...options,
          onProgress: (fraction, step) => {
            options.onProgress?.(fraction, step);
            if (step.includes('step 2')) void h.ask('jobs.cancel', { jobId });
          },
        }),
      )) as never;
    expect((await h.finished(jobId)).state).toBe('cancelled');
    await stopped.catch(() => undefined);
    expect(readdirSync(own())).toEqual([]);
    h.engine.answers.fineTune = fineTune;
    expect((await train()).result).toMatchObject({ modelId: 'made-drawn-clinic-1' });
  });

  it('says that the disk is full, and that nothing was changed', async () => {
    await review(await importPictures());
    h.engine.answers.fineTune = ({ outFolder }) => {
      mkdirSync(outFolder, { recursive: true });
      writeFileSync(join(outFolder, 'weights-01-of-02.bin'), 'half');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    const job = await train();
    expect(job.error).toMatchObject({ code: 'training.failed' });
    expect(job.error!.message).toMatch(/no room on the disk/);
    expect(job.error!.hint).toMatch(/Nothing was changed/);
    expect(readdirSync(own())).toEqual([]);
    expect((await h.ask('models.list', undefined)).map((m) => m.modelId)).toEqual(['made-drawn']);
  });

  it('never reads with the shipped model in place of one that was switched on and is gone', async () => {
    const [studyId] = await importPictures(0, 1);
    const settings = h.store.readSettings() as object | null;
    h.store.writeSettings({
      version: 1,
      reviewer: 'Dr Test',
      institution: '',
      theme: 'dark',
      detectOnImport: true,
      ...settings,
      activeModels: { 'made-drawn': 'made-drawn-clinic-3' },
    });
    await expect(h.ask('detection.start', { studyId: studyId!, modelId: null })).rejects.toMatchObject({
      code: 'model.not-found',
    });
    await h.ask('models.use', { modelId: 'made-drawn' });
    await h.finished((await h.ask('detection.start', { studyId: studyId!, modelId: null })).jobId);
  });

  it('wants a name for what is switched on, and a comparison', async () => {
    await writeDrawnBundle(join(own(), 'made-drawn-clinic-7'), {
      id: 'made-drawn-clinic-7',
      fineTuned: {
        baseId: 'made-drawn',
        baseVersion: '0.0.1',
        baseHash: '0',
        createdAt: '2026-01-01T00:00:00.000Z',
        trainedOn: { pictures: 1, patients: 1, lesions: 1, rejected: 0 },
        heldBack: { pictures: 0, patients: 0, lesions: 0, rejected: 0 },
        trainingSeconds: 1,
        compared: null,
      },
    });
    const use = () => h.ask('models.use', { modelId: 'made-drawn-clinic-7' });
    await expect(use()).rejects.toThrow(/never compared/);
    await h.ask('settings.set', { reviewer: '' });
    await expect(use()).rejects.toMatchObject({ details: { field: 'reviewer' } });
    await expect(h.ask('models.use', { modelId: 'nobody' })).rejects.toMatchObject({
      code: 'model.not-found',
    });
    await expect(h.ask('models.discard', { modelId: 'made-drawn' })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    // Nothing but models.use changes what is used.
    const set = h.ask('settings.set', { activeModels: { 'made-drawn': 'x' } } as never);
    expect((await set).activeModels).toBeUndefined();
  });

  it('sweeps away what a killed program left', async () => {
    mkdirSync(join(own(), 'made-drawn-clinic-1.writing'), { recursive: true });
    mkdirSync(join(own(), 'my-folder.writing'));
    await h.restart('killed');
    await review(await importPictures());
    const failing = new AppError('engine.crashed', 'gone', '');
    h.engine.answers.fineTune = () => Promise.reject(failing);
    const job = await train();
    expect(job.error).toMatchObject({ code: 'engine.crashed' });
    expect(job.error!.hint).toMatch(/Nothing was changed/);
    expect(readdirSync(own())).toEqual(['my-folder.writing']);
  });
});
