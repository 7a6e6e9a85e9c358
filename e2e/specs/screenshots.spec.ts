import { join } from 'node:path';
import { brain1, lung1 } from '../fixtures/brain-study';
import { writeUngatedModel } from '../fixtures/changed-models';
import { root } from '../fixtures/electron';
import { writePolypPicture } from '../fixtures/pictures';
import { closeNotices } from '../fixtures/notices';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

/** Pictures for README and docs, made on demand: of the BSD-3 demo volumes and a made picture, never of shared data. */
if (process.env['REGIO_SCREENSHOTS'] === '1') {
  test('pictures for the documentation', async ({ launch, folders }) => {
    const photo = join(folders.base, 'made-polyp.png');
    writePolypPicture(photo);
    const models = { REGIO_MODELS_DIR: writeUngatedModel(folders.base) };
    const { page, ...regio } = await launch([lung1.path, photo, brain1.path], models).then((app) => ({
      page: app.page,
      app,
    }));
    const save = (name: string) =>
      page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`) });
    const worklist = new WorklistPage(regio.app);
    await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
    await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
    await expect(worklist.jobs).toHaveCount(0);
    await closeNotices(page);
    await save('worklist');
    for (const [study, name] of [
      [brain1.name, 'review-volume'],
      ['made-polyp', 'review-photo'],
    ] as const) {
      const review = await worklist.open(study);
      await review.loaded();
      await review.press('n');
      await expect.poll(() => review.selectedNumber()).not.toBeNull();
      await save(name);
      await page.getByTestId('back').click();
    }
  });
}
