import { afterEach, beforeEach, expect, it } from 'vitest';
import { madeSeries, servicesHarness, type Harness } from '../../test-support/services-harness';

let h: Harness;
let seriesId: string;
const slices = (indices: readonly number[]) =>
  indices.map((index) => ({ index, data: Uint8Array.of(index).buffer }));
/** Keys the made engine knows. */
let known: Set<string>;
beforeEach(async () => {
  known = new Set();
  h = servicesHarness({
    listModels: () => [],
    readSlices: ({ indices, key }) => (key && known.add(key), slices(indices)),
    readKnownSlices: ({ key, indices }) => (known.has(key) ? slices(indices) : null),
  });
  const [studyId] = await h.importSeries(madeSeries());
  seriesId = (await h.ask('studies.open', { studyId: studyId! })).series[0]!.seriesId;
  h.engine.calls.length = 0;
});
afterEach(() => h.end());
const read = async (...indices: number[]): Promise<number[]> =>
  (await h.ask('series.readSlices', { seriesId, indices })).map((s) => s.index);
const methods = (): string[] => h.engine.calls.splice(0).map((c) => c.method);

it('tells the engine of a series once, and again when it was started anew', async () => {
  expect([await read(2), await read(1, 0), await read(3)]).toEqual([[2], [1, 0], [3]]);
  expect(methods()).toEqual(['readSlices', 'readKnownSlices', 'readKnownSlices']);
  known.clear();
  expect([await read(2), await read(1)]).toEqual([[2], [1]]);
  expect(methods()).toEqual(['readKnownSlices', 'readSlices', 'readKnownSlices']);
});

it('reads the files that a later import named, and none of a removed study', async () => {
  await read(0);
  await h.importSeries(madeSeries({ files: ['/elsewhere/brain1_image.nrrd'] }));
  methods();
  await read(0);
  expect(h.engine.calls).toMatchObject([
    { method: 'readSlices', input: { series: { files: ['/elsewhere/brain1_image.nrrd'] } } },
  ]);
  const { studyId } = h.store.getSeries(seriesId)!;
  await h.ask('studies.remove', { studyId });
  await expect(read(0)).rejects.toMatchObject({ code: 'not-found' });
});

it('refuses slices that the series does not have, the first time and later', async () => {
  await expect(read(4)).rejects.toMatchObject({ code: 'request.invalid' });
  await read(3);
  await expect(read(0, 4)).rejects.toMatchObject({ code: 'request.invalid', details: { field: 'indices' } });
  expect(methods()).toEqual(['readSlices']);
});
