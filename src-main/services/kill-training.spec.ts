import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { detectMadeCase, reviewMadeCases, writeMadeCases } from '../../test-support/made-cases';
import { writeDrawnBundle } from '../../test-support/made-pictures';
import { servicesHarness } from '../../test-support/services-harness';
import type { EngineOutput } from '../contract/engine-protocol';
import { createEngineClient } from '../engine/client';
import { forkEngineTransport } from '../engine/fork-transport';
import { createEngineTasks } from './engine-tasks';

/** The engine is a process of its own here, killed for real with half a bundle on the disk (test-support/slow-engine.ts). */
it('kill -9 of the engine in mid training leaves nothing, says so, and the model in use stays', async () => {
  const h = servicesHarness();
  const built = mkdtempSync(join(tmpdir(), 'regio-killed-'));
  const own = join(h.folder, 'models');
  const pictures = join(h.folder, 'pictures');
  mkdirSync(pictures);
  await writeDrawnBundle(join(built, 'shipped', 'made-drawn'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: built,
      emptyOutDir: false,
      target: 'node16',
      ssr: join(__dirname, '../../test-support/slow-engine.ts'),
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'engine.cjs' } },
    },
    ssr: { noExternal: true },
  });
  const tasks = createEngineTasks({ modelsFolder: join(built, 'shipped'), ownModelsFolder: own });
  const client = createEngineClient({
    start: () => forkEngineTransport({ entry: join(built, 'engine.cjs'), modelsFolder: built }),
  });
  try {
    const { answers } = h.engine;
    answers.scan = (input, options) => tasks.scan(input, options) as Promise<EngineOutput<'scan'>>;
    answers.listModels = () => tasks.listModels();
    answers.detect = detectMadeCase(tasks);
    let left: string[] = [];
    answers.fineTune = (input, options) =>
      client.call('fineTune', input, {
        ...options,
        onProgress: () => {
          left = readdirSync(own);
          process.kill(client.pid!, 'SIGKILL');
        },
      });
    await h.finished((await h.ask('import.paths', { paths: writeMadeCases(pictures, 0, 12) })).jobId);
    const studies = await h.ask('studies.list', undefined);
    await reviewMadeCases(
      h.services.handlers,
      studies.map((s) => s.studyId),
    );

    const ask = { modelId: 'made-drawn', epochs: 1, minutes: null };
    const job = await h.finished((await h.ask('training.start', ask)).jobId);
    expect(left).toEqual(['made-drawn-clinic-1.writing', 'made-drawn-clinic-1.writing.writing']);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'engine.crashed' } });
    expect(job.error!.hint).toContain('Nothing was changed');
    expect(readdirSync(own)).toEqual([]);
    expect(await h.ask('models.list', undefined)).toMatchObject([{ modelId: 'made-drawn', active: true }]);
    expect(h.store.listAudit().some(({ type }) => type === 'model.trained')).toBe(false);
  } finally {
    await client.close();
    await tasks.dispose();
    await h.end();
    rmSync(built, { recursive: true, force: true });
  }
}, 120_000);
