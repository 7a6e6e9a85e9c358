import { join } from 'node:path';
import { writeUngatedModel } from '../fixtures/changed-models';
import { faultsOf } from '../fixtures/faults';
import { writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('two results of one series are compared: by thresholds, told apart by line and letter, gone to by click', async ({
  launch,
  folders,
}) => {
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const { page } = regio;
  const file = join(folders.base, 'made-polyp.png');
  writePolypPicture(file);
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([file]);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', /to-review|reviewed/, {
    timeout: 60_000,
  });
  const review = await worklist.open('made-polyp');
  await review.loaded();
  const { studyId } = (await review.stored()).study;
  const { jobId } = await regio.invoke('detection.start', { studyId, modelId: null });
  await expect
    .poll(async () => (await regio.jobs('detection')).find((j) => j.jobId === jobId)?.state, {
      timeout: 60_000,
    })
    .toBe('done');
  const before = await review.stored();
  expect(before.resultSets).toHaveLength(2);

  await page.getByTestId('open-compare').click();
  await expect(page.getByTestId('compare')).toBeVisible();
  const count = async (part: 'both' | 'only-a' | 'only-b'): Promise<number> =>
    Number(await page.getByTestId(`compare-${part}`).textContent());
  const [first, second] = before.resultSets;
  await expect(page.getByTestId('compare-first')).toHaveValue(first!.resultSetId);
  await expect(page.getByTestId('compare-second')).toHaveValue(second!.resultSetId);
  // The same model on the same picture: the same marks, superseded or not.
  for (const side of ['first', 'second'] as const) {
    await page.getByTestId(`compare-threshold-${side}`).focus();
    await review.press('Home');
  }
  const all = before.findings.filter((f) => f.resultSetId === second!.resultSetId).length;
  await expect.poll(() => count('both')).toBe(all);
  expect([await count('only-a'), await count('only-b')]).toEqual([0, 0]);

  await page.getByTestId('compare-threshold-first').focus();
  await review.press('End');
  await expect.poll(() => count('only-b')).toBe(all);
  await expect(page.getByTestId('ghost-second')).toHaveCount(all);
  await expect(page.getByTestId('ghost-first')).toHaveCount(0);
  await page.getByTestId('compare-go').first().click();
  await expect(page.locator('[data-testid="ghost-second"].selected')).toHaveCount(1);
  await expect(page.locator('[data-testid="ghost-second"].selected')).toHaveAttribute('data-label', /^B /);
  expect(await faultsOf(regio, 'compare')).toEqual([]);

  // The review goes on as it was.
  await review.press('Shift+Q');
  await expect(page.getByTestId('compare')).toHaveCount(0);
  expect((await review.stored()).findings).toEqual(before.findings);
});
