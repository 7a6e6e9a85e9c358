import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDarkGateModel } from '../fixtures/changed-models';
import { root } from '../fixtures/electron';
import { writeBlackPicture, writePolypPicture } from '../fixtures/pictures';
import { hasTool, run } from '../fixtures/tools';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a picture that the model cannot judge says so, is read by hand, and is looked at anyway only on request', async ({
  launch,
  folders,
}) => {
  const good = join(folders.base, 'made-polyp.png');
  const dark = join(folders.base, 'black-polyp.png');
  writePolypPicture(good);
  writeBlackPicture(dark);
  const regio = await launch([], { REGIO_MODELS_DIR: writeDarkGateModel(folders.base) });
  const { page } = regio;
  const picture = async (name: string): Promise<void> => {
    if (process.env['REGIO_SCREENSHOTS'] !== '1') return;
    await expect(page.getByTestId('notice')).toHaveCount(0);
    await page.screenshot({ path: join(root, 'docs', 'screenshots', `${name}.png`) });
  };
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([good, dark]);
  await expect(worklist.row('made-polyp')).toHaveAttribute('data-state', 'to-review', { timeout: 60_000 });
  const row = worklist.row('black-polyp');
  await expect(row).toHaveAttribute('data-state', 'not-analysable');
  await expect(row).toContainText('Not analysable');
  await expect(row).toContainText('The picture is black');
  await picture('worklist-not-analysable');

  const review = await worklist.open('black-polyp');
  await review.loaded();
  const notice = page.getByTestId('not-analysable');
  await expect(notice).toContainText('Not analysed by the model. The picture is black');
  await expect(page.getByTestId('no-findings')).toContainText('Whether they show a lesion is not known');
  await picture('review-not-analysable');

  // Every report says so; the files of all formats are written and final, as nothing waits for a decision.
  await regio.invoke('settings.set', { reviewer: 'Dr Test' });
  await regio.answerDialogs([folders.out]);
  await review.press('Control+e');
  await review.tabTo('export-start');
  await review.press('Enter');
  await expect.poll(async () => (await regio.jobs('export'))[0]?.state, { timeout: 60_000 }).toBe('done');
  const text = (end: string): string =>
    readFileSync(
      join(
        folders.out,
        readdirSync(folders.out).find((f) => f.endsWith(end))!,
      ),
      'utf8',
    );
  expect(text('.csv')).toContain('Not analysed by the model. The picture is black');
  expect(JSON.parse(text('.json'))).toMatchObject({
    // Nobody signed it.
    status: 'preliminary',
    series: [{ notAnalysed: expect.stringContaining('The picture is black') as unknown as string }],
    findings: [],
  });

  if (hasTool('pdftotext')) {
    const [pdf] = readdirSync(folders.out).filter((f) => f.endsWith('.pdf'));
    expect(run('pdftotext', ['-layout', join(folders.out, pdf!), '-'])).toContain(
      'says nothing of lesions here',
    );
  }

  await page.reload();
  // It opens where it was.
  await review.loaded();
  await notice.getByTestId('look-anyway').click();
  await expect
    .poll(async () => (await review.stored()).study.state, { timeout: 60_000 })
    .toMatch(/to-review|reviewed/);
  await expect(notice).toHaveCount(0);
  const { resultSets } = await review.stored();
  expect(resultSets[0]!.quality).toMatchObject({ analysable: false, ignored: true, ignoredBy: 'Dr Test' });
});
