import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { brainPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { thirds, writeMammogram } from '../fixtures/mammograms';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('mammograms hang in pairs, back to back, and a click makes one the one that is read', async ({
  regio,
  folders,
}) => {
  const { page } = regio;
  await regio.invoke('settings.set', { detectOnImport: false });
  const files = (['L', 'R'] as const).flatMap((side) =>
    (['MLO', 'CC'] as const).map((view) => {
      // The left oblique lies the other way round, and says so.
      const turned = side === 'L' && view === 'MLO';
      const wall = (side === 'L') === turned ? 'right' : 'left';
      return writeMammogram(folders.base, wall, side, view, { study: 'Pairs', name: `${side}${view}` });
    }),
  );
  const worklist = new WorklistPage(regio);
  await worklist.importFiles(files);
  const review = await worklist.open('Made, Pairs');
  await review.loaded();
  const grid = page.getByTestId('viewer-grid');
  await expect(grid).toHaveAttribute('data-cells', '4');
  const cells = grid.locator('[data-testid^="cell-"]');
  for (const [n, said] of ['right, CC', 'left, CC', 'right, MLO', 'left, MLO'].entries()) {
    const label = (await cells.nth(n).getAttribute('aria-label'))!.toLowerCase();
    for (const word of said.split(', ')) expect(label).toContain(word.toLowerCase());
    // Chest walls meet: the right breast's lies to the right.
    const inner = n % 2 === 0 ? 'right' : 'left';
    await expect
      .poll(async () => {
        const grey = await thirds(cells.nth(n));
        return grey[inner] - grey[inner === 'left' ? 'right' : 'left'];
      })
      .toBeGreaterThan(10);
  }
  // What is mirrored has its letters mirrored.
  await expect(cells.nth(3).locator('.marker.left')).toHaveText('P');
  await expect(cells.nth(1).locator('.marker.left')).toHaveText('P');
  await expect(cells.nth(0).locator('.marker.left')).toHaveText('A');

  await cells.nth(2).click({ position: { x: 20, y: 20 } });
  await expect(cells.nth(2)).toHaveAttribute('aria-current', 'true');
  await expect(cells).toHaveCount(4);
  await page.getByTestId('layout').click();
  await page.getByTestId('layout-1x1').click();
  await expect(cells).toHaveCount(1);
  expect((await cells.getAttribute('aria-label'))!.toLowerCase()).toContain('mlo');
});

test('MR series hang side by side and show one place', async ({ regio, folders }) => {
  const { page } = regio;
  await regio.invoke('settings.set', { detectOnImport: false });
  const folder = join(folders.base, 'mr');
  for (const n of [1, 2]) {
    mkdirSync(join(folder, String(n)), { recursive: true });
    await writeDicomSeries(join(folder, String(n)), brainPhantom(), {
      seriesUid: `1.2.826.0.1.3680043.8.498.70${n}`,
      bodyPart: 'BRAIN',
    });
  }
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  await expect(worklist.jobs).toHaveCount(0);
  const review = await worklist.open('PH-1');
  await review.loaded();
  await expect(page.getByTestId('viewer-grid')).toHaveAttribute('data-cells', '2');
  const beside = page.getByTestId('viewer-beside');
  await expect(beside).toHaveAttribute('data-volume-loaded', 'true');
  for (let n = 0; n < 3; n++) await review.press('ArrowDown');
  await expect(beside).toHaveAttribute('data-slice-index', String(await review.sliceIndex()));
  // Alone again.
  await review.press('Shift+Y');
  const index = await review.sliceIndex();
  await review.press('ArrowUp');
  await expect(review.viewer).not.toHaveAttribute('data-slice-index', String(index));
  await expect(beside).toHaveAttribute('data-slice-index', String(index));
});
