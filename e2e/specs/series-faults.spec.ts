import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeMadeCt } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a CT with a missing slice says so wherever it is seen, and no detection is offered', async ({
  regio,
  folders,
}) => {
  const slices = 12;
  const { folder } = writeMadeCt(join(folders.base, 'gap'), slices);
  rmSync(join(folder, `image-${(6 * 5) % slices}.dcm`));
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);

  const row = worklist.row('Made, Phantom');
  await expect(row.getByTestId('study-issues')).toHaveText(/Unsafe/);
  await expect(row.getByTestId('detection-refused')).toContainText('1 slice is missing');
  await expect(row.getByTestId('detect')).toBeDisabled();
  await expect(row.getByTestId('detect')).toHaveAttribute('title', /1 slice is missing/);

  await row.getByTestId('unfold').click();
  const listed = regio.page.getByTestId('series-row');
  await expect(listed).toHaveCount(1);
  await expect(listed.locator('[data-code="gap"]')).toContainText('Unsafe');

  const review = await worklist.open('Made, Phantom');
  await review.loaded();
  const issue = regio.page.locator('[data-testid="series-issue"][data-code="gap"]');
  await expect(issue).toHaveAttribute('data-severity', 'unsafe');
  await expect(issue.getByText('Unsafe')).toBeVisible();
  await expect(regio.page.getByText('1 slice is missing')).toHaveCount(1);
  await expect(regio.page.getByTestId('run-detection')).toBeDisabled();
  await expect(regio.page.getByTestId('run-detection')).toHaveText('Detection refused');
});
