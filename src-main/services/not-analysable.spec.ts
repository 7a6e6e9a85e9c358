import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/app-error';
import type { QualityReport } from '../core/quality/verdict';
import type { RasterImage } from '../core/volume/volume';
import type { Detector } from '../inference';
import { found, madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';
import { FrameJudge, judgeVolume } from './judge-series';

const blurred = { reason: 'blurred', message: 'The picture is blurred.' } as const;
const turnedAway = {
  ...found(),
  quality: { checked: 1, flagged: [{ ...blurred, frame: null }], analysable: false, ignored: false },
};

let h: Harness;
beforeEach(() => {
  h = servicesHarness({
    detect: ({ ignoreGate }) =>
      ignoreGate ? { ...found(0.9), quality: { ...turnedAway.quality, ignored: true } } : turnedAway,
  });
});
afterEach(() => h.end());

const open = (studyId: string) => h.ask('studies.open', { studyId });

describe('a series that the model cannot judge', () => {
  it('says so with the reason, and has no result that could read as "no lesions"', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { study, series, resultSets, findings } = await open(studyId!);
    expect(study).toMatchObject({ state: 'not-analysable', findingCount: 0, topScore: null });
    expect(series[0]).toMatchObject({
      detection: 'not-analysable',
      detectionError: {
        code: 'image.not-analysable',
        message: 'Not analysed by the model. The picture is blurred.',
        details: { field: 'blurred' },
      },
    });
    expect([resultSets, findings]).toEqual([[], []]);
    const audit = h.store.listAudit(studyId);
    expect(audit.map((r) => r.type)).toEqual(['import', 'detection.not-analysable']);
    expect(audit[1]!.payload).toMatchObject({ modelId: 'brain', quality: { flagged: [blurred] } });
  });

  it('is no failure: the job ends as done', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { jobId } = await h.ask('detection.start', { studyId: studyId!, modelId: null });
    expect(await h.finished(jobId)).toMatchObject({ state: 'done', result: { findingCount: 0 } });
  });

  it('can still be read by hand', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { series } = await open(studyId!);
    await h.ask('review.add', {
      studyId: studyId!,
      seriesId: series[0]!.seriesId,
      label: 'tumour',
      place: { space: 'lps', boxLps: [0, 0, 0, 3, 3, 3] },
    });
    expect((await open(studyId!)).study).toMatchObject({ state: 'reviewed', findingCount: 1 });
  });

  it('a study with a series that was read says that another was not', async () => {
    h.engine.answers.detect = ({ series }) =>
      series.seriesInstanceUid === 'bad' ? turnedAway : { ...found(), quality: undefined };
    const [studyId] = await h.importSeries(madeSeries({ seriesInstanceUid: 'bad' }), madeSeries());
    expect((await open(studyId!)).study).toMatchObject({
      state: 'not-analysable',
      lastError: { code: 'image.not-analysable' },
    });
  });

  it('is looked at anyway in the name of who asks, which history and report keep', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const { jobId } = await h.ask('detection.start', {
      studyId: studyId!,
      modelId: null,
      ignoreGate: true,
    });
    await h.finished(jobId);
    const { study, resultSets, series } = await open(studyId!);
    expect(study).toMatchObject({ state: 'to-review', findingCount: 1, lastError: null });
    expect(series[0]!.detection).toBe('done');
    expect(resultSets[0]!.quality).toMatchObject({ analysable: false, ignored: true, ignoredBy: 'Dr Test' });
    expect(h.store.listAudit(studyId).pop()).toMatchObject({
      type: 'detection',
      payload: { quality: { ignoredBy: 'Dr Test', flagged: [blurred] } },
    });
    const report = await exported(studyId!);
    expect(report.series[0]).toMatchObject({
      notAnalysed: null,
      warnings: [
        'The model was made to look anyway by Dr Test, although its quality check said: The picture is blurred.',
      ],
    });
  });

  it('nobody looks anyway without a name', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    await h.ask('settings.set', { reviewer: ' ' });
    await expect(
      h.ask('detection.start', { studyId: studyId!, modelId: null, ignoreGate: true }),
    ).rejects.toMatchObject({ code: 'request.invalid', details: { field: 'reviewer' } });
    expect((await open(studyId!)).study.state).toBe('not-analysable');
  });

  it('loses what an earlier run found and nobody touched, and keeps the rest', async () => {
    h.engine.answers.detect = () => found(0.9, 0.8);
    const [studyId] = await h.importSeries(madeSeries());
    const { findings } = await open(studyId!);
    await h.ask('review.decide', {
      studyId: studyId!,
      findingId: findings[0]!.findingId,
      verdict: 'accepted',
      reason: null,
    });
    h.engine.answers.detect = () => turnedAway;
    await h.finished((await h.ask('detection.start', { studyId: studyId!, modelId: null })).jobId);
    const after = await open(studyId!);
    expect(after.findings.map((f) => f.number)).toEqual([1]);
    expect(after.series[0]!.detection).toBe('not-analysable');
  });

  it('what the engine finds out while it reads counts the same', async () => {
    h.engine.answers.detect = () =>
      Promise.reject(new AppError('image.not-analysable', 'No lung was found.', '', { field: 'no-lung' }));
    const [studyId] = await h.importSeries(madeSeries());
    expect((await open(studyId!)).study).toMatchObject({
      state: 'not-analysable',
      lastError: { message: 'No lung was found.' },
    });
  });

  it('a cancelled new run leaves the reason in place', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    h.engine.answers.detect = (_, { signal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('stopped'))),
      );
    const { jobId } = await h.ask('detection.start', { studyId: studyId!, modelId: null });
    await h.ask('jobs.cancel', { jobId });
    await h.finished(jobId);
    expect((await open(studyId!)).series[0]).toMatchObject({
      detection: 'not-analysable',
      detectionError: { code: 'image.not-analysable' },
    });
  });

  it('every export says why, a list of findings too', async () => {
    const [studyId] = await h.importSeries(madeSeries());
    const why = 'Not analysed by the model. The picture is blurred.';
    const report = await exported(studyId!);
    expect(report.series[0]).toMatchObject({ notAnalysed: why });
    expect(report.series[0]!.warnings.join()).toContain(
      'says nothing of lesions in it but what a reader added',
    );
    const csv = await exportedText(studyId!, 'csv');
    expect(csv.trim().split('\r\n')).toHaveLength(2);
    expect(csv).toContain(why);
  });

  it('after some frames of several were left out, the report counts them', async () => {
    const flagged = [{ ...blurred, frame: 2 }];
    h.engine.answers.detect = () => ({
      ...found(0.9),
      quality: { checked: 20, flagged, analysable: true, ignored: false },
    });
    const [studyId] = await h.importSeries(madeSeries());
    expect((await exported(studyId!)).series[0]).toMatchObject({
      notAnalysed: null,
      warnings: ['1 of 20 frames were not analysed by the model. The picture is blurred.'],
    });
  });
});

interface ExportedReport {
  series: { notAnalysed: string | null; warnings: string[] }[];
}

async function exportedText(studyId: string, format: 'csv' | 'json'): Promise<string> {
  const folder = join(h.folder, 'out');
  const started = await h.ask('export.start', { studyId, formats: [format], folder });
  const job = await h.finished(started!.jobId);
  if (job.result?.kind !== 'export') throw new Error(`the export ended as ${job.state}`);
  return readFileSync(join(folder, job.result.files[0]!), 'utf8');
}
const exported = async (studyId: string): Promise<ExportedReport> =>
  JSON.parse(await exportedText(studyId, 'json')) as ExportedReport;

describe('judging a series', () => {
  const gated = (judge: Partial<Detector>, gate: unknown = {}): Detector =>
    ({ bundle: { kind: 'picture', gate }, ...judge }) as unknown as Detector;
  const image = {} as RasterImage;

  it('leaves out the frames that are turned away, not the others', async () => {
    const verdicts = [null, blurred, null];
    const judge = new FrameJudge(gated({ judgeImage: () => Promise.resolve(verdicts.shift()!) }), false);
    expect([
      await judge.admits(image, 0),
      await judge.admits(image, 1),
      await judge.admits(image, 2),
    ]).toEqual([true, false, true]);
    const expected: QualityReport = {
      checked: 3,
      flagged: [{ ...blurred, frame: 1 }],
      analysable: true,
      ignored: false,
    };
    expect(judge.report()).toEqual(expected);
  });

  it('reads them where it is told to look anyway, and says so', async () => {
    const judge = new FrameJudge(gated({ judgeImage: () => Promise.resolve(blurred) }), true);
    expect(await judge.admits(image, 0)).toBe(true);
    expect(judge.report()).toMatchObject({ analysable: false, ignored: true, flagged: [{ frame: 0 }] });
  });

  it('says nothing of quality where the model has no gate', async () => {
    const never = gated({ judgeImage: () => Promise.reject(new Error('asked')) }, undefined);
    const plain = { ...never, bundle: { kind: 'picture' } } as unknown as Detector;
    const judge = new FrameJudge(plain, false);
    expect(await judge.admits(image, 0)).toBe(true);
    expect(judge.report()).toBeUndefined();
    expect(await judgeVolume(plain, {} as never, false)).toBeUndefined();
  });
});
