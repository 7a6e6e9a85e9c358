import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  brainModel,
  deferred,
  found,
  madePhoto,
  madeSeries,
  servicesHarness,
  type Harness,
} from '../../test-support/services-harness';
import type { EngineOutput } from '../contract/engine-protocol';

const answer: EngineOutput<'explain'> = {
  modelId: 'brain',
  modelVersion: '1.0.0',
  modelHash: 'a'.repeat(64),
  threshold: 0.5,
  explanation: {
    kind: 'picture',
    frame: 2,
    point: [4, 4],
    skipped: false,
    scoreFloor: 0.05,
    levels: [
      {
        stride: 4,
        rows: 1,
        columns: 2,
        toPicture: [4, 0, 0, 0, 4, 0],
        row: 0,
        column: 1,
        anchors: [],
        objectness: Float32Array.of(0.25, 0.75).buffer,
        attention: null,
      },
    ],
    boxes: [],
    boxCount: 0,
    candidates: null,
  },
};
const point = { space: 'lps' as const, point: [3, 3, 2] as [number, number, number] };

let h: Harness;
let seriesId: string;
let studyId: string;
const request = () => ({ studyId, seriesId, modelId: null, point, whole: false });
beforeEach(async () => {
  const other = { ...brainModel, modelId: 'other' };
  h = servicesHarness({
    detect: () => found(0.9),
    explain: () => answer,
    listModels: () => [other, brainModel],
  });
  await h.ask('settings.set', { detectOnImport: false });
  [studyId] = (await h.importSeries(madeSeries())) as [string];
  seriesId = (await h.ask('studies.open', { studyId })).series[0]!.seriesId;
});
afterEach(() => h.end());

const asked = (): unknown => h.engine.calls.filter((c) => c.method === 'explain').pop()?.input;

describe('explaining a point', () => {
  it('asks the model that fits, then the one whose findings the series shows, or the one named', async () => {
    const { explanation } = await h.ask('series.explain', request());
    if (explanation.kind !== 'picture') throw new Error('not a picture');
    expect([...new Float32Array(explanation.levels[0]!.objectness)]).toEqual([0.25, 0.75]);
    expect(asked()).toMatchObject({ modelId: 'other', point, whole: false });
    const { jobId } = await h.ask('detection.start', { studyId, modelId: 'brain' });
    await h.finished(jobId);
    await h.ask('series.explain', request());
    expect(asked()).toMatchObject({ modelId: 'brain' });
    await h.ask('series.explain', { ...request(), modelId: 'other', whole: true });
    expect(asked()).toMatchObject({ modelId: 'other', whole: true });
  });

  it('refuses a series of another study, and changes nothing in the store', async () => {
    const [otherStudy] = await h.importSeries(madePhoto());
    const audit = h.store.listAudit(studyId).length;
    await expect(h.ask('series.explain', { ...request(), studyId: otherStudy! })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(h.ask('series.explain', { ...request(), studyId: 'nobody' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(asked()).toBeUndefined();
    await h.ask('series.explain', request());
    expect(h.store.listAudit(studyId)).toHaveLength(audit);
  });

  it('drops an answer about a study that was removed or imported anew meanwhile', async () => {
    for (const change of ['removed', 'changed'] as const) {
      const running = deferred<typeof answer>();
      h.engine.answers.explain = () => running.promise;
      const asking = h.ask('series.explain', request());
      if (change === 'changed') await h.importSeries(madeSeries({ fileStamps: [{ size: 100, mtimeMs: 2 }] }));
      else await h.ask('studies.remove', { studyId });
      running.resolve(answer);
      await expect(asking).rejects.toMatchObject({
        code: change === 'changed' ? 'job.cancelled' : 'not-found',
      });
      if (change === 'removed') {
        [studyId] = (await h.importSeries(madeSeries())) as [string];
        seriesId = (await h.ask('studies.open', { studyId })).series[0]!.seriesId;
      }
    }
  });
});
