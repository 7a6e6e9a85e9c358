import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureCli, type CliRun } from '../../../test-support/captured-cli';
import { detectMadeCase, reviewMadeCases, writeMadeCases } from '../../../test-support/made-cases';
import { writeDrawnBundle } from '../../../test-support/made-pictures';
import type { Engine } from '../../contract/engine-protocol';
import { engineOver } from '../../engine/in-process';
import { createEngineTasks } from '../../services/engine-tasks';
import { createServices, openUserStore, ownModels, userFolders } from '../../services';

let cwd: string;
let env: Record<string, string>;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'regio-cases-'));
  env = {
    REGIO_DATA_DIR: join(cwd, 'data'),
    REGIO_CONFIG_DIR: join(cwd, 'config'),
    REGIO_MODELS_DIR: join(cwd, 'shipped'),
  };
  mkdirSync(join(cwd, 'pictures'));
  await writeDrawnBundle(join(cwd, 'shipped', 'made-drawn'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** Real but for what the network finds. */
const openEngine = (modelsFolder: string, ownModelsFolder: string): Promise<Engine> => {
  const tasks = createEngineTasks({ modelsFolder, ownModelsFolder });
  return Promise.resolve(engineOver({ ...tasks, detect: detectMadeCase(tasks) }));
};
const run = (...argv: string[]): Promise<CliRun> => captureCli(argv, { cwd, env, openEngine });

async function importAndReview(count: number): Promise<void> {
  const imported = await run('import', ...writeMadeCases(join(cwd, 'pictures'), 0, count));
  expect(imported.err).toBe('');
  const folders = userFolders(env);
  const store = openUserStore(folders, undefined);
  const engine = await openEngine(join(cwd, 'shipped'), ownModels(folders));
  let ids = 0;
  const { handlers, close } = createServices({
    store,
    engine,
    clock: { now: () => new Date() },
    newId: () => `review-${++ids}`,
    softwareVersion: '0.0.0',
    emit: () => undefined,
    ownModelsFolder: ownModels(folders),
    defaultReviewer: 'Dr Test',
  });
  const studies = await handlers['studies.list'](undefined);
  await reviewMadeCases(
    handlers,
    studies.map((s) => s.studyId),
  );
  await close();
  await engine.close();
  store.close();
}

describe('regio train --from-cases', () => {
  it('makes, lists, uses, leaves and discards a model of reviewed cases', async () => {
    await importAndReview(12);
    const trained = await run('train', '--from-cases', '--model', 'made-drawn', '--epochs', '1');
    expect([trained.code, trained.err]).toEqual([0, '']);
    expect(trained.out).toMatch(/Cases +12 pictures of 12 patients, 12 lesions, 12 rejected marks/);
    expect(trained.out).toContain('Average precision (AP50)');
    expect(trained.out).toContain('regio models use made-drawn-clinic-1');

    const inUse = async (): Promise<string[]> => {
      const { out } = await run('models', 'list', '--json');
      const { models } = JSON.parse(out) as { models: { modelId: string; active: boolean }[] };
      return models.filter((m) => m.active).map((m) => m.modelId);
    };
    expect(await inUse()).toEqual(['made-drawn']);
    const used = await run('models', 'use', 'made-drawn-clinic-1');
    expect(used.out).toMatch(/is used from now on[\s\S]*held-back cases/);
    expect(await inUse()).toEqual(['made-drawn-clinic-1']);
    expect((await run('models', 'list')).out).toMatch(/made-drawn +0.0.1 +no /);
    expect((await run('models', 'verify')).code).toBe(0);
    expect((await run('models', 'discard', 'made-drawn-clinic-1')).code).toBe(3);
    expect((await run('models', 'use', 'made-drawn')).code).toBe(0);
    expect((await run('models', 'discard', 'made-drawn-clinic-1')).code).toBe(0);
    expect(readdirSync(join(env['REGIO_DATA_DIR']!, 'models'))).toEqual([]);

    // Elsewhere, as JSON: nothing is installed for this user.
    const out = join(cwd, 'elsewhere');
    const again = await run(
      ...['train', '--from-cases', '--model', 'made-drawn', '--epochs', '1', '--out', out, '--json'],
    );
    const made = JSON.parse(again.out) as { modelId: string; comparison: { verdict: string } };
    expect(made.modelId).toBe('made-drawn-clinic-2');
    expect(existsSync(join(out, made.modelId, 'bundle.json'))).toBe(true);
    expect(await inUse()).toEqual(['made-drawn']);
  }, 180_000);

  it('says what is missing', async () => {
    expect((await run('train', '--from-cases')).code).toBe(2);
    expect((await run('train')).code).toBe(2);
    const both = await run('train', '--from-cases', '--model', 'm', '--epochs', '1', '--minutes', '1');
    expect(both.code).toBe(2);
    const few = await run('train', '--from-cases', '--model', 'made-drawn', '--json');
    expect(few.code).toBe(3);
    expect(few.err).toContain('There are too few reviewed cases: 0 pictures');
    expect((await run('train', '--from-cases', '--model', 'nobody')).err).toContain('nobody');
  });
});
