import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deferred, madeSeries } from '../../test-support/services-harness';
import { createEngineClient, type EngineClient, type EngineState } from './client';
import { forkEngineTransport } from './fork-transport';

// A real process over a real wire, killed for real. Its tasks are test-support/slow-engine.ts, so that no model is needed.
let folder: string;
let client: EngineClient;
let states: EngineState[];
let stateIs: (state: EngineState) => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regio-engine-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      target: 'node16',
      ssr: join(__dirname, '../../test-support/slow-engine.ts'),
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'engine.cjs' } },
    },
    ssr: { noExternal: true },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (entry = join(folder, 'engine.cjs')): void => {
  states = [];
  let waiting: { state: EngineState; go: () => void }[] = [];
  client = createEngineClient({
    start: () => forkEngineTransport({ entry, modelsFolder: folder }),
    onState(state) {
      states.push(state);
      for (const { go } of waiting.filter((w) => w.state === state)) go();
      waiting = waiting.filter((w) => w.state !== state);
    },
  });
  stateIs = (state) =>
    client.state === state ? Promise.resolve() : new Promise((go) => waiting.push({ state, go }));
};
afterEach(() => client.close());

const begin = async () => {
  const begun = deferred<void>();
  const abort = new AbortController();
  const call = client.call(
    'detect',
    { series: madeSeries(), modelId: 'slow' },
    { signal: abort.signal, onProgress: () => begun.resolve() },
  );
  call.catch(() => undefined);
  await begun.promise;
  return { call, abort };
};

describe('a forked engine', () => {
  it('carries slices as ArrayBuffers', async () => {
    start();
    const slices = await client.call('readSlices', { series: madeSeries(), indices: [3, 1] });
    expect(slices.map(({ index, data }) => [index, data.byteLength, new Uint8Array(data)[9]])).toEqual([
      [3, 1 << 20, 3],
      [1, 1 << 20, 1],
    ]);
  });

  it.each(['SIGKILL', 'SIGSEGV'] as const)(
    '%s in mid detection: the call says so, the engine is back within 2 s, the retry finishes',
    async (signal) => {
      start();
      const { call } = await begin();
      const pid = client.pid!;
      const killedAt = Date.now();
      process.kill(pid, signal);
      await expect(call).rejects.toMatchObject({ code: 'engine.crashed' });
      await stateIs('ready');
      expect(Date.now() - killedAt).toBeLessThan(2_000);
      expect(client.pid).not.toBe(pid);
      const retry = await client.call('detect', { series: madeSeries(), modelId: 'quick' });
      expect(retry.findings).toEqual([]);
      expect(states).toEqual(['ready', 'restarting', 'ready']);
    },
  );

  it('stops retrying after three kills', async () => {
    start();
    for (let n = 0; n < 3; n++) {
      await stateIs('ready');
      const { call } = await begin();
      process.kill(client.pid!, 'SIGKILL');
      await expect(call).rejects.toMatchObject({ code: 'engine.crashed' });
    }
    expect(client.state).toBe('stopped');
    await expect(client.call('ping', {})).rejects.toMatchObject({ code: 'engine.crashed' });
  });

  it('stops after three starts of an engine that cannot start', async () => {
    start(join(folder, 'nothing-here.cjs'));
    await stateIs('stopped');
    await expect(client.call('ping', {})).rejects.toMatchObject({ code: 'engine.crashed' });
  });

  it('hears an abort and lives on', async () => {
    start();
    const { call, abort } = await begin();
    const { pid } = client;
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'job.cancelled' });
    expect((await client.call('ping', {})).pid).toBe(pid);
  });

  it('ends with its client', async () => {
    start();
    await stateIs('ready');
    const pid = client.pid!;
    await client.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
