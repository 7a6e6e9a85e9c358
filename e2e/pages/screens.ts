import { expect } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';
import { SettingsPage } from './settings-page';
import { WorklistPage } from './worklist-page';

/** What lies in the worklist of a walk: studies by a piece of their rows. */
export interface WalkedStudies {
  readonly photo: string;
  readonly volume: string;
}

/**
 * Goes through every screen and dialog as a reader would, in whatever language is on, and tells `look` of each; ends at the
 * worklist. Nothing is decided or written.
 */
export async function walkScreens(
  regio: RegioApp,
  { photo, volume }: WalkedStudies,
  look: (screen: string) => Promise<void>,
): Promise<void> {
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  const shown = (testId: string) => expect(page.getByTestId(testId).first()).toBeVisible();
  const close = async (testId: string): Promise<void> => {
    await page.keyboard.press('Escape');
    await expect(page.getByTestId(testId)).toBeHidden();
  };

  await look('worklist');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('j');
  await shown('selection-bar');
  await look('worklist, selection and queue');
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await page.getByTestId('open-deidentify').click();
  await shown('deidentify-dialog');
  await look('de-identify');
  await close('deidentify-dialog');
  const settings = await SettingsPage.open(page);
  for (const section of ['general', 'appearance', 'keys', 'mouse']) {
    await settings.section(section);
    await look(`settings, ${section}`);
  }
  await settings.close();
  await page.keyboard.press('Control+k');
  await shown('palette-item');
  await look('palette');
  await close('palette');
  await page.keyboard.press('?');
  await shown('help');
  await look('keys of the worklist');
  await close('help');
  await page.getByTestId('show-users').click();
  await shown('users');
  await look('users');
  await page.getByTestId('back').click();
  await page.keyboard.press('m');
  await shown('model');
  await look('models');
  await page.getByTestId('improve').first().click();
  await shown('improve-dialog');
  await look('improve');
  await close('improve-dialog');
  await page.keyboard.press('Escape');

  for (const [kind, name] of [
    ['photo', photo],
    ['volume', volume],
  ] as const) {
    const review = await worklist.open(name);
    await review.loaded();
    await review.press('n');
    await shown('decision');
    await look(`review of a ${kind}`);
    for (const menu of ['layout', 'windows', 'measure', 'slab', 'view']) {
      const button = page.getByTestId(menu);
      if ((await button.count()) === 0) continue;
      await button.click();
      await look(`${kind}, menu ${menu}`);
      await page.keyboard.press('Escape');
    }
    await review.press('t');
    await shown('description-form');
    await look(`${kind}, description`);
    await review.press('Escape');
    await review.press('g');
    await shown('guideline-card');
    await look(`${kind}, guideline`);
    await review.press('Escape');
    await review.press('Shift+I');
    await shown('inspector');
    await look(`${kind}, inspector`);
    await review.press('Shift+I');
    if (kind === 'photo') {
      await review.press('q');
      await look('strip of findings');
      await review.press('q');
      await review.press('x');
      await shown('reasons');
      await look('reasons');
      await review.press('Escape');
      await review.press('e');
      await shown('mode-bar');
      await look('edit');
      await review.press('Escape');
      await review.press('Control+e');
      await shown('export-dialog');
      await look('export');
      await close('export-dialog');
      await review.press('?');
      await shown('help');
      await look('keys of the review');
      await close('help');
    } else {
      await review.press('s');
      await shown('sign-dialog');
      await look('sign');
      await close('sign-dialog');
    }
    await page.getByTestId('back').click();
    await shown('worklist');
  }
  await page.keyboard.press('Control+l');
  await shown('lock-screen');
  await look('lock');
  await page.keyboard.press('Enter');
  await shown('worklist');
}
