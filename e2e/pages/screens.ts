import { closeNotices } from '../fixtures/notices';
import { expect } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';
import type { ReviewPage } from './review-page';
import { SettingsPage } from './settings-page';
import { WorklistPage } from './worklist-page';

/** What lies in the worklist of a walk: studies by a piece of their rows. */
export interface WalkedStudies {
  readonly photo: string;
  readonly volume: string;
}

/** Told of each screen while it is shown. */
type Look = (screen: string) => Promise<void>;

interface Walk {
  readonly regio: RegioApp;
  readonly look: Look;
  readonly shown: (testId: string) => Promise<void>;
  /** Esc, and it is gone. */
  readonly close: (testId: string) => Promise<void>;
}

/**
 * Goes through every screen and dialog as a reader would, in whatever language is on, and tells `look` of each; ends at the
 * worklist. Nothing is decided or written.
 */
export async function walkScreens(
  regio: RegioApp,
  { photo, volume }: WalkedStudies,
  look: Look,
): Promise<void> {
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  const walk: Walk = {
    regio,
    look,
    shown: (testId) => expect(page.getByTestId(testId).first()).toBeVisible(),
    close: async (testId) => {
      await page.keyboard.press('Escape');
      await expect(page.getByTestId(testId)).toBeHidden();
    },
  };
  await walkProgram(walk);
  for (const [kind, name] of [
    ['photo', photo],
    ['volume', volume],
  ] as const) {
    // What failed meanwhile (a volume that a model does not judge) may lie over the row.
    await closeNotices(page);
    const review = await worklist.open(name);
    await review.loaded();
    // The first that is undecided is selected already; of decided ones none.
    if ((await review.selectedNumber()) === null) await review.press('n');
    await walk.shown('decision');
    await look(`review of a ${kind}`);
    await walkFinding(walk, review, kind);
    if (kind === 'photo') await walkPhoto(walk, review);
    else {
      await review.press('s');
      await walk.shown('sign-dialog');
      await look('sign');
      await walk.close('sign-dialog');
    }
    await page.getByTestId('back').click();
    await walk.shown('worklist');
  }
  await page.keyboard.press('Control+l');
  await walk.shown('lock-screen');
  await look('lock');
  await page.keyboard.press('Enter');
  await walk.shown('worklist');
}

/** The worklist and what is reached from it. */
async function walkProgram({ regio: { page }, look, shown, close }: Walk): Promise<void> {
  await look('worklist');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('j');
  await shown('selection-bar');
  await look('selection and queue');
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
}

/** What is done with a finding that is selected, and with the pictures it lies in. */
async function walkFinding(
  { regio: { page }, look, shown }: Walk,
  review: ReviewPage,
  kind: 'photo' | 'volume',
): Promise<void> {
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
  // A volume's network takes its time.
  await shown(kind === 'photo' ? 'fate' : 'inspector');
  await look(`${kind}, inspector`);
  if (kind === 'photo') {
    await review.press('Shift+H');
    await shown('heat-map');
    await look('photo, heat map');
    await review.press('Shift+H');
  }
  await review.press('Shift+I');
  await review.press('q');
  await shown('finding-strip');
  await look(`${kind}, strip of findings`);
  await review.press('q');
  await review.press('Control+b');
  await shown('panel-rail');
  await look(`${kind}, without the panel`);
  await review.press('Control+b');
  await shown('finding-panel');
}

async function walkPhoto({ regio: { page }, look, shown, close }: Walk, review: ReviewPage): Promise<void> {
  await review.press('Shift+Q');
  await shown('compare');
  await look('two results compared');
  await review.press('Shift+Q');
  if ((await page.getByTestId('open-results').count()) > 0) {
    await review.press('Shift+Z');
    await shown('results-dialog');
    await look('which result is read');
    await close('results-dialog');
  }
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
}
