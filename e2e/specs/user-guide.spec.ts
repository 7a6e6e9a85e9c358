import { join } from 'node:path';
import { brain1, lung1 } from '../fixtures/brain-study';
import { writeDarkGateModel } from '../fixtures/changed-models';
import { root } from '../fixtures/electron';
import { polypPictures, writeBlackPicture, writePolypPicture } from '../fixtures/pictures';
import { savePicture } from '../fixtures/pictures-of-screens';
import { expect, test } from '../fixtures/test';
import { PeoplePage } from '../pages/people-page';
import { SettingsPage } from '../pages/settings-page';
import { WorklistPage } from '../pages/worklist-page';

/**
 * Pictures of every screen for docs/user-guide (`npm run docs:screens`): of the BSD-3 demo volumes and of made pictures and
 * scans, never of shared data.
 */
if (process.env['REGIO_SCREENSHOTS'] === '1') {
  test('pictures of every screen for the user guide', async ({ launch, folders }) => {
    test.setTimeout(900_000);
    const photos = polypPictures(2).map((shape, n) => {
      const file = join(folders.base, `made-polyp-${n + 1}.png`);
      writePolypPicture(file, shape);
      return file;
    });
    const black = join(folders.base, 'made-polyp-dark.png');
    writeBlackPicture(black);
    const models = { REGIO_MODELS_DIR: writeDarkGateModel(folders.base) };
    // Else the reader would be whose account this is.
    const first = await launch([], models);
    await first.invoke('settings.set', { reviewer: 'Dr A. Reader', language: 'en' });
    await first.close();
    const regio = await launch([], models);
    const { page } = regio;
    await regio.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().forEach((window) => window.setContentSize(1280, 800)),
    );
    const save = async (name: string): Promise<void> => {
      for (const close of await page.getByTestId('notice').getByRole('button').all()) await close.click();
      await page.mouse.move(640, 799);
      await savePicture(page, join(root, 'docs', 'user-guide', 'images', name));
    };
    const shown = (testId: string) => expect(page.getByTestId(testId).first()).toBeVisible();
    const worklist = new WorklistPage(regio);
    await shown('worklist');
    await save('worklist-empty');

    await worklist.importFiles([...photos, black, brain1.path, lung1.path]);
    for (const name of [brain1.name, 'made-polyp-2'])
      await expect(worklist.row(name)).toHaveAttribute('data-state', 'to-review', { timeout: 240_000 });
    await expect(worklist.jobs).toHaveCount(0, { timeout: 240_000 });
    await save('worklist');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('j');
    await shown('selection-bar');
    await save('queue');
    await page.keyboard.press('j');
    await page.keyboard.press('Escape');

    await page.getByTestId('open-deidentify').click();
    await shown('deidentify-dialog');
    await save('de-identify');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('deidentify-dialog')).toBeHidden();
    const settings = await SettingsPage.open(page);
    for (const section of ['general', 'appearance', 'keys', 'mouse']) {
      await settings.section(section);
      await save(`settings-${section}`);
    }
    await settings.close();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('open');
    await shown('palette-item');
    await save('palette');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('palette')).toBeHidden();
    await page.keyboard.press('m');
    await shown('model');
    await save('models');
    await page.keyboard.press('Escape');

    await test.step('a photo', async () => {
      const review = await worklist.open('made-polyp-1');
      await review.loaded();
      await expect.poll(() => review.selectedNumber()).not.toBeNull();
      await save('review-photo');
      await review.press('t');
      await shown('description-form');
      await save('describe');
      await review.press('Escape');
      await review.press('x');
      await shown('reasons');
      await save('reasons');
      await review.press('Escape');
      await review.press('e');
      await shown('mode-bar');
      await save('edit-box');
      await review.press('Escape');
      await review.press('Shift+I');
      await shown('fate');
      await review.press('Shift+H');
      await shown('heat-map');
      await save('inspector');
      await review.press('Shift+H');
      await review.press('Shift+I');
      await review.press('?');
      await shown('help');
      await save('keys');
      await page.keyboard.press('Escape');
      await page.getByTestId('back').click();
    });
    await test.step('a frame that the model does not judge', async () => {
      const review = await worklist.open('made-polyp-dark');
      await review.loaded();
      await shown('not-analysable');
      await save('not-analysable');
      await page.getByTestId('back').click();
    });
    await test.step('a chest CT', async () => {
      const studies = await regio.invoke('studies.list', undefined);
      const { studyId } = studies.find((study) => study.patient.name === lung1.name)!;
      const { findings } = await regio.invoke('studies.open', { studyId });
      const { findingId } = findings.reduce((a, b) => ((b.score ?? 0) > (a.score ?? 0) ? b : a));
      await regio.invoke('review.describe', {
        studyId,
        findingId,
        change: { terms: { setting: ['screening'], texture: ['solid'], status: ['baseline'] } },
      });
      const review = await worklist.open(lung1.name);
      await review.loaded();
      await expect.poll(() => review.selectedNumber()).not.toBeNull();
      await review.press('g');
      await shown('guideline-card');
      await save('guideline');
      await review.press('Escape');
      await page.getByTestId('back').click();
    });
    await test.step('a volume, decided and signed', async () => {
      const review = await worklist.open(brain1.name);
      await review.loaded();
      await expect.poll(() => review.selectedNumber()).not.toBeNull();
      await save('review-volume');
      await page.getByTestId('measure').click();
      await save('measure');
      await page.keyboard.press('Escape');
      await review.press('q');
      await shown('finding-strip');
      await save('strip');
      await review.press('q');
      const count = await review.findings.count();
      for (let n = 0; n < count; n++) {
        await review.press('a');
        await expect(review.finding(n + 1)).toHaveAttribute('data-verdict', 'accepted');
      }
      await review.press('s');
      await shown('sign-dialog');
      await save('sign');
      await page.keyboard.press('Escape');
      await review.press('Control+e');
      await shown('export-dialog');
      await save('export');
      await page.keyboard.press('Escape');
      await page.getByTestId('back').click();
    });
    await test.step('another reading mode, and who reads', async () => {
      await regio.invoke('settings.set', { readingModes: { MR: 'second-reader' } });
      const people = new PeoplePage(regio);
      await people.createUser('Dr Admin');
      await people.createUser('Dr Reader', 'reader');
      await save('users');
      await page.getByTestId('back').click();
      await page.keyboard.press('Control+l');
      await shown('lock-screen');
      await save('lock');
      await people.unlock();
      await shown('worklist');
    });
    await test.step('light and high contrast, German', async () => {
      for (const theme of ['light', 'contrast'] as const) {
        const again = await SettingsPage.open(page);
        await again.section('appearance');
        await page.getByTestId(`theme-${theme}`).check();
        if (theme === 'light') await page.getByTestId('language-de').check();
        await again.close();
        const review = await worklist.open('made-polyp-2');
        await review.loaded();
        await save(`review-${theme}`);
        await page.getByTestId('back').click();
      }
    });
  });
}
