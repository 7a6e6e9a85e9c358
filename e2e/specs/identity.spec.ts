import { join } from 'node:path';
import { writeMadeCt } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

/** W2: the message that a person sees, in the worklist and over the pixels. */
test('one study UID of two patients, and a de-identified copy: kept apart, and all of them say so', async ({
  regio,
  folders,
}) => {
  const worklist = new WorklistPage(regio);
  await worklist.rows.or(regio.page.getByTestId('empty')).first().waitFor();
  await regio.drop([writeMadeCt(join(folders.base, 'one'), 4).folder]);
  await expect(worklist.row('MADE-0001')).toBeVisible();
  await expect(worklist.row('MADE-0001').getByTestId('identity-notice')).toHaveCount(0);

  await regio.drop([writeMadeCt(join(folders.base, 'two'), 4, { id: 'MADE-0002' }).folder]);
  await expect(worklist.rows).toHaveCount(2);
  for (const id of ['MADE-0001', 'MADE-0002'])
    await expect(worklist.row(id).getByTestId('identity-notice')).toContainText('belongs to another patient');

  const copy = writeMadeCt(join(folders.base, 'three'), 4, { id: 'MADE-0003', identityRemoved: true });
  await regio.drop([copy.folder]);
  await expect(worklist.rows).toHaveCount(3);
  await expect(worklist.row('MADE-0003')).toContainText('De-identified');
  await expect(worklist.row('MADE-0001').getByTestId('identity-notice')).toHaveCount(2);

  const review = await worklist.open('MADE-0003');
  await review.loaded();
  await expect(review.banner).toContainText('De-identified');
  await expect(regio.page.getByTestId('review').getByTestId('identity-notice')).toContainText(
    'with and without the identity of its patient',
  );
});
