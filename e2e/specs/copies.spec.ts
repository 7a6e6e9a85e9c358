import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeMadeCt } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a study that was copied into Regio opens when its folder is gone', async ({ regio, folders }) => {
  const worklist = new WorklistPage(regio);
  await worklist.rows.or(regio.page.getByTestId('empty')).first().waitFor();
  await regio.page.getByTestId('copy-on-import').check();
  const { folder } = writeMadeCt(join(folders.base, 'stick'), 5);
  await regio.drop([folder]);
  await expect(worklist.row('MADE-0001')).toBeVisible();
  await expect(worklist.jobs).toHaveCount(0);
  rmSync(folder, { recursive: true });
  const review = await worklist.open('MADE-0001');
  await review.loaded();
  const { series } = await review.stored();
  expect(series.map((s) => s.copied)).toEqual([true]);
});
