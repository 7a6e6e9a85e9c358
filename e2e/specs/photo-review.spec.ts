import { join } from 'node:path';
import { writeUngatedModel } from '../fixtures/changed-models';
import { polypPicture, writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a photo is reviewed in pixels and said to be uncalibrated', async ({ launch, folders }) => {
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const file = join(folders.base, 'made-polyp.png');
  writePolypPicture(file);
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([file]);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', /to-review|reviewed/, {
    timeout: 60_000,
  });
  const review = await worklist.open('made-polyp');
  await review.loaded();
  await expect(review.viewer).toHaveAttribute('data-kind', 'image');
  await expect(review.viewer).toContainText(/uncalibrated/i);

  // The network's best proposal on the made polyp lies on it.
  await expect(regio.page.getByTestId('model-in-use')).toContainText('Polyps');
  await expect(regio.page.getByTestId('model-in-use')).toContainText(/\d+\.\d+\.\d+/);
  await review.tabTo('threshold');
  await review.press('Home');
  const everything = await review.findings.count();
  await review.press('End');
  await expect(review.findings).toHaveCount(0);
  await review.press('Home');
  await expect(review.findings).toHaveCount(everything);
  // What appears takes no focus from the slider.
  await expect(regio.page.getByTestId('threshold')).toBeFocused();
  await expect(review.findings.first()).toContainText(/\d+ × \d+ px/);
  await expect(review.findings.first()).not.toContainText('mm');
  const { findings, series } = await review.stored();
  expect(series[0]!.pixels).toMatchObject({ kind: 'image', width: polypPicture.width, pixelSpacing: null });
  const best = findings.reduce((a, b) => ((b.score ?? 0) > (a.score ?? 0) ? b : a));
  expect(best.place.space).toBe('px');
  if (best.place.space !== 'px') return;
  const [x, y, width, height] = best.place.boxPx;
  const [cx, cy] = polypPicture.centre;
  expect(x < cx && cx < x + width && y < cy && cy < y + height, `best box ${best.place.boxPx.join()}`).toBe(
    true,
  );
});
