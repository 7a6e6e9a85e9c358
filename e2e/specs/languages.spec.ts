import { join } from 'node:path';
import { ctPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { languages, type Language } from '../../src-renderer/lib/i18n/messages';
import { catalogue, strangerIn } from '../fixtures/catalogue';
import { writeUngatedModel } from '../fixtures/changed-models';
import { writePolypPicture } from '../fixtures/pictures';
import type { RegioApp } from '../fixtures/regio-app';
import { shownTexts } from '../fixtures/shown-texts';
import { closeNotices } from '../fixtures/notices';
import { expect, test } from '../fixtures/test';
import { picture } from '../fixtures/window-picture';
import { showWindow, smallestWindow, usualWindow, type WindowSize } from '../fixtures/window-size';
import { walkScreens, type WalkedStudies } from '../pages/screens';
import { SettingsPage } from '../pages/settings-page';
import { WorklistPage } from '../pages/worklist-page';

/** A language, a text size in %, and how large the window is. */
type Walk = readonly [language: Language, textSize: 100 | 150, window: WindowSize];

const longest: Walk = ['de', 150, smallestWindow];

/**
 * By default the longest words, also in the largest text, in the smallest window, too, and the other script;
 * REGIO_ALL_LANGUAGES=1 walks through all languages in both sizes of text.
 */
const all = process.env['REGIO_ALL_LANGUAGES'] === '1';
const walks: readonly Walk[] = all
  ? languages.flatMap((language): Walk[] => [
      [language, 100, usualWindow],
      [language, 150, usualWindow],
      ...(language === 'de' ? [longest] : []),
    ])
  : [['de', 100, usualWindow], ['de', 150, usualWindow], longest, ['zh', 100, usualWindow]];

/** A photo with the network's findings, and a made chest CT with one of the reader's. */
async function studiesIn(regio: RegioApp, base: string): Promise<WalkedStudies> {
  const photo = join(base, 'made-polyp.png');
  writePolypPicture(photo);
  const folder = join(base, 'ct');
  await writeDicomSeries(folder, ctPhantom({ dims: [64, 64, 24], spacing: [1, 1, 1], nodules: [] }));
  await regio.invoke('settings.set', { reviewer: 'Dr Test', detectOnImport: false });
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  const volume = worklist.row('PH-1');
  await expect(volume).toBeVisible({ timeout: 60_000 });
  const [study] = await regio.invoke('studies.list', undefined);
  const { studyId } = study!;
  const { series } = await regio.invoke('studies.open', { studyId });
  await regio.invoke('review.add', {
    studyId,
    seriesId: series[0]!.seriesId,
    label: 'nodule',
    place: { space: 'lps', boxLps: [0, 0, 0, 9, 8, 7] },
  });
  const { findings } = await regio.invoke('studies.open', { studyId });
  await regio.invoke('review.describe', {
    studyId,
    findingId: findings[0]!.findingId,
    change: { terms: { setting: ['screening'], texture: ['solid'], status: ['baseline'] } },
  });
  await regio.invoke('settings.set', { detectOnImport: true });
  await worklist.importFiles([photo]);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 180_000 });
  // Once more, so that there are two results to choose from.
  const photos = (await regio.invoke('studies.list', undefined)).filter(
    (s) => s.patient.name === 'made-polyp',
  );
  await regio.invoke('detection.start', { studyId: photos[0]!.studyId, modelId: null });
  await expect
    .poll(
      async () => (await regio.invoke('studies.open', { studyId: photos[0]!.studyId })).resultSets.length,
      { timeout: 180_000 },
    )
    .toBe(2);
  await expect(worklist.jobs).toHaveCount(0);
  return { photo: 'made-polyp', volume: 'PH-1' };
}

async function speak(regio: RegioApp, [language, textSize, window]: Walk): Promise<void> {
  // A notice stays in the language in which it came.
  await closeNotices(regio.page);
  const settings = await SettingsPage.open(regio.page);
  await settings.section('appearance');
  await regio.page.getByTestId(`language-${language}`).check();
  await regio.page.getByTestId(`text-size-${textSize}`).check();
  await settings.close();
  await showWindow(regio, window, textSize / 100);
  await expect(regio.page.locator('html')).toHaveAttribute('lang', new RegExp(`^${language}`));
}

test('a full review in each language: no text is cut, none is English', async ({ launch, folders }) => {
  test.setTimeout(all ? 1_800_000 : 450_000);
  const messages = catalogue();
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  await showWindow(regio, usualWindow, 1);
  await expect(regio.page.getByTestId('worklist')).toBeVisible();
  await test.step('what is cut would be seen', async () => {
    await regio.page.evaluate(() => {
      const narrow = document.createElement('p');
      narrow.id = 'narrow';
      narrow.textContent = 'Wider than it is, and {name}';
      narrow.style.cssText = 'width: 40px; overflow: hidden; white-space: nowrap';
      document.body.append(narrow);
    });
    const { texts, cut } = await shownTexts(regio.page);
    expect(cut).toContain('cut: <p > Wider than it is, and {name}');
    expect(texts.filter(strangerIn(messages, 'de'))).toContain('Wider than it is, and {name}');
    await regio.page.evaluate(() => document.getElementById('narrow')!.remove());
  });
  const found = new Set<string>();
  const lookIn = ([language, textSize, window]: Walk) => {
    const small = window === smallestWindow ? `, ${window.join(' x ')}` : '';
    const name = textSize === 100 ? language : `${language} ${textSize} %${small}`;
    const stranger = language === 'en' ? () => false : strangerIn(messages, language);
    return async (screen: string): Promise<void> => {
      const { texts, cut } = await shownTexts(regio.page);
      for (const line of cut) found.add(`${name}, ${screen}: ${line}`);
      for (const text of texts) if (stranger(text)) found.add(`${name}, ${screen}: English: ${text}`);
      await picture(regio, `${name}-${screen}`);
    };
  };
  for (const walk of walks) {
    await speak(regio, walk);
    await lookIn(walk)('empty worklist');
  }
  await speak(regio, ['en', 100, usualWindow]);
  const studies = await studiesIn(regio, folders.base);
  for (const walk of walks) {
    await speak(regio, walk);
    await walkScreens(regio, studies, lookIn(walk));
  }
  expect([...found]).toEqual([]);
});
