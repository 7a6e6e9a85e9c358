import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeUngatedModel } from '../fixtures/changed-models';
import { root } from '../fixtures/electron';
import { kvasirCases, madeCases, reviewAll, type ReviewCase } from '../fixtures/reviewer';
import { expect, test } from '../fixtures/test';
import type { RegioApp } from '../fixtures/regio-app';
import { ModelsPage } from '../pages/models-page';
import { WorklistPage } from '../pages/worklist-page';

const base = 'colonoscopy-polyp';
const own = `${base}-clinic-1`;
/** Trainings here share their processors with whatever window is tested beside them. ms */
const patience = 180_000;
test.setTimeout(2 * patience);

/** Imported, detected and reviewed to the end. */
async function reviewed(regio: RegioApp, cases: readonly ReviewCase[]): Promise<WorklistPage> {
  const worklist = new WorklistPage(regio);
  await worklist.importFiles(cases.map((c) => c.file));
  await expect(worklist.rows).toHaveCount(cases.length);
  await expect(worklist.jobs).toHaveCount(0, { timeout: patience });
  await reviewAll(regio, cases);
  return worklist;
}

/** Result set that the newest detection of a study made. */
async function newestModel(regio: RegioApp, studyId: string): Promise<string> {
  const { resultSets } = await regio.invoke('studies.open', { studyId });
  return resultSets[resultSets.length - 1]!.modelId;
}

test('reviewed cases teach a model that is compared, switched on, used and switched back', async ({
  launch,
  folders,
}) => {
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const cases = madeCases(folders.base, 20);
  const worklist = await reviewed(regio, cases);
  const { page } = regio;
  const picture = async (name: string): Promise<void> => {
    if (process.env['REGIO_SCREENSHOTS'] !== '1') return;
    // Short messages go by themselves.
    await expect(page.getByTestId('notice')).toHaveCount(0);
    await page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`) });
  };

  const models = await ModelsPage.open(regio);
  await expect(models.model(base).getByTestId('in-use')).toBeVisible();
  await models.improve(base);
  await expect(models.improveDialog.getByTestId('cases')).toContainText('20 pictures of 20 patients');
  await picture('models-improve');
  await models.start(0.2);
  await expect(models.training).toContainText(/step \d+ of \d+/, { timeout: patience });

  const made = models.own(own);
  await expect(made).toBeVisible({ timeout: patience });
  await expect(made.getByTestId('comparison')).toContainText('Average precision (AP50)');
  await expect(made.getByTestId('verdict')).toHaveText(/held-back cases/);
  await picture('models-comparison');
  // Made and compared, and not in use before somebody says so.
  expect(await models.inUse(base)).toBe(base);
  await made.getByTestId('use').click();
  await expect(made.getByTestId('in-use')).toBeVisible();
  expect(await models.inUse(base)).toBe(own);
  await models.leave();

  const review = await worklist.open('made-polyp-01');
  await review.loaded();
  const { study } = await review.stored();
  expect(await newestModel(regio, study.studyId)).toBe(base);
  await page.getByTestId('run-detection').click();
  await expect.poll(() => newestModel(regio, study.studyId), { timeout: patience }).toBe(own);
  await page.getByTestId('back').click();

  await ModelsPage.open(regio);
  await models.model(base).getByTestId('back-to-shipped').click();
  await expect(made.getByTestId('in-use')).toHaveCount(0);
  expect(await models.inUse(base)).toBe(base);
  await made.getByTestId('discard').click();
  await page.getByTestId('confirm-discard').click();
  await expect(made).toHaveCount(0);
  expect(existsSync(join(folders.data, 'models', own))).toBe(false);
});

test('a cancelled training, and an engine that is killed in one, leave nothing', async ({
  launch,
  folders,
}) => {
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  await reviewed(regio, madeCases(folders.base, 12));
  const models = await ModelsPage.open(regio);
  const left = (): string[] => {
    const folder = join(folders.data, 'models');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const begin = async (): Promise<void> => {
    await models.improve(base);
    await models.start(5);
    await expect(models.training).toContainText(/step \d+ of \d+/, { timeout: patience });
  };

  await begin();
  await models.training.getByTestId('training-cancel').click();
  await expect(models.training).toHaveCount(0);
  expect((await regio.jobs('training'))[0]).toMatchObject({ state: 'cancelled' });
  await expect.poll(left).toEqual([]);

  await begin();
  process.kill((await regio.enginePid())!, 'SIGKILL');
  await expect(models.training).toHaveCount(0);
  const [failed] = await regio.jobs('training');
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'engine.crashed' } });
  expect(failed!.error!.hint).toContain('Nothing was changed');
  expect(left()).toEqual([]);
  await expect(regio.page.getByTestId('engine-state')).toHaveAttribute('data-state', 'ready');
  expect(await models.inUse(base)).toBe(base);
});

const kvasir = kvasirCases(20);
if (kvasir) {
  test('twenty real frames: the new model is no worse than it says', async ({ regio }) => {
    await reviewed(regio, kvasir);
    const models = await ModelsPage.open(regio);
    await models.improve(base);
    await models.start(0.3);
    await expect(models.own(own)).toBeVisible({ timeout: patience });
    const [job] = await regio.jobs('training');
    if (job?.result?.kind !== 'training') throw new Error('no model');
    const { comparison } = job.result;
    console.log(`kvasir: ${JSON.stringify(comparison)}`);
    expect(comparison).toMatchObject({ modelId: base });
    expect(comparison.images).toBeGreaterThanOrEqual(4);
    // So few cautious steps must not make it forget what a polyp is.
    expect(comparison.new.ap50).toBeGreaterThan(comparison.old.ap50 - 0.15);
    await models.own(own).getByTestId('use').click();
    await expect(models.own(own).getByTestId('in-use')).toBeVisible();
    await models.model(base).getByTestId('back-to-shipped').click();
    await expect(models.own(own).getByTestId('in-use')).toHaveCount(0);
    expect(await models.inUse(base)).toBe(base);
  });
}
