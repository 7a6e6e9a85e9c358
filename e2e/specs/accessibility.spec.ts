import { join } from 'node:path';
import { violationsIn } from '../fixtures/axe';
import { brain1 } from '../fixtures/brain-study';
import { writeUngatedModel } from '../fixtures/changed-models';
import { writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { PeoplePage } from '../pages/people-page';
import { SettingsPage } from '../pages/settings-page';
import { WorklistPage } from '../pages/worklist-page';

test('no screen or dialog has a serious violation, in three themes', async ({ launch, folders }) => {
  test.setTimeout(600_000);
  const photo = join(folders.base, 'made-polyp.png');
  writePolypPicture(photo);
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const { page } = regio;
  const found: string[] = [];
  const check = async (screen: string): Promise<void> => {
    found.push(...(await violationsIn(page, screen)));
  };
  const worklist = new WorklistPage(regio);
  const people = new PeoplePage(regio);
  await expect(page.getByTestId('worklist')).toBeVisible();
  await check('empty worklist');

  await worklist.importFiles([photo, brain1.path]);
  for (const name of ['made-polyp', brain1.name])
    await expect(worklist.row(name)).toHaveAttribute('data-state', 'to-review', { timeout: 180_000 });
  await check('worklist');
  await page.getByTestId('open-deidentify').click();
  await check('de-identify');
  await page.keyboard.press('Escape');

  await page.getByTestId('show-users').click();
  await expect(page.getByTestId('user-form')).toBeVisible();
  await check('users');
  await page.getByTestId('back').click();

  const settings = await SettingsPage.open(page);
  for (const section of ['general', 'appearance', 'keys', 'mouse']) {
    await settings.section(section);
    await check(`settings, ${section}`);
  }
  await settings.close();
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('palette-item').first()).toBeVisible();
  await check('palette');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('palette')).toBeHidden();

  await page.keyboard.press('m');
  await expect(page.getByTestId('model').first()).toBeVisible();
  await check('models');
  await page.keyboard.press('Escape');

  for (const name of ['made-polyp', brain1.name]) {
    const review = await worklist.open(name);
    await review.loaded();
    await review.press('n');
    await check(`review of ${name}`);
    if (name === 'made-polyp') {
      await page.keyboard.press('?');
      await expect(page.getByTestId('help')).toBeVisible();
      await check('keys');
      await page.keyboard.press('Escape');
      await page.getByTestId('export').click();
      await expect(page.getByTestId('export-dialog')).toBeVisible();
      await check('export');
      await page.keyboard.press('Escape');
      await review.press('x');
      await expect(page.getByTestId('reasons').or(page.getByTestId('reviewer-dialog')).first()).toBeVisible();
      await check('reject');
      await page.keyboard.press('Escape');
      for (const [key, panel] of [
        ['t', 'description-form'],
        ['g', 'guideline-card'],
      ] as const) {
        await review.press(key);
        await expect(page.getByTestId(panel)).toBeVisible();
        await check(panel);
        await review.press('Escape');
      }
      await review.press('Shift+I');
      await expect(page.getByTestId('fate')).toBeVisible();
      await check('inspector');
      await review.press('Shift+I');
      await review.press('s');
      await expect(page.getByTestId('sign-dialog')).toBeVisible();
      await check('sign');
      await page.keyboard.press('Escape');
    }
    await page.getByTestId('back').click();
  }
  await page.keyboard.press('Control+l');
  await expect(people.lockScreen).toBeVisible();
  await check('lock');
  await page.keyboard.press('Enter');
  await people.createUser('Dr Admin');
  await check('users, one there');
  await page.getByTestId('logout').click();
  await expect(people.lockScreen).toHaveAttribute('data-state', 'signed-out');
  await check('login');
  expect(found).toEqual([]);
});
