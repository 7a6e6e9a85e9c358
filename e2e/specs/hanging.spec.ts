import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { brainPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { element, writeMadePicture } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

/** A half disc of tissue on the chest wall, at the edge to which `posterior` says that the wall lies. */
function breast(posterior: 'left' | 'right'): Uint16Array {
  const [columns, rows] = [120, 160];
  return Uint16Array.from({ length: columns * rows }, (_, n) => {
    const [x, y] = [n % columns, Math.floor(n / columns)];
    const fromWall = posterior === 'left' ? x : columns - 1 - x;
    return Math.hypot(fromWall, y - rows / 2) < 60 ? 1500 + ((x * 7 + y * 13) % 300) : 40;
  });
}

/** Mean grey of the left and of the right third of a viewer's picture. */
const thirds = (cell: Locator): Promise<{ left: number; right: number }> =>
  cell.evaluate((node) => {
    const canvas = node.querySelector('canvas')!;
    const { width, height, data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let [left, right] = [0, 0];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const grey = data[4 * (y * width + x)]!;
        if (x < width / 2) left += grey;
        else right += grey;
      }
    return { left: left / width / height, right: right / width / height };
  });

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
      return writeMadePicture(folders.base, {
        ...{ study: 'Pairs', name: `${side}${view}`, modality: 'MG', columns: 120, rows: 160 },
        samples: breast(wall),
        before: [
          element(0x18, 0x5101, 'CS', view),
          element(0x20, 0x20, 'CS', `${wall === 'left' ? 'A' : 'P'}\\F`),
          element(0x20, 0x62, 'CS', side),
        ],
        after: [element(0x28, 0x1050, 'DS', '1000'), element(0x28, 0x1051, 'DS', '2000')],
      });
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
