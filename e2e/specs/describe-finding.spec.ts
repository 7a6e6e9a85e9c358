import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ctPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { expect, test } from '../fixtures/test';
import type { RegioApp } from '../fixtures/regio-app';
import type { ReviewPage } from '../pages/review-page';
import { WorklistPage } from '../pages/worklist-page';

/** A made chest CT with one box of 9 x 8 x 7 mm that the reader added. */
async function chestWithNodule(regio: RegioApp, base: string): Promise<ReviewPage> {
  const folder = join(base, 'ct');
  await writeDicomSeries(folder, ctPhantom({ dims: [64, 64, 24], spacing: [1, 1, 1], nodules: [] }));
  await regio.invoke('settings.set', { detectOnImport: false, reviewer: 'Dr Test', language: 'en' });
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  await expect(worklist.jobs).toHaveCount(0);
  const [study] = await regio.invoke('studies.list', undefined);
  const { series } = await regio.invoke('studies.open', { studyId: study!.studyId });
  await regio.invoke('review.add', {
    studyId: study!.studyId,
    seriesId: series[0]!.seriesId,
    label: 'nodule',
    place: { space: 'lps', boxLps: [0, 0, 0, 9, 8, 7] },
  });
  const review = await worklist.open('PH-1');
  await review.loaded();
  return review;
}

test('a nodule is described by keyboard, Lung-RADS follows texture and size, and what the reader chose is exported and stays', async ({
  launch,
  folders,
}) => {
  let regio = await launch();
  let review = await chestWithNodule(regio, folders.base);
  const term = (name: string) => regio.page.getByTestId(`term-${name}`);
  if ((await review.selectedNumber()) === null) await review.press('n');

  // Type-ahead in lists: T, then letters and Tab.
  await review.press('t');
  await expect(term('side')).toBeFocused();
  await review.type('Ri');
  await expect(term('side')).toHaveValue('right');
  await review.press('Tab');
  await expect(term('lobe')).toBeFocused();
  await review.type('Up');
  await expect(term('lobe')).toHaveValue('upper-lobe');
  // Only the segments that this lobe has.
  await expect(term('segment').locator('option')).toHaveCount(4);
  await review.tabTo('term-texture');
  await review.type('So');
  await expect(term('texture')).toHaveValue('solid');
  await review.tabTo('confidence');
  await review.type('Hi');
  await review.press('Escape');
  await expect(regio.page.getByTestId('description-form')).toHaveCount(0);
  await expect
    .poll(async () => (await review.storedFinding(1)).description)
    .toMatchObject({
      terms: { side: ['right'], lobe: ['upper-lobe'], texture: ['solid'] },
      confidence: 'high',
      describedBy: 'Dr Test',
      assessments: {},
    });

  // G asks for what it has to know, and chooses nothing.
  await review.press('g');
  const card = regio.page.getByTestId('guideline-card');
  const category = regio.page.getByTestId('guideline-category');
  await expect(regio.page.getByTestId('guideline-answer')).toHaveAttribute('data-status', 'missing');
  await expect(term('setting')).toBeFocused();
  await review.type('Sc');
  await expect(card).toHaveAttribute('data-guideline', 'lung-rads-2022');
  await review.tabTo('term-status');
  await review.type('Ba');
  await expect(category).toHaveText('4A');
  await expect(card).toContainText('Suggestion — you decide');
  await expect(card).toContainText('Solid nodule 8 mm to below 15 mm at baseline');
  await expect(card).toContainText('Size: 9.0 × 8.0 mm, edges of the box');
  await expect(regio.page.getByTestId('guideline-choose')).toHaveValue('');

  // The texture, then the size, are other than they were.
  await term('texture').focus();
  await review.type('Gr');
  await expect(category).toHaveText('2');
  // Letters would go on with the ones before; arrows step.
  await review.press('ArrowUp');
  await expect(term('texture')).toHaveValue('part-solid');
  await expect(regio.page.getByTestId('guideline-answer')).toHaveAttribute('data-status', 'missing');
  await expect(term('solidComponentMm')).toBeVisible();
  await review.press('ArrowUp');
  await expect(category).toHaveText('4A');
  await review.press('Escape');
  await review.press('t');
  for (const [name, mm] of [
    ['longAxisMm', '6.1'],
    ['shortAxisMm', '5.7'],
  ] as const) {
    await review.tabTo(`term-${name}`);
    await review.type(mm);
  }
  await review.press('Escape');
  await review.press('g');
  // 5.9 mm of mean diameter.
  await expect(category).toHaveText('2');
  await expect(card).toContainText('Size: 6.1 × 5.7 mm, as you entered');
  await expect(regio.page.getByTestId('guideline-use')).toBeFocused();
  await review.press('Enter');
  await expect(regio.page.getByTestId('guideline-chosen')).toHaveText('As suggested when you chose it');
  await review.press('Escape');
  await review.press('a');
  await expect(review.decisionState).toContainText(/Dr Test/);

  const { study } = await review.stored();
  await regio.answerDialogs([folders.out]);
  await regio.invoke('export.start', { studyId: study.studyId, formats: ['json'], folder: null });
  await expect.poll(async () => (await regio.jobs('export'))[0]?.state).toBe('done');
  const file = readdirSync(folders.out).find((name) => name.endsWith('.json'))!;
  const json = JSON.parse(readFileSync(join(folders.out, file), 'utf8')) as {
    findings: { description: unknown }[];
  };
  expect(json.findings[0]!.description).toMatchObject({
    terms: { side: ['right'], lobe: ['upper-lobe'], texture: ['solid'], setting: ['screening'] },
    numbers: { longAxisMm: 6.1, shortAxisMm: 5.7 },
    confidence: 'high',
    categories: [
      { guideline: 'lung-rads-2022', category: '2', suggested: '2', rule: 'lung-rads.2-solid', agrees: true },
    ],
  });

  await regio.close();
  regio = await launch();
  review = await new WorklistPage(regio).open('PH-1');
  await review.loaded();
  if ((await review.selectedNumber()) === null) await review.press('n');
  await review.press('g');
  await expect(regio.page.getByTestId('guideline-choose')).toHaveValue('2');
  await review.press('Escape');
  await review.press('t');
  await expect(regio.page.getByTestId('term-texture')).toHaveValue('solid');
});
