import { fillStore } from '../fixtures/filled-worklist';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('fifty updates move neither selection, focus nor what is looked at', async ({ folders, launch }) => {
  fillStore(folders, 400);
  const regio = await launch();
  const { page } = regio;
  const table = page.getByTestId('study-table');
  await expect(page.getByTestId('study-row').first()).toBeVisible();
  await page.getByTestId('sort-patient').click();
  await page.keyboard.press('Escape');
  await table.evaluate((node) => (node.scrollTop = 6000));
  // The row in the middle of what is looked at, once it is rendered.
  const inSight = () =>
    page.evaluate(() => {
      const at = document.elementFromPoint(500, 500)?.closest<HTMLElement>('[data-study-id]');
      return Number(at?.getAttribute('aria-rowindex')) > 60 ? at!.dataset['studyId']! : null;
    });
  await expect.poll(inSight).not.toBeNull();
  const studyId = (await inSight())!;
  const chosen = page.locator(`[data-testid="study-row"][data-study-id="${studyId}"]`);
  await chosen.click({ position: { x: 300, y: 20 } });
  await chosen.getByTestId('open-study').focus();
  const top = async (): Promise<number> => Math.round((await chosen.boundingBox())!.y);
  const before = await top();

  const studies = await regio.invoke('studies.list', undefined);
  const order = studies.map((study) => study.studyId);
  await regio.invoke('settings.set', { reviewer: 'Dr Calm' });
  // What comes above and below, changes and goes; the one that is looked at changes, too.
  for (let n = 0; n < 50; n++) {
    const changed = n % 10 === 0 ? studyId : order[(n * 7) % order.length]!;
    if (n % 10 === 5 && changed !== studyId) await regio.invoke('studies.remove', { studyId: changed });
    else await regio.invoke('studies.flag', { studyIds: [changed], flag: 'urgent', on: n % 20 !== 10 });
  }
  await expect(page.getByTestId('shown-count')).toContainText(String(400 - 5));
  await expect(chosen).toHaveAttribute('aria-selected', 'true');
  await expect(chosen.getByTestId('open-study')).toBeFocused();
  await expect.poll(top).toBe(before);
  await expect(page.locator('[data-line][aria-selected="true"]')).toHaveCount(1);
});

test('search, filters, order and grouping by keys and chips, remembered after a restart', async ({
  folders,
  launch,
}) => {
  fillStore(folders, 300);
  const regio = await launch();
  const { page } = regio;
  const count = page.getByTestId('shown-count');
  await expect(count).toHaveText('300 studies');
  await page.keyboard.press('/');
  await page.keyboard.type('acc100007');
  await expect(page.getByTestId('study-row')).toHaveCount(1);
  await expect(count).toHaveText('1 of 300 studies');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  const chip = page.getByTestId('modality-CT');
  const promised = Number(/\d+$/.exec((await chip.textContent())!)![0]);
  await chip.click();
  await expect(count).toHaveText(`${promised} of 300 studies`);
  await page.keyboard.press('t');
  await expect(page.getByTestId('triage')).toHaveAttribute('aria-pressed', 'true');
  const scores = await page
    .getByTestId('study-row')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));
  expect(scores).toEqual([...scores].sort((a, b) => a - b));
  await page.keyboard.press('g');
  await expect(page.getByTestId('patient-row').first()).toBeVisible();
  const folded = await page.getByTestId('study-table').getAttribute('aria-rowcount');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByTestId('study-table')).not.toHaveAttribute('aria-rowcount', folded!);
  // Far past what is rendered, and back.
  await page.keyboard.press('End');
  const last = page.locator('[data-line][aria-selected="true"]');
  await expect(last).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(last).toHaveAttribute('aria-rowindex', '2');
  await expect
    .poll(async () => (await regio.invoke('settings.get', undefined)).worklist)
    .toMatchObject({ sort: 'triage', grouped: true, modalities: ['CT'] });
  await regio.close();

  const again = await launch();
  await expect(again.page.getByTestId('shown-count')).toHaveText(`${promised} of 300 studies`);
  await expect(again.page.getByTestId('patient-row').first()).toBeVisible();
});

test('a batch is queued by key, paused, cancelled in part and in whole', async ({ folders, launch }) => {
  fillStore(folders, 60);
  const regio = await launch();
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  await expect(page.getByTestId('study-row').first()).toBeVisible();
  await page.getByTestId('modality-CT').click();
  await page.keyboard.press('j');
  await page.getByTestId('queue-pause').click();
  await expect(page.getByTestId('queue-paused')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByTestId('chosen-count')).toHaveText('4 selected');
  await page.keyboard.press('1');
  await expect(worklist.rows.first().locator('[data-flag="urgent"]')).toBeVisible();
  await page.keyboard.press('d');
  await expect(page.getByTestId('queue-item')).toHaveCount(4);
  await expect(page.getByTestId('queue-count')).toHaveText('4 waiting');
  await page.getByTestId('queue-item').nth(1).getByTestId('queue-cancel').click();
  await expect(page.getByTestId('queue-item')).toHaveCount(3);
  await page.getByTestId('queue-clear').click();
  await expect(page.getByTestId('queue-item')).toHaveCount(0);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.getByTestId('confirm-remove').click();
  await expect(page.getByTestId('no-match')).toBeVisible();
});
