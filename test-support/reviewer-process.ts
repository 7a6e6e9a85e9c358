import { join } from 'node:path';
import { openStore } from '../src-main/storage';
import { createServices } from '../src-main/services/create-services';
import { fakeEngine } from './services-harness';

/**
 * A process that reviews without end: it decides on one finding after the other and says each decision only after the
 * service has answered. Started by kill-review.spec.ts, which kills it. Arguments: data folder, study id, finding ids.
 */
const [folder = '', studyId = '', ...findingIds] = process.argv.slice(2);
let ids = 0;
const services = createServices({
  store: openStore({ folder, key: Buffer.alloc(32, 3) }),
  engine: fakeEngine(),
  clock: { now: () => new Date() },
  newId: () => `${process.pid}-${++ids}`,
  softwareVersion: '0.0.0-test',
  emit: () => undefined,
  ownModelsFolder: join(folder, 'models'),
  defaultReviewer: 'Dr Kill',
});

function decideNext(n: number): void {
  const findingId = findingIds[n % findingIds.length]!;
  const comment = `${process.pid}-${n}`;
  void Promise.resolve(services.handlers['review.comment']({ studyId, findingId, comment })).then(() => {
    process.send?.(comment, undefined, undefined, () => setImmediate(() => decideNext(n + 1)));
  });
}
decideNext(0);
