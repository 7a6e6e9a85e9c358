import { beforeEach, describe, expect, it } from 'vitest';
import { deferred } from '../../test-support/services-harness';
import type { EventPayload } from '../contract/endpoints';
import type { Job } from '../contract/entities';
import { Jobs, type JobContext, type JobSpec } from './jobs';

let now = 0;
let told: Job[];
let queues: EventPayload<'queue.changed'>[];
let jobs: Jobs;
let ids = 0;
beforeEach(() => {
  now = 0;
  told = [];
  queues = [];
  jobs = new Jobs({
    clock: { now: () => new Date(now) },
    newId: () => `j${++ids}`,
    emit: (name, payload) => {
      if (name === 'job.changed') told.push(payload as Job);
      else queues.push(payload as EventPayload<'queue.changed'>);
    },
  });
});
const spec = (run: JobSpec['run'], change: Partial<JobSpec> = {}): JobSpec => ({
  kind: 'import',
  title: 't',
  studyId: null,
  run,
  ...change,
});
const states = (jobId: string): string[] => told.filter((j) => j.jobId === jobId).map((j) => j.state);

describe('jobs', () => {
  it('end exactly once: done, failed or cancelled', async () => {
    const good = jobs.start(spec(() => Promise.resolve(null)));
    const bad = jobs.start(spec(() => Promise.reject(new Error('boom'))));
    expect(await jobs.wait(good)).toMatchObject({ state: 'done', progress: 1, error: null });
    expect(await jobs.wait(bad)).toMatchObject({
      state: 'failed',
      error: { code: 'internal', message: 'boom' },
    });
    jobs.cancel(good);
    expect([states(good), states(bad)]).toEqual([
      ['queued', 'running', 'done'],
      ['queued', 'running', 'failed'],
    ]);
  });

  it('run one at a time within a kind and side by side between kinds', async () => {
    const gate = deferred<null>();
    const first = jobs.start(spec(() => gate.promise));
    const second = jobs.start(spec(() => Promise.resolve(null)));
    const other = jobs.start(spec(() => Promise.resolve(null), { kind: 'export' }));
    await jobs.wait(other);
    expect(jobs.list().map((j) => j.state)).toEqual(['running', 'queued', 'done']);
    gate.resolve(null);
    await jobs.wait(second);
    expect((await jobs.wait(first)).state).toBe('done');
  });

  it('cancelled in the queue never run; cancelled while running end as cancelled whatever they throw', async () => {
    const started = deferred<JobContext>();
    const running = jobs.start(
      spec((context) => {
        started.resolve(context);
        return new Promise((_, reject) =>
          context.signal.addEventListener('abort', () => reject(new Error('odd'))),
        );
      }),
    );
    let ran = false;
    let told1 = false;
    const waiting = jobs.start(
      spec(() => ((ran = true), Promise.resolve(null)), { neverRan: () => void (told1 = true) }),
    );
    const context = await started.promise;
    jobs.cancel(waiting);
    jobs.cancel(waiting);
    jobs.cancel(running);
    context.progress(0.9, 'too late');
    expect(await jobs.wait(running)).toMatchObject({ state: 'cancelled', error: null, progress: 0 });
    await jobs.idle();
    expect([ran, told1, states(waiting)]).toEqual([false, true, ['queued', 'cancelled']]);
  });

  it('tell progress at most ten times a second, never backwards, and keep the last step', async () => {
    const id = jobs.start(
      spec(({ progress }) => {
        for (let n = 0; n < 1000; n++) {
          now += 1;
          progress(n / 1000, `step ${n}`);
        }
        progress(0.2, 'back');
        progress(NaN, 'nothing');
        expect(jobs.list()[0]).toMatchObject({ progress: 0.999, step: 'back' });
        return Promise.resolve(null);
      }),
    );
    await jobs.wait(id);
    const progress = told.map((j) => j.progress);
    expect(told.length).toBeLessThan(16);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('close cancels everything and takes no more', async () => {
    const running = jobs.start(
      spec(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error()))),
      ),
    );
    const waiting = jobs.start(spec(() => Promise.resolve(null)));
    await jobs.close();
    expect([(await jobs.wait(running)).state, (await jobs.wait(waiting)).state]).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect(() => jobs.start(spec(() => Promise.resolve(null)))).toThrow('closing');
    expect(() => jobs.cancel('nobody')).toThrow('not known');
  });

  it('forget old ends, never what is open', async () => {
    const gate = deferred<null>();
    const open = jobs.start(spec(() => gate.promise, { kind: 'export' }));
    for (let n = 0; n < 250; n++) await jobs.wait(jobs.start(spec(() => Promise.resolve(null))));
    expect(jobs.list().length).toBe(200);
    expect(jobs.list()[0]!.jobId).toBe(open);
    gate.resolve(null);
    await jobs.idle();
  });

  it('wait by priority, within one in order, and can be raised while they wait', async () => {
    const gate = deferred<null>();
    const ran: string[] = [];
    const named = (title: string, priority?: number) =>
      jobs.start(
        spec(() => (ran.push(title), Promise.resolve(null)), {
          title,
          ...(priority !== undefined && { priority }),
        }),
      );
    const first = jobs.start(spec(() => gate.promise));
    await Promise.resolve();
    const ids = [named('a'), named('b'), named('urgent', 1), named('c'), named('asked', 2)];
    jobs.raise(ids[3]!, 2);
    jobs.raise(first, 5);
    expect(jobs.queue('import')).toMatchObject({
      paused: false,
      running: { jobId: first },
      waiting: ['asked', 'c', 'urgent', 'a', 'b'].map((title) => ({ title })),
    });
    gate.resolve(null);
    await jobs.idle();
    expect(ran).toEqual(['asked', 'c', 'urgent', 'a', 'b']);
  });

  it('paused, finish what runs and begin nothing; cleared, end what waits', async () => {
    const gate = deferred<null>();
    const running = jobs.start(spec(() => gate.promise));
    const waiting = jobs.start(spec(() => Promise.resolve(null)));
    const dropped = jobs.start(spec(() => Promise.resolve(null)));
    await Promise.resolve();
    jobs.setPaused('import', true);
    gate.resolve(null);
    expect((await jobs.wait(running)).state).toBe('done');
    const other = jobs.start(spec(() => Promise.resolve(null), { kind: 'export' }));
    expect((await jobs.wait(other)).state).toBe('done');
    expect(jobs.queue('import')).toMatchObject({ paused: true, waiting: [{ state: 'queued' }, {}] });
    jobs.cancel(dropped);
    jobs.setPaused('import', false);
    expect((await jobs.wait(waiting)).state).toBe('done');
    expect((await jobs.wait(dropped)).state).toBe('cancelled');

    jobs.setPaused('import', true);
    const ids = [1, 2, 3].map(() => jobs.start(spec(() => Promise.resolve(null))));
    jobs.cancelWaiting('import');
    await jobs.idle();
    expect(
      jobs
        .list()
        .filter(({ jobId }) => ids.includes(jobId))
        .map(({ state }) => state),
    ).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(queues.at(-1)).toEqual({ kind: 'import', paused: true, running: null, waiting: 0 });
  });

  it('closing ends a paused queue, too', async () => {
    jobs.setPaused('import', true);
    const waiting = jobs.start(spec(() => Promise.resolve(null)));
    await jobs.close();
    expect((await jobs.wait(waiting)).state).toBe('cancelled');
  });

  it('tell of a batch once, not of each of its jobs', async () => {
    for (let n = 0; n < 300; n++) jobs.start(spec(() => Promise.resolve(null)));
    await Promise.resolve();
    await Promise.resolve();
    expect(queues.length).toBeLessThan(5);
    await jobs.idle();
  });
});
