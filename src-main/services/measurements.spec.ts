import { afterEach, beforeEach, expect, it } from 'vitest';
import { madePhoto, madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';

let h: Harness;
beforeEach(() => {
  h = servicesHarness();
});
afterEach(() => h.end());

const length = (measurementId: string, x = 5) => ({
  measurementId,
  kind: 'length' as const,
  place: { space: 'lps' as const, axis: 2 as const },
  points: [
    [0, 0, 1],
    [x, 0, 1],
  ] as [number, number, number][],
});

it('keeps measurements over a crash, in the order in which they were drawn, until they are removed', async () => {
  const [studyId] = (await h.importSeries(madeSeries())) as [string];
  const { seriesId } = (await h.ask('studies.open', { studyId })).series[0]!;
  const list = () => h.ask('measurements.list', { studyId });
  await h.ask('measurements.put', { studyId, seriesId, measurement: length('a') });
  await h.ask('measurements.put', { studyId, seriesId, measurement: length('b') });
  await h.ask('measurements.put', { studyId, seriesId, measurement: length('a', 7) });
  await h.restart('killed');
  expect(await list()).toEqual([
    { seriesId, measurement: length('a', 7) },
    { seriesId, measurement: length('b') },
  ]);
  await h.ask('measurements.remove', { studyId, measurementIds: ['a', 'gone'] });
  expect((await list()).map((m) => m.measurement.measurementId)).toEqual(['b']);
  await h.ask('studies.remove', { studyId });
  expect(await list()).toEqual([]);
});

it('refuses one that lies in no picture of the series, or whose points are not whole', async () => {
  const [studyId] = (await h.importSeries(madePhoto())) as [string];
  const { seriesId } = (await h.ask('studies.open', { studyId })).series[0]!;
  const put = (measurement: Parameters<typeof length>[0] | ReturnType<typeof length>) =>
    h.ask('measurements.put', { studyId, seriesId, measurement: measurement as ReturnType<typeof length> });
  await expect(put(length('a'))).rejects.toMatchObject({
    code: 'request.invalid',
    details: { field: 'place' },
  });
  const far = { ...length('a'), place: { space: 'px' as const, frame: 99 } };
  await expect(put(far as never)).rejects.toMatchObject({ code: 'request.invalid' });
  await expect(
    h.ask('measurements.put', {
      studyId: 'other',
      seriesId,
      measurement: { ...far, place: { space: 'px', frame: 0 } },
    }),
  ).rejects.toMatchObject({ code: 'request.invalid' });
});
