import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

const [size, slices, volumes] = [32, 6, 5];
/** int16 voxels of volume t: another in each. */
const voxels = (t: number): Int16Array =>
  Int16Array.from({ length: size * size * slices }, (_, n) => (n * 7 + t * 700) % 3000);

/** A 4D NRRD (the format's own definition, "NRRD0004"), time last. */
function writeLoop(file: string): void {
  const header = [
    'NRRD0004',
    'type: short',
    'dimension: 4',
    'space: left-posterior-superior',
    `sizes: ${size} ${size} ${slices} ${volumes}`,
    'space directions: (1,0,0) (0,1,0) (0,0,2) none',
    'kinds: domain domain domain list',
    'endian: little',
    'encoding: raw',
    'space origin: (0,0,0)',
  ];
  const data = Array.from({ length: volumes }, (_, t) => new Uint8Array(voxels(t).buffer));
  writeFileSync(file, Buffer.concat([Buffer.from(`${header.join('\n')}\n\n`), ...data]));
}

const checksum = (t: number, k: number): string => {
  const slice = voxels(t).slice(k * size * size, (k + 1) * size * size);
  return crc32(new Uint8Array(slice.buffer)).toString(16).padStart(8, '0');
};

test('of a file of several volumes any is chosen and shown, and stays beside the others', async ({
  regio,
  folders,
}) => {
  const file = join(folders.base, 'made-loop.nrrd');
  writeLoop(file);
  await regio.invoke('settings.set', { detectOnImport: false });
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([file]);
  const review = await worklist.open('made-loop');
  await review.loaded();
  const { page } = regio;
  const shows = async (t: number): Promise<void> => {
    await expect(page.getByTestId('volume-number')).toHaveValue(String(t + 1));
    await review.loaded();
    const k = await review.sliceIndex();
    await expect(review.viewer).toHaveAttribute('data-slice-checksum', checksum(t, k));
  };
  await expect(page.getByTestId('volume-picker')).toContainText(`of ${volumes}`);
  await shows(0);

  await page.getByTestId('volume-number').fill('4');
  await page.getByTestId('volume-number').press('Enter');
  await shows(3);
  await review.viewer.click();
  await review.press('v');
  await shows(4);
  await expect(page.getByTestId('volume-next')).toBeDisabled();
  // Back to one that is there already: nothing is imported again.
  const jobs = (await regio.jobs('import')).length;
  await review.press('[');
  await shows(3);
  expect((await regio.jobs('import')).length).toBe(jobs);
  expect((await review.stored()).series.map((s) => s.volume?.index).sort()).toEqual([0, 3, 4]);
});
