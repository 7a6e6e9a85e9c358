import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeMadeCt } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

/** Greys at 40 x 30 places of a pane. */
const greysOf = (page: Page, plane: string): Promise<number[]> =>
  page.getByTestId(`pane-${plane}`).evaluate((pane) => {
    const canvas = pane.querySelector('canvas')!;
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [40, 30];
    const context = copy.getContext('2d')!;
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, 40, 30);
    return [...context.getImageData(0, 0, 40, 30).data].filter((_, n) => n % 4 === 0);
  });

test('a volume that no texture holds is drawn without the card, and looks the same', async ({
  regio,
  folders,
}) => {
  const { page } = regio;
  // A played card counts as one here.
  await regio.invoke('settings.set', { detectOnImport: false, drawnBy: 'card' });
  await page.reload();
  const { folder } = writeMadeCt(join(folders.base, 'ct'), 11);
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  const planes = ['axial', 'coronal', 'sagittal'] as const;
  const look = async () => {
    const review = await worklist.open('MADE-0001');
    await review.loaded();
    await expect.poll(async () => new Set(await greysOf(page, 'axial')).size).toBeGreaterThan(5);
    await review.press('r');
    await review.press('ArrowDown');
    await review.press('ArrowUp');
    await expect(review.viewer).toHaveAttribute('data-slice-index', '5');
    const greys: Record<string, number[]> = {};
    for (const plane of planes) {
      await expect.poll(async () => new Set(await greysOf(page, plane)).size).toBeGreaterThan(5);
      greys[plane] = await greysOf(page, plane);
    }
    const letters = await page.getByTestId('pane-axial').locator('.marker').allTextContents();
    return { review, greys, letters };
  };
  const byCard = await look();
  await expect(byCard.review.viewer).toHaveAttribute('data-drawn-by', 'card');
  await page.getByTestId('back').click();

  // A card for textures of at most 8 voxels a side.
  await page.evaluate(() => {
    const { prototype } = WebGL2RenderingContext;
    const known = prototype.getParameter;
    prototype.getParameter = function (this: WebGL2RenderingContext, name: number): unknown {
      return name === this.MAX_3D_TEXTURE_SIZE ? 8 : known.call(this, name);
    };
  });
  const { review, greys, letters } = await look();
  await expect(review.viewer).toHaveAttribute('data-drawn-by', 'processor');
  expect(letters).toEqual(byCard.letters);
  // The card shows the coronal and sagittal middle between two voxels, the processor one of them.
  for (const [plane, most] of [
    ['axial', 4],
    ['coronal', 24],
    ['sagittal', 24],
  ] as const) {
    const differ = greys[plane]!.filter((grey, n) => Math.abs(grey - byCard.greys[plane]![n]!) > most);
    expect(differ.length / greys[plane]!.length, `${plane}: places that differ`).toBeLessThan(0.02);
  }

  // The wheel pages, a drag changes the window of all planes, a click moves the crosshair.
  const axial = (await page.getByTestId('pane-axial').boundingBox())!;
  await page.mouse.move(axial.x + axial.width / 2, axial.y + axial.height / 3);
  await page.mouse.wheel(0, 100);
  await expect(review.viewer).not.toHaveAttribute('data-slice-index', '5');
  const window = page.getByTestId('pane-coronal').getByTestId('window');
  const before = await window.textContent();
  await page.mouse.down();
  await page.mouse.move(axial.x + axial.width / 2 + 60, axial.y + axial.height / 3 + 20, { steps: 4 });
  await page.mouse.up();
  await expect(window).not.toHaveText(before!);
  await expect(page.getByTestId('pane-axial').getByTestId('window')).toHaveText(
    (await window.textContent())!,
  );
  const coronalSlice = page.getByTestId('pane-coronal').getByText(/^Slice/);
  const slice = await coronalSlice.textContent();
  await page.mouse.click(axial.x + axial.width / 2, axial.y + axial.height * 0.4);
  await expect(coronalSlice).not.toHaveText(slice!);
});

test('when the process that draws dies, the open volume is drawn without it', async ({ regio, folders }) => {
  await regio.invoke('settings.set', { detectOnImport: false, drawnBy: 'card' });
  await regio.page.reload();
  const { folder } = writeMadeCt(join(folders.base, 'ct'), 11);
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  const review = await worklist.open('MADE-0001');
  await review.loaded();
  await expect(review.viewer).toHaveAttribute('data-drawn-by', 'card');
  const pid = await regio.electron.evaluate(
    ({ app }) => app.getAppMetrics().find(({ type }) => type === 'GPU')?.pid ?? null,
  );
  process.kill(pid!, 'SIGKILL');
  await expect(review.viewer).toHaveAttribute('data-drawn-by', 'processor');
  await review.loaded();
  await expect.poll(async () => new Set(await greysOf(regio.page, 'axial')).size).toBeGreaterThan(5);
});
