import { afterEach, beforeEach, expect, it } from 'vitest';
import { found, madeSeries, servicesHarness, type Harness } from '../../../test-support/services-harness';

let h: Harness;
beforeEach(() => (h = servicesHarness({ detect: () => found(0.9) })));
afterEach(() => h.end());

it('is come back to after a kill, and not after closing, whatever the page still says while it closes', async () => {
  const [studyId = ''] = await h.importSeries(madeSeries());
  const place = { studyId, findingId: null };
  await h.ask('place.set', place);
  await h.restart('killed');
  expect(await h.ask('place.get', undefined)).toEqual(place);
  h.services.forgetPlaces();
  await h.ask('place.set', place);
  await h.restart();
  expect(await h.ask('place.get', undefined)).toBeNull();
  await h.ask('place.set', place);
  expect(await h.ask('place.get', undefined)).toEqual(place);
});
