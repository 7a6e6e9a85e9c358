import { join } from 'node:path';
import { writeUngatedModel } from '../fixtures/changed-models';
import { writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('says why a box is there, why another place has none, and shows the objectness map over the picture', async ({
  launch,
  folders,
}) => {
  const photo = join(folders.base, 'made-polyp.png');
  writePolypPicture(photo);
  const regio = await launch([photo], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const { page } = regio;
  const worklist = new WorklistPage(regio);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 90_000 });
  const review = await worklist.open('made-polyp');
  await review.loaded();
  const { findings } = await review.stored();
  await expect.poll(() => review.selectedNumber()).not.toBeNull();
  await review.press('Shift+I');
  const panel = page.getByTestId('inspector');
  await expect(panel).toHaveAttribute('data-asking', 'false');
  await expect(panel.getByTestId('fate')).toHaveText(/^Kept, number \d+ by score$/);
  // The score that the list has.
  const listed = findings.find((f) => f.number === 1)!.score!;
  await expect(panel).toContainText(listed.toFixed(3));
  await expect(panel.locator('tbody tr').first()).toContainText('Anchor');

  const map = page.getByTestId('heat-map');
  await expect(map).toHaveCount(0);
  await review.press('Shift+H');
  await expect(map).toHaveAttribute('data-shown', 'true');
  expect(await map.evaluate((canvas: HTMLCanvasElement) => canvas.width * canvas.height)).toBeGreaterThan(16);

  // A corner, where nothing is.
  const box = (await review.viewer.boundingBox())!;
  // The picture is as high as the viewer: 20, 108 of 160 x 120.
  await page.mouse.click(box.x + box.width / 2 - box.height * 0.5, box.y + box.height * 0.9);
  await expect(panel).toHaveAttribute('data-asking', 'false');
  await expect(panel.getByTestId('fate')).not.toHaveText(/^Kept, number 1 by score$/);

  await review.press('Shift+I');
  await expect(panel).toHaveCount(0);
  await expect(map).toHaveCount(0);
});
