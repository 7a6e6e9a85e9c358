import { brain1 } from '../fixtures/brain-study';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('second reader: what the network marked is not in the window until the unaided read is done', async ({
  launch,
}) => {
  const regio = await launch();
  const { page } = regio;
  await regio.invoke('settings.set', { readingModes: { MR: 'second-reader' } });
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([brain1.path]);
  await expect.poll(async () => (await regio.jobs('detection'))[0]?.state, { timeout: 90_000 }).toBe('done');
  await expect(worklist.row(brain1.name)).toHaveAttribute('data-state', 'to-review');
  const review = await worklist.open(brain1.name);
  await review.loaded();

  await test.step('unaided: no marks, and one finding of the reader’s own', async () => {
    await expect(page.getByTestId('locked-away')).toBeVisible();
    await expect(review.findings).toHaveCount(0);
    const detail = await review.stored();
    expect([detail.findings, detail.resultSets]).toEqual([[], []]);
    const { studyId, seriesId } = detail.series[0]!;
    await regio.invoke('review.add', {
      studyId,
      seriesId,
      label: 'tumour',
      place: { space: 'lps', boxLps: [-10, -10, -10, 5, 5, 5] },
    });
    await expect(review.findings).toHaveCount(1);
    await expect(page.getByTestId('phase')).toHaveAttribute('data-phase', 'unaided');
    await review.press('s');
    await expect(page.getByTestId('sign-confirm')).toBeDisabled();
    await review.press('Escape');
    await expect(page.getByTestId('sign-dialog')).toBeHidden();
  });

  await test.step('Shift+S shows them, and what is added now is told apart', async () => {
    await review.press('Shift+S');
    await expect(page.getByTestId('locked-away')).toBeHidden();
    await expect.poll(() => review.findings.count()).toBeGreaterThan(1);
    const { series, reading } = await review.stored();
    expect(reading.revealedAt).not.toBeNull();
    await regio.invoke('review.add', {
      studyId: series[0]!.studyId,
      seriesId: series[0]!.seriesId,
      label: 'tumour',
      place: { space: 'lps', boxLps: [10, 10, -10, 25, 25, 5] },
    });
    await expect(page.getByTestId('phase')).toHaveCount(2);
    expect((await review.stored()).findings.flatMap((f) => f.phase ?? [])).toEqual(['unaided', 'aided']);
    await expect(page.getByTestId('reading-bar')).toHaveAttribute('data-mode', 'second-reader');
  });
});
