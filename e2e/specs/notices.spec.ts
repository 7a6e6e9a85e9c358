import { join } from 'node:path';
import type { RegioApp } from '../fixtures/regio-app';
import { writeUngatedModel } from '../fixtures/changed-models';
import { writePolypPicture } from '../fixtures/pictures';
import { closeNotices } from '../fixtures/notices';
import { expect, test } from '../fixtures/test';
import { picture } from '../fixtures/window-picture';
import { showWindow, smallestWindow, usualWindow } from '../fixtures/window-size';
import { WorklistPage } from '../pages/worklist-page';

/** What a reader decides with, by test id. */
const controls = [
  'decision',
  'reasons',
  'mode-bar',
  'reading-bar',
  'finding-panel',
  'panel-rail',
  'sign',
  'export',
  'undo',
];
const windows = [usualWindow, smallestWindow];
const textSizes = [1, 1.15, 1.3, 1.5];

/** Lines to read: which control a notice lies over, and which notice cannot be read or closed. */
const faults = (regio: RegioApp): Promise<string[]> =>
  regio.page.evaluate((ids) => {
    const found: string[] = [];
    const notices = [...document.querySelectorAll<HTMLElement>('[data-testid="notice"]')];
    const stack = notices[0]!.closest('.told')!.getBoundingClientRect();
    for (const [n, notice] of notices.entries()) {
      const box = notice.getBoundingClientRect();
      // Of several those below are scrolled to.
      const [top, bottom] = [Math.max(box.top, stack.top), Math.min(box.bottom, stack.bottom)];
      for (const id of ids)
        for (const control of document.querySelectorAll(`[data-testid="${id}"]`)) {
          const of = control.getBoundingClientRect();
          const across = Math.min(box.right, of.right) - Math.max(box.left, of.left);
          const down = Math.min(bottom, of.bottom) - Math.max(top, of.top);
          if (across > 0 && down > 0) found.push(`notice ${n} lies over ${id}`);
        }
      if (n > 0) continue;
      const close = notice.querySelector('button')!.getBoundingClientRect();
      const at = document.elementFromPoint(close.x + close.width / 2, close.y + close.height / 2);
      if (!at || !notice.contains(at)) found.push('the first notice cannot be closed');
      if (box.right > innerWidth || bottom - top < 40) found.push('the first notice cannot be read');
    }
    return found;
  }, controls);

test('no notice lies over what is decided with, whatever the size of text and window', async ({
  launch,
  folders,
}) => {
  test.setTimeout(240_000);
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const { page } = regio;
  await regio.invoke('settings.set', { reviewer: 'Dr Test' });
  const file = join(folders.base, 'made-polyp.png');
  writePolypPicture(file);
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([file]);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 60_000 });
  await showWindow(regio, usualWindow, 1);
  const review = await worklist.open('made-polyp');
  await review.loaded();
  await expect.poll(() => review.selectedNumber()).not.toBeNull();

  // That the import is done is said for a while, too.
  await closeNotices(page);
  // A model of volumes fails on a picture, and says so with a hint.
  await page.getByTestId('model').selectOption('lung-ct-nodule');
  const notices = page.getByTestId('notice');
  await page.getByTestId('run-detection').click();
  await expect(notices).toHaveCount(1);
  await expect(notices).toContainText('reads volumes');
  const look = async (what: string): Promise<void> => {
    for (const size of windows)
      for (const zoom of textSizes) {
        await showWindow(regio, size, zoom);
        const where = `${what}, ${size.join(' x ')} at ${Math.round(100 * zoom)} %`;
        expect.soft(await faults(regio), where).toEqual([]);
        await picture(regio, `notices, ${where}`);
      }
    await showWindow(regio, usualWindow, 1);
  };
  await look('one notice');
  await review.press('e');
  await expect(page.getByTestId('mode-bar')).toBeVisible();
  await look('editing');
  await review.press('Escape');
  for (const count of [2, 3]) {
    await page.getByTestId('run-detection').click();
    await expect(notices).toHaveCount(count);
  }
  await review.press('x');
  await expect(page.getByTestId('reasons')).toBeVisible();
  await look('three notices, reasons');
  await review.press('Escape');
  await review.press('Control+b');
  await expect(page.getByTestId('panel-rail')).toBeVisible();
  await look('three notices, without the panel');
});
