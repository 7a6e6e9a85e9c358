import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeMadeCt } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a study is de-identified from the window: study, options, folder, and a report of what was done', async ({
  regio,
  folders,
}) => {
  const { folder, slices } = writeMadeCt(join(folders.base, 'ct'), 4);
  const before = readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs);
  await regio.invoke('settings.set', { detectOnImport: false });
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  await worklist.row('Made, Phantom').waitFor();

  const { page } = regio;
  await page.keyboard.press('i');
  const dialog = page.getByTestId('deidentify-dialog');
  await expect(dialog.getByTestId('deidentify-study')).toContainText('Made, Phantom');
  await dialog.getByTestId('dates-shifted').check();
  await dialog.getByTestId('option-clean-descriptors').check();
  await expect(dialog.getByTestId('same-pseudonyms')).not.toBeChecked();
  await dialog.getByTestId('same-pseudonyms').check();
  // Nothing is written where the person cancels the choice of a folder.
  await regio.answerDialogs([]);
  await dialog.getByTestId('deidentify-start').click();
  expect(await regio.jobs('deidentification')).toHaveLength(0);

  await regio.answerDialogs([folders.out]);
  await dialog.getByTestId('deidentify-start').click();
  const report = page.getByTestId('deidentify-report');
  await expect(report).toContainText(`${slices} files written`, { timeout: 60_000 });
  await expect(report.getByRole('row').filter({ hasText: '(0010,0010)' })).toContainText('Replaced');
  await expect(report.getByRole('row').filter({ hasText: '(0008,0020)' })).toContainText('Shifted');

  const written = readdirSync(folders.out, { recursive: true, withFileTypes: true }).filter((e) =>
    e.isFile(),
  );
  expect(written.filter(({ name }) => name.endsWith('.dcm'))).toHaveLength(slices);
  for (const { name, parentPath } of written) {
    const text = readFileSync(join(parentPath, name), 'latin1');
    for (const mark of ['Phantom', 'MADE-0001', '19600203', 'A-77']) expect(text, name).not.toContain(mark);
  }
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs)).toEqual(before);

  // Another run, for which nothing is said again, gives the same patient the same pseudonym.
  await expect(report.getByTestId('pseudonyms')).toContainText('later studies of the same patient');
  await page.getByTestId('deidentify-close').click();
  await page.keyboard.press('i');
  const later = join(folders.base, 'later');
  mkdirSync(later);
  await regio.answerDialogs([later]);
  await expect(dialog.getByTestId('same-pseudonyms')).toBeChecked();
  await dialog.getByTestId('deidentify-start').click();
  await expect(report).toContainText(`${slices} files written`, { timeout: 60_000 });
  const patients = (where: string): string[] => readdirSync(where).filter((name) => name.startsWith('ANON-'));
  expect(patients(folders.out)).toHaveLength(1);
  expect(patients(later)).toEqual(patients(folders.out));

  // The page cannot name a folder of its own.
  const [study] = await regio.invoke('studies.list', undefined);
  const reply = await regio.reply('deidentify.start', {
    ...{ studyId: study!.studyId, options: [], keepBurnedIn: false },
    folder: folders.data,
  });
  expect(reply).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
});
