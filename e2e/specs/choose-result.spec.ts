import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeUngatedModel } from '../fixtures/changed-models';
import { faultsOf } from '../fixtures/faults';
import { writePolypPicture } from '../fixtures/pictures';
import { expect, test } from '../fixtures/test';
import { picture } from '../fixtures/window-picture';
import { WorklistPage } from '../pages/worklist-page';

test('another result of the series is read: by key or palette, named in the panel; what was decided stays, marked, and is in the report', async ({
  launch,
  folders,
}) => {
  const regio = await launch([], { REGIO_MODELS_DIR: writeUngatedModel(folders.base) });
  const { page } = regio;
  await regio.invoke('settings.set', { reviewer: 'Dr Test' });
  const file = join(folders.base, 'made-polyp.png');
  writePolypPicture(file);
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([file]);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 60_000 });
  const review = await worklist.open('made-polyp');
  await review.loaded();
  await review.press('Shift+Z');
  await expect(page.getByTestId('results-dialog')).toBeHidden();
  await expect(page.getByTestId('open-results')).toHaveCount(0);

  const { study } = await review.stored();
  const { studyId } = study;
  const { jobId } = await regio.invoke('detection.start', { studyId, modelId: null });
  await expect
    .poll(async () => (await regio.jobs('detection')).find((j) => j.jobId === jobId)?.state, {
      timeout: 60_000,
    })
    .toBe('done');
  const [older, newest] = (await review.stored()).resultSets;
  await expect(page.getByTestId('open-results')).toBeVisible();
  await expect(page.getByTestId('chosen-result')).toHaveCount(0);
  const shown = (await review.stored()).findings.filter((f) => (f.score ?? 1) >= newest!.threshold);
  expect(shown.length).toBeGreaterThan(0);
  await review.finding(shown[0]!.number).click();
  await review.press('a');
  await expect(review.finding(shown[0]!.number)).toHaveAttribute('data-verdict', 'accepted');

  await review.press('Shift+Z');
  const dialog = page.getByTestId('results-dialog');
  await expect(dialog).toBeVisible();
  await expect(page.getByTestId('result-0')).toHaveAttribute('data-result-set', newest!.resultSetId);
  await expect(page.getByTestId('result-0').getByRole('radio')).toBeChecked();
  await expect(page.getByTestId('read-result')).toBeDisabled();
  await expect(dialog).toContainText(newest!.modelVersion);
  await expect(page.getByTestId('result-1')).toContainText(/\d marks?/);
  expect(await faultsOf(regio, 'results')).toEqual([]);
  await picture(regio, 'results-dialog');
  await review.press('Escape');
  await expect(dialog).toBeHidden();
  expect((await review.stored()).read).toMatchObject([{ resultSetId: newest!.resultSetId, chosen: null }]);

  await review.press('Control+k');
  await review.type('choose which result');
  await review.press('Enter');
  await expect(dialog).toBeVisible();
  await page.getByTestId('result-1').click();
  await page.getByTestId('read-result').click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId('chosen-result')).toContainText('Dr Test');
  const { read, findings } = await review.stored();
  expect(read).toMatchObject([{ resultSetId: older!.resultSetId, chosen: { name: 'Dr Test' } }]);
  // The decided one stays, and says that it is of the other result; the older result's are there beside it.
  const kept = findings.find((f) => f.findingId === shown[0]!.findingId)!;
  expect(kept).toMatchObject({ number: shown[0]!.number, decision: { verdict: 'accepted' } });
  await expect(review.finding(kept.number).getByTestId('other-result')).toBeVisible();
  await expect(page.getByTestId('other-result')).toHaveCount(1);
  const olderOnes = findings.filter((f) => f.resultSetId === older!.resultSetId);
  expect(olderOnes.length).toBeGreaterThan(0);
  expect(findings).toHaveLength(olderOnes.length + 1);
  await review.finding(kept.number).click();
  await expect(page.getByTestId('decision-other-result')).toContainText(newest!.modelVersion);
  expect(await faultsOf(regio, 'an older result')).toEqual([]);
  await picture(regio, 'older-result-read');

  // The comparison says so, too.
  await review.press('Shift+Q');
  await expect(
    page.getByTestId('compare-first').locator(`option[value="${older!.resultSetId}"]`),
  ).toContainText('(read)');
  await review.press('Shift+Q');

  await regio.answerDialogs([folders.out]);
  const job = await regio.invoke('export.start', { studyId, formats: ['json'], folder: null });
  const ended = async () => (await regio.jobs('export')).find((j) => j.jobId === job!.jobId);
  await expect.poll(async () => (await ended())?.state).toBe('done');
  const { result } = (await ended())!;
  if (result?.kind !== 'export') throw new Error('no export');
  const report = JSON.parse(readFileSync(join(folders.out, result.files[0]!), 'utf8')) as {
    models: { read: boolean; chosen: { name: string } | null }[];
    findings: { findingId: string; ofResultRead: boolean }[];
  };
  expect(report.models.map((m) => [m.read, m.chosen?.name ?? null])).toEqual([
    [true, 'Dr Test'],
    [false, null],
  ]);
  expect(report.findings.find((f) => f.findingId === kept.findingId)!.ofResultRead).toBe(false);
});
