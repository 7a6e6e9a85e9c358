import { join } from 'node:path';
import { violationsIn } from '../fixtures/axe';
import { brain1 } from '../fixtures/brain-study';
import { writeUngatedModel } from '../fixtures/changed-models';
import { writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { PeoplePage } from '../pages/people-page';
import { walkScreens } from '../pages/screens';
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

  await regio.invoke('settings.set', { reviewer: 'Dr Test' });
  await worklist.importFiles([photo, brain1.path]);
  for (const name of ['made-polyp', brain1.name])
    await expect(worklist.row(name)).toHaveAttribute('data-state', 'to-review', { timeout: 180_000 });
  // Menus are one component; what both kinds of study show is looked at in one, and what other specs look at, there.
  await walkScreens(regio, { photo: 'made-polyp', volume: brain1.name }, async (screen) => {
    if (!/menu|^volume, |inspector|^two results/.test(screen)) await check(screen);
  });
  await people.createUser('Dr Admin');
  await check('users, one there');
  await page.getByTestId('logout').click();
  await expect(people.lockScreen).toHaveAttribute('data-state', 'signed-out');
  await check('login');
  expect(found).toEqual([]);
});
