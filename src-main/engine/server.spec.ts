import { beforeEach, expect, it } from 'vitest';
import { deferred, madeSeries } from '../../test-support/services-harness';
import type { EngineReply } from '../contract/engine-protocol';
import type { EngineTasks } from './dispatch';
import { engineOver } from './in-process';
import { serveEngine } from './server';

let replies: EngineReply[];
let ask: (message: unknown) => void;
let exited: boolean;
let next: () => Promise<EngineReply>;
let now = 0;
let tasks: EngineTasks;
let disposed: boolean;

beforeEach(() => {
  replies = [];
  exited = disposed = false;
  let waiting: ((reply: EngineReply) => void)[] = [];
  next = () => new Promise((resolve) => waiting.push(resolve));
  const unused = (): Promise<never> => Promise.reject(new Error('unused'));
  tasks = {
    ping: () => Promise.resolve({ pid: 1, tensors: 0 }),
    status: unused,
    scan: unused,
    readSlices: unused,
    closeSeries: unused,
    crops: unused,
    outline: unused,
    suggestBox: unused,
    register: unused,
    thumbnail: unused,
    readKnownSlices: unused,
    explain: unused,
    fineTune: unused,
    listModels: unused,
    detect: unused,
    deidentify: unused,
    openCopies: unused,
    copySeries: unused,
    pruneCopies: unused,
    dispose: () => Promise.resolve(void (disposed = true)),
  };
  const port = {
    post(message: EngineReply) {
      replies.push(message);
      if (message.type === 'progress') return;
      const [first, ...rest] = waiting;
      waiting = rest;
      first?.(message);
    },
    onMessage: (listener: (message: unknown) => void) => void (ask = listener),
    exit: () => void (exited = true),
  };
  serveEngine(port, tasks, () => now);
});

it('says ready first, with its pid', () => {
  expect(replies).toEqual([{ type: 'ready', pid: process.pid }]);
});

it('answers a call with what the task gave', async () => {
  const answer = next();
  ask({ type: 'call', callId: 7, method: 'ping', input: {} });
  expect(await answer).toEqual({ type: 'result', callId: 7, output: { pid: 1, tensors: 0 } });
});

it.each([
  ['an unknown method', 'format', {}, 'request.invalid'],
  ['a method of Object', 'constructor', {}, 'request.invalid'],
  ['dispose, which is no method', 'dispose', {}, 'request.invalid'],
  ['a malformed input', 'scan', { paths: [] }, 'request.invalid'],
  ['a task that throws', 'scan', { paths: ['/a'] }, 'internal'],
])('answers %s with an error', async (_name, method, input, code) => {
  const answer = next();
  ask({ type: 'call', callId: 1, method, input });
  expect(await answer).toMatchObject({ type: 'error', callId: 1, error: { code } });
});

it('answers with an error where a task gives what the contract does not allow', async () => {
  tasks.ping = () => Promise.resolve({ pid: 'x' });
  const answer = next();
  ask({ type: 'call', callId: 1, method: 'ping', input: {} });
  expect(await answer).toMatchObject({
    type: 'error',
    error: { code: 'internal', message: expect.stringContaining('pid') as string },
  });
});

it('ignores what is no request', () => {
  for (const message of [null, 7, 'call', {}, { type: 'call' }, { type: 'format', callId: 1 }]) ask(message);
  expect(replies).toHaveLength(1);
});

it('aborts by call id and throttles progress', async () => {
  const begun = deferred<void>();
  tasks.detect = (_input, { signal, onProgress }) =>
    new Promise((_, reject) => {
      for (let n = 0; n < 500; n++) {
        now += 1;
        onProgress?.(n / 500, 'x');
      }
      signal?.addEventListener('abort', () => {
        onProgress?.(1, 'late');
        reject(new Error('stopped'));
      });
      begun.resolve();
    });
  const answer = next();
  ask({ type: 'call', callId: 3, method: 'detect', input: { series: madeSeries(), modelId: 'm' } });
  await begun.promise;
  ask({ type: 'abort', callId: 99 });
  ask({ type: 'abort', callId: 3 });
  expect(await answer).toMatchObject({ type: 'error', callId: 3 });
  expect(replies.filter((r) => r.type === 'progress')).toHaveLength(5);
});

it('close disposes, then exits', async () => {
  ask({ type: 'close' });
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect([disposed, exited]).toEqual([true, true]);
});

it('in one process: same checks, and closed is closed', async () => {
  const engine = engineOver(tasks);
  expect(await engine.call('ping', {})).toEqual({ pid: 1, tensors: 0 });
  await expect(engine.call('scan', { paths: [] })).rejects.toMatchObject({ code: 'request.invalid' });
  await engine.close();
  expect(disposed).toBe(true);
  await expect(engine.call('ping', {})).rejects.toMatchObject({ code: 'job.cancelled' });
});
