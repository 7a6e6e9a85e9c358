import { join } from 'node:path';
import type { FindingPlace } from '../../src-main/contract/entities';
import { brain1, lung1 } from '../fixtures/brain-study';
import { writeDarkGateModel } from '../fixtures/changed-models';
import { root } from '../fixtures/electron';
import { boxAround, followUp, outlineNodule, priorNodule, writeFollowUp } from '../fixtures/follow-up';
import { polypPictures, writeBlackPicture, writePolypPicture } from '../fixtures/pictures';
import { savePicture } from '../fixtures/pictures-of-screens';
import { closeNotices } from '../fixtures/notices';
import { expect, test } from '../fixtures/test';
import { DoublePage } from '../pages/double-page';
import { PeoplePage } from '../pages/people-page';
import { walkScreens } from '../pages/screens';
import { SettingsPage } from '../pages/settings-page';
import { WorklistPage } from '../pages/worklist-page';

/** Screens of the walk that the guide shows, and the names of their pictures. */
const ofTheWalk: Readonly<Record<string, string>> = {
  worklist: 'worklist',
  'selection and queue': 'queue',
  'de-identify': 'de-identify',
  'settings, general': 'settings-general',
  'settings, appearance': 'settings-appearance',
  'settings, keys': 'settings-keys',
  'settings, mouse': 'settings-mouse',
  palette: 'palette',
  models: 'models',
  'review of a photo': 'review-photo',
  'photo, description': 'describe',
  'photo, heat map': 'inspector',
  reasons: 'reasons',
  edit: 'edit-box',
  'keys of the review': 'keys',
  'review of a volume': 'review-volume',
  'volume, menu measure': 'measure',
  'volume, strip of findings': 'strip',
};

/**
 * Pictures of every screen for docs/user-guide (`npm run docs:screens`): of the BSD-3 demo volumes and of made pictures and
 * scans, never of shared data.
 */
if (process.env['REGIO_SCREENSHOTS'] === '1') {
  test('pictures of every screen for the user guide', async ({ launch, folders }) => {
    test.setTimeout(1_500_000);
    const photos = polypPictures(3).map((shape, n) => {
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
      await closeNotices(page);
      await page.mouse.move(640, 799);
      await savePicture(page, join(root, 'docs', 'user-guide', 'images', name));
    };
    const shown = (testId: string) => expect(page.getByTestId(testId).first()).toBeVisible();
    const worklist = new WorklistPage(regio);
    const people = new PeoplePage(regio);
    await shown('worklist');
    await save('worklist-empty');

    await worklist.importFiles([...photos, black, brain1.path, lung1.path]);
    for (const name of [brain1.name, 'made-polyp-2'])
      await expect(worklist.row(name)).toHaveAttribute('data-state', 'to-review', { timeout: 240_000 });
    await expect(worklist.jobs).toHaveCount(0, { timeout: 240_000 });
    await walkScreens(regio, { photo: 'made-polyp-1', volume: brain1.name }, async (screen) => {
      const name = ofTheWalk[screen];
      if (name !== undefined) await save(name);
    });

    await test.step('two results compared', async () => {
      const [photo] = (await regio.invoke('studies.list', undefined)).filter(
        (study) => study.patient.name === 'made-polyp-1',
      );
      const { studyId } = photo!;
      await regio.invoke('detection.start', { studyId, modelId: null });
      const sets = async () => (await regio.invoke('studies.open', { studyId })).resultSets.length;
      await expect.poll(sets, { timeout: 60_000 }).toBe(2);
      await expect(worklist.jobs).toHaveCount(0);
      const review = await worklist.open('made-polyp-1');
      await review.loaded();
      await review.press('Shift+Q');
      await shown('compare');
      await page.getByTestId('compare-threshold-first').focus();
      await review.press('Home');
      await page.getByTestId('compare-go').first().click();
      await save('compare');
      await review.press('Shift+Q');
      await review.press('Shift+Z');
      await shown('results-dialog');
      await page.getByTestId('result-1').click();
      await save('results');
      await review.press('Escape');
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
    await test.step('an earlier examination', async () => {
      await regio.invoke('settings.set', { detectOnImport: false });
      const made = await writeFollowUp(folders.base);
      for (const folder of [made.prior, made.current]) {
        await worklist.importFolder(folder);
        await expect(worklist.jobs).toHaveCount(0);
      }
      const chests = (await regio.invoke('studies.list', undefined)).filter(
        (study) => study.patient.id === 'PH-1',
      );
      const of = (date: string) => chests.find((study) => study.studyDate === date)!.studyId;
      await outlineNodule(regio, of(followUp.dates.prior), boxAround(priorNodule, followUp.radius.prior));
      const { nodule, radius } = followUp;
      await outlineNodule(regio, of(followUp.dates.current), boxAround(nodule, radius.current));
      const review = await worklist.open(/2024-07-13/);
      await review.loaded();
      await review.press('n');
      await page.getByTestId('open-change').click();
      await page.getByTestId('hang-prior').click();
      await expect(page.getByTestId('prior-pane')).toHaveAttribute('data-registered', 'true', {
        timeout: 120_000,
      });
      await expect(page.getByTestId('viewer-beside')).toHaveAttribute('data-volume-loaded', 'true');
      await shown('proposal');
      await save('priors');
      await page.getByTestId('confirm-link').click();
      await shown('change-table');
      await save('change');
      await page.getByTestId('back').click();
      await regio.invoke('settings.set', { detectOnImport: true });
    });
    await test.step('a volume, decided and signed', async () => {
      const review = await worklist.open(brain1.name);
      await review.loaded();
      await expect.poll(() => review.selectedNumber()).not.toBeNull();
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
      await people.createUser('Dr Admin');
      await people.createUser('Dr Reader', 'reader');
      await people.createUser('Dr Brown', 'reader');
      await people.createUser('Dr Clark', 'adjudicator');
      await save('users');
      await page.getByTestId('back').click();
      await page.keyboard.press('Control+l');
      await shown('lock-screen');
      await save('lock');
      await people.unlock();
      await shown('worklist');
    });
    await test.step('two readers of one study', async () => {
      const double = new DoublePage(regio);
      await people.change('Dr Reader');
      let review = await worklist.open('made-polyp-3');
      await review.loaded();
      await expect.poll(() => review.selectedNumber()).toBe(1);
      await review.press('Shift+D');
      await shown('assign-confirm');
      await save('assign');
      await page.keyboard.press('Escape');
      await double.assign('Dr Reader', 'Dr Brown');
      await save('blind');
      const decide = async (key: 'a' | 'u'): Promise<void> => {
        await review.press(key);
        await expect(review.finding(1)).not.toHaveAttribute('data-verdict', 'pending');
      };
      await decide('a');
      await review.press('s');
      await shown('waiting');
      await page.getByTestId('back').click();

      await people.change('Dr Brown');
      review = await worklist.open('made-polyp-3');
      await review.loaded();
      await expect.poll(() => review.selectedNumber()).toBe(1);
      await decide('u');
      const { studyId, seriesId } = (await review.stored()).series[0]!;
      const place: FindingPlace = { space: 'px', frame: 0, boxPx: [30, 170, 42, 36] };
      const own = await regio.invoke('review.add', { studyId, seriesId, label: 'polyp', place });
      const comment = 'Flat, behind the fold';
      await regio.invoke('review.comment', { studyId, findingId: own.findingId, comment });
      await review.press('s');
      await double.expectPhase('read');
      await shown('agreement');
      await page.getByTestId(`item-${own.number}`).click();
      await save('agreement');
      await page.getByTestId('adjudicate').click();
      await shown('consensus-dialog');
      await save('consensus');
      await page.keyboard.press('Escape');
      await page.getByTestId('back').click();

      await people.change('Dr Clark');
      review = await worklist.open('made-polyp-3');
      await review.loaded();
      await page.getByTestId('adjudicate').click();
      await double.expectPhase('adjudicating');
      await page.getByTestId(`item-${own.number}`).click();
      await page.getByTestId('take-second').click();
      await expect(page.getByTestId(`item-${own.number}`)).toHaveAttribute('data-resolved', 'second');
      await save('adjudicate');
      await page.getByTestId('back').click();
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
