import { brain1 } from '../fixtures/brain-study';
import { expect, test } from '../fixtures/test';
import { PeoplePage } from '../pages/people-page';
import { WorklistPage } from '../pages/worklist-page';

/** RELIABILITY A3. */
test('a locked screen shows nothing of a patient, in no part of the page, and gives it back at the same finding', async ({
  launch,
}) => {
  const regio = await launch([brain1.path]);
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  const people = new PeoplePage(regio);
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });

  await people.createUser('Dr Admin');
  await people.createUser('Dr Reader', 'reader');
  await page.getByTestId('back').click();
  const review = await worklist.open(brain1.name);
  await review.loaded();
  await review.tabTo('threshold');
  await review.press('Home');
  await review.press('n');
  await expect.poll(() => review.selectedNumber()).toBe(2);

  const nothingShown = async (): Promise<void> => {
    await expect(people.lockScreen).toBeVisible();
    const html = await page.content();
    expect(html).not.toContain(brain1.name);
    expect(await page.locator('canvas, [data-testid="findings"], [data-testid="banner"]').count()).toBe(0);
    const refused = await regio.reply('studies.list', undefined);
    expect(refused).toMatchObject({ ok: false, error: { code: 'session.needed' } });
  };

  await test.step('Ctrl+L locks; a wrong passphrase says so', async () => {
    await review.press('Control+l');
    await nothingShown();
    await people.unlock('not this one');
    await expect(page.getByTestId('login-failure')).not.toBeEmpty();
    await people.unlock();
    await review.loaded();
    await expect(review.banner).toContainText(brain1.name);
    await expect.poll(() => review.selectedNumber()).toBe(2);
  });

  await test.step('nobody there: it locks by itself', async () => {
    await regio.invoke('settings.set', { lockMinutes: 0.03 });
    await expect(people.lockScreen).toHaveAttribute('data-state', 'locked');
    await nothingShown();
  });

  await test.step('what was being typed is kept over the lock, for who typed it', async () => {
    await people.unlock();
    await review.loaded();
    await regio.invoke('settings.set', { lockMinutes: 10 });
    await expect.poll(() => review.selectedNumber()).toBe(2);
    await review.press('t');
    await page.getByTestId('term-longAxisMm').fill('7');
    await regio.invoke('session.lock', undefined);
    await nothingShown();
    await people.unlock();
    await review.loaded();
    await expect(page.getByTestId('term-longAxisMm')).toHaveValue('7');
    await review.press('Escape');
    await review.press('c');
    await review.type('half a sentence');
    await regio.invoke('settings.set', { lockMinutes: 0.03 });
    await nothingShown();
    expect(await page.content()).not.toContain('half a sentence');
    await people.unlock();
    await review.loaded();
    await regio.invoke('settings.set', { lockMinutes: 10 });
    await expect(review.comment).toHaveValue('half a sentence');
    await review.comment.focus();
    await review.press('Enter');
    await expect.poll(async () => (await review.storedFinding(2)).decision.comment).toBe('half a sentence');
    await regio.invoke('settings.set', { lockMinutes: 0.03 });
    await nothingShown();
  });

  await test.step('another user may log in, and is who reads', async () => {
    await page.getByTestId('login-other').click();
    await people.login('Dr Reader');
    await expect(worklist.row(brain1.name)).toBeVisible();
    await regio.invoke('settings.set', { lockMinutes: 10 });
    expect((await regio.invoke('settings.get', undefined)).reviewer).toBe('Dr Reader');
    await page.getByTestId('logout').click();
    await expect(people.lockScreen).toHaveAttribute('data-state', 'signed-out');
    await nothingShown();
  });
});
