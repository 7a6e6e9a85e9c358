import { join } from 'node:path';
import { writeUngatedModel } from '../fixtures/changed-models';
import { writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { SettingsPage } from '../pages/settings-page';
import { WorklistPage } from '../pages/worklist-page';

test('keys are changed, conflicts refused, and kept over a restart', async ({ launch, folders }) => {
  const photo = join(folders.base, 'made-polyp.png');
  writePolypPicture(photo);
  const models = { REGIO_MODELS_DIR: writeUngatedModel(folders.base) };
  const first = await launch([photo], models);
  const { page } = first;
  const worklist = new WorklistPage(first);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });

  const settings = await SettingsPage.open(page);
  await settings.section('keys');
  await settings.press('view.boxes', 'n');
  await expect(page.getByTestId('keys-refusal')).toContainText('Next finding');
  await page.keyboard.press('?');
  await expect(page.getByTestId('keys-refusal')).toContainText('?');
  await page.keyboard.press('F9');
  await expect(settings.row('view.boxes').locator('kbd')).toHaveText(['F9']);
  await settings.press('decision.accept', 'F8');
  await settings.press('worklist.queue', 'y');
  await settings.section('mouse');
  await page.getByTestId('mouse-left').selectOption('zoom');
  await settings.close();
  await expect(page.getByTestId('open-queue'), 'tooltips say the key that is').toHaveAttribute(
    'title',
    'Queue · Y',
  );

  let review = await worklist.open('made-polyp');
  await review.loaded();
  const boxes = page.getByTestId('toggle-boxes');
  await expect(boxes).toHaveAttribute('aria-pressed', 'true');
  await expect(boxes).toHaveAttribute('title', / F9$/);
  await expect(page.getByTestId('accept').locator('kbd')).toHaveText('F8');
  await test.step('the mouse does what it was told: a drag with the left button zooms', async () => {
    const zoom = page.getByTestId('zoom').first();
    const before = (await zoom.textContent())!;
    const box = (await review.viewer.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.6);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.3, { steps: 5 });
    await page.mouse.up();
    await expect(zoom).not.toHaveText(before);
  });
  await page.keyboard.press('o');
  await expect(boxes).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('F9');
  await expect(boxes).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('?');
  await page.getByTestId('help-search').fill('hide or show all boxes');
  await expect(page.getByTestId('help-command').first().locator('kbd')).toHaveText(['F9']);
  await page.keyboard.press('Escape');
  await first.close();

  const second = await launch([], models);
  const again = new WorklistPage(second);
  review = await again.open('made-polyp');
  await review.loaded();
  await second.page.keyboard.press('F9');
  await expect(second.page.getByTestId('toggle-boxes')).toHaveAttribute('aria-pressed', 'false');
  const later = await SettingsPage.open(second.page);
  await later.section('keys');
  await second.page.getByTestId('keys-reset-all').click();
  await expect(later.row('view.boxes').locator('kbd')).toHaveText(['O']);
});

test('the palette runs commands, goes to studies and findings, and leaves what is disabled alone', async ({
  launch,
  folders,
}) => {
  const photo = join(folders.base, 'made-polyp.png');
  writePolypPicture(photo);
  const regio = await launch([photo], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  const palette = page.getByTestId('palette');
  const items = page.getByTestId('palette-item');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('made-pol');
  await expect(items.first()).toContainText('made-polyp');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('review')).toBeVisible();
  await expect(palette).toBeHidden();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('run or stop a loop');
  await expect(items.first()).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Enter');
  await expect(palette).toBeVisible();
  await page.getByTestId('palette-input').fill('crosshair');
  await expect(items.first()).toHaveAttribute('data-id', 'view.crosshair');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();

  await page.keyboard.press('Control+k');
  await expect(items.first(), 'what was used last comes first').toHaveAttribute('data-id', 'view.crosshair');
  await page.keyboard.type('finding 1');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('finding-1')).toHaveAttribute('aria-pressed', 'true');
});

test('text size, theme and language hold at once', async ({ regio }) => {
  const { page } = regio;
  await expect(page.getByTestId('worklist')).toBeVisible();
  const settings = await SettingsPage.open(page);
  await settings.section('appearance');
  const width = await page.evaluate(() => window.innerWidth);
  await page.getByTestId('text-size-150').check();
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBeLessThan(width * 0.7);
  await page.getByTestId('theme-contrast').check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
  await page.getByTestId('language-fr').check();
  await expect(settings.dialog.getByRole('heading')).toHaveText('Réglages');
});
