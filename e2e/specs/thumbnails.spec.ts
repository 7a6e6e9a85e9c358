import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeMadeCt } from '../fixtures/dicom';
import { cleanEnv, root } from '../fixtures/electron';
import { writePolypPicture } from '../fixtures/pictures';
import { folderEnv } from '../fixtures/regio-app';
import { storedThumbnails } from '../fixtures/stored-thumbnails';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('studies and series show a preview, which is made once and kept in the store', async ({
  launch,
  folders,
}) => {
  const source = join(folders.base, 'source');
  mkdirSync(source);
  writeMadeCt(join(source, 'ct'));
  writePolypPicture(join(source, 'polyp-7.png'));
  const first = await launch([source]);
  const worklist = new WorklistPage(first);
  const tileOf = (page: WorklistPage, text: string) => page.row(text).getByTestId('thumbnail');
  for (const name of ['MADE-0001', 'polyp-7'])
    await expect(tileOf(worklist, name)).toHaveAttribute('data-state', 'shown');
  await expect(tileOf(worklist, 'MADE-0001').getByRole('img')).toHaveAttribute('alt', /^Preview of CT/);
  // 64 x 48 pixels of the file, and a photo that is larger than a thumbnail.
  const natural = await tileOf(worklist, 'MADE-0001')
    .locator('img')
    .evaluate(({ naturalWidth, naturalHeight }: HTMLImageElement) => [naturalWidth, naturalHeight]);
  expect(natural).toEqual([64, 48]);
  await worklist.row('MADE-0001').getByTestId('unfold').click();
  const below = first.page.getByTestId('series-row').getByRole('img').first();
  await expect(below).toHaveAttribute('alt', /^Preview of CT .*, slice 7 of 12$/);
  await first.close();
  const made = storedThumbnails(folders);
  expect(made.map(({ width, height }) => [width, height]).sort()).toEqual([
    [128, 102],
    [64, 48],
  ]);

  // Without the files a new one could not even be made; what they became is told without an error.
  rmSync(join(source, 'ct'), { recursive: true });
  const second = await launch();
  const again = new WorklistPage(second);
  for (const name of ['MADE-0001', 'polyp-7'])
    await expect(tileOf(again, name)).toHaveAttribute('data-state', 'shown');
  writePolypPicture(join(source, 'other.png'), { width: 90, height: 60, centre: [45, 30], radius: 10 });
  await second.drop([join(source, 'other.png')]);
  await expect(tileOf(again, 'other')).toHaveAttribute('data-state', 'shown');
  await second.close();
  const after = storedThumbnails(folders);
  expect(after.slice(0, 2)).toEqual(made);
  expect(after.slice(2).map(({ width, height }) => [width, height])).toEqual([[90, 60]]);
});

test('a picture that is gone has a plain tile, and no error', async ({ launch, folders }) => {
  const photo = join(folders.base, 'photo.png');
  writePolypPicture(photo);
  // A command makes no thumbnails: nobody looks at a list.
  execFileSync(process.execPath, [join(root, 'bin', 'regio'), 'import', photo], {
    env: cleanEnv(folderEnv(folders)),
    stdio: 'ignore',
  });
  rmSync(photo);
  const { page } = await launch();
  const tile = page.getByTestId('study-row').getByTestId('thumbnail');
  await expect(tile).toHaveAttribute('data-state', 'none');
  await expect(tile.getByRole('img')).toHaveAttribute('aria-label', /^No preview of /);
  await expect(page.getByTestId('notice')).toHaveCount(0);
});
