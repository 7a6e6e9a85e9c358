import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { block, openBlock } from '../fixtures/block';
import type { RegioApp } from '../fixtures/regio-app';
import { expect, test } from '../fixtures/test';
import type { ReviewPage } from '../pages/review-page';
import { WorklistPage } from '../pages/worklist-page';

async function openBlockAlone(regio: RegioApp, folder: string): Promise<ReviewPage> {
  const { review } = await openBlock(regio, folder);
  await review.press('h');
  return review;
}

/** Where the block lies in the axial pane, px of the page. */
async function blockOnScreen(
  page: Page,
): Promise<{ left: number; right: number; top: number; bottom: number }> {
  const found = (): Promise<{ left: number; right: number; top: number; bottom: number } | null> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="pane-axial"] canvas');
      const picture = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      if (!canvas || !picture) return null;
      const { width, height, data } = picture;
      let [x0, x1, y0, y1] = [width, -1, height, -1];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          if (data[4 * (y * width + x)]! > 127) {
            x0 = Math.min(x0, x);
            x1 = Math.max(x1, x + 1);
            y0 = Math.min(y0, y);
            y1 = Math.max(y1, y + 1);
          }
      if (x1 < 0) return null;
      const bounds = canvas.getBoundingClientRect();
      const [sx, sy] = [bounds.width / width, bounds.height / height];
      return {
        left: bounds.left + sx * x0,
        right: bounds.left + sx * x1,
        top: bounds.top + sy * y0,
        bottom: bounds.top + sy * y1,
      };
    });
  await expect.poll(found).not.toBeNull();
  return (await found())!;
}

const axial = (page: Page): Locator => page.getByTestId('pane-axial');
const reading = async (page: Page, kind: string): Promise<string> =>
  (await axial(page).getByTestId(`measurement-${kind}`).getAttribute('data-reading'))!;

async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await page.mouse.move(...to);
  await page.mouse.up();
}

test('measures what is drawn in mm and Hounsfield units, and keeps it until it is removed', async ({
  regio,
  folders,
}) => {
  const review = await openBlockAlone(regio, join(folders.base, 'ct'));
  const { page } = regio;
  const { left, right, top, bottom } = await blockOnScreen(page);
  const [midX, midY] = [(left + right) / 2, (top + bottom) / 2];

  await review.press('l');
  await drag(page, [left, midY], [right, midY]);
  expect(Math.abs(parseFloat(await reading(page, 'length')) - 12)).toBeLessThan(0.2);

  await review.press('b');
  await drag(page, [midX, top], [midX, bottom]);
  const [long, short] = (await reading(page, 'bidirectional')).match(/[\d.]+/g)!.map(Number) as [
    number,
    number,
  ];
  expect(Math.abs(long - 15)).toBeLessThan(0.2);
  expect(Math.abs(short - 7.5)).toBeLessThan(0.2);

  await review.press('Shift+A');
  await page.mouse.click(left, top);
  await page.mouse.click(left, bottom);
  await page.mouse.click(right, bottom);
  expect(Math.abs(parseFloat(await reading(page, 'angle')) - 90)).toBeLessThan(1);

  await review.press('Shift+E');
  await drag(page, [left + 5, top + 5], [midX, midY]);
  expect(await reading(page, 'ellipse')).toMatch(/^Mean 1000 ± 0 HU; 1000 to 1000 HU; Area [\d.]+ mm²$/);

  await review.press('Shift+B');
  const margin = right - left;
  await drag(page, [left - margin / 2, top + 10], [right + margin / 2, bottom - 10]);
  // Half of it lies outside of the block.
  const mean = parseFloat(/Mean (-?[\d.]+)/.exec(await reading(page, 'rectangle'))![1]!);
  expect(Math.abs(mean)).toBeLessThan(60);

  await page.mouse.move(midX, midY);
  await expect(axial(page).getByTestId('pointer-value')).toHaveText(/ · 1000 HU$/);

  // In the store, and back with the study; gone by key.
  const measures = axial(page).locator('[data-testid^="measurement-"]');
  await expect(measures).toHaveCount(5);
  await review.press('Escape');
  await (await new WorklistPage(regio).open('PH-1')).loaded();
  await expect(measures).toHaveCount(5);
  await measures.first().focus();
  await review.press('Delete');
  await expect(measures).toHaveCount(4);
  // In another slice they are not.
  await review.press('ArrowDown');
  await expect(measures).toHaveCount(0);
});

for (const drawnBy of ['card', 'processor'] as const)
  test(`turns, mirrors, inverts and thickens what the ${drawnBy} draws`, async ({ launch, folders }) => {
    const regio = await launch();
    // A played card counts as one here.
    await regio.invoke('settings.set', { drawnBy });
    await regio.page.reload();
    const review = await openBlockAlone(regio, join(folders.base, 'ct'));
    const { page } = regio;
    await expect(review.viewer).toHaveAttribute('data-drawn-by', drawnBy);
    const pane = axial(page);
    const box = (await pane.boundingBox())!;
    const middle = box.x + box.width / 2;
    const before = await blockOnScreen(page);
    const letters = async (): Promise<string> =>
      (await pane.locator('.marker').allTextContents()).map((text) => text.trim()).join('');
    expect(await letters()).toBe('RLAP');
    // The bar is as long as it says.
    const bar = pane.getByTestId('scale-bar');
    const mmPerPx = Number(await bar.getAttribute('data-units')) / (await bar.boundingBox())!.width;
    expect(Math.abs((before.right - before.left) * mmPerPx - 12)).toBeLessThan(0.3);

    await review.press('f');
    await expect.poll(letters).toBe('LRAP');
    // The letters are there before the picture is.
    await expect
      .poll(async () => {
        const mirrored = await blockOnScreen(page);
        return (
          Math.abs(middle - mirrored.right - (before.left - middle)) + Math.abs(mirrored.top - before.top)
        );
      })
      .toBeLessThan(4);
    // Paged as before.
    const index = await review.sliceIndex();
    await review.press('ArrowDown');
    await expect(review.viewer).toHaveAttribute('data-slice-index', String(index - 1));
    await review.press('ArrowUp');

    await review.press('f');
    await review.press('Shift+R');
    await expect.poll(letters).toBe('PARL');
    await expect
      .poll(async () => {
        const turned = await blockOnScreen(page);
        return (turned.right - turned.left) * mmPerPx;
      })
      .toBeGreaterThan(14.5);

    await review.press('r');
    await expect.poll(letters).toBe('RLAP');
    const greyAt = (x: number, y: number): Promise<number> =>
      page.evaluate(
        ([px, py]) => {
          const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="pane-axial"] canvas')!;
          const bounds = canvas.getBoundingClientRect();
          const [sx, sy] = [canvas.width / bounds.width, canvas.height / bounds.height];
          return canvas
            .getContext('2d')!
            .getImageData((px! - bounds.left) * sx, (py! - bounds.top) * sy, 1, 1).data[0]!;
        },
        [x, y],
      );
    const [x, y] = [(before.left + before.right) / 2, (before.top + before.bottom) / 2];
    const bright = await greyAt(x, y);
    await review.press('i');
    await expect.poll(() => greyAt(x, y)).toBe(255 - bright);
    await review.press('i');
    await expect.poll(() => greyAt(x, y)).toBe(bright);

    // Two slices from the block, which a slab of 12 mm reaches.
    for (let n = await review.sliceIndex(); n > block.from[2] - 2; n--) await review.press('ArrowDown');
    await expect(review.viewer).toHaveAttribute('data-slice-index', String(block.from[2] - 2));
    await expect.poll(() => greyAt(x, y)).toBeLessThan(bright);
    const dark = await greyAt(x, y);
    await review.press('z');
    await page.getByTestId('slab-mm').fill('12');
    await page.getByTestId('slab-mm').press('Enter');
    await expect.poll(() => greyAt(x, y)).toBe(bright);
    await page.getByTestId('slab').click();
    await page.getByTestId('slab-min').click();
    await expect.poll(() => greyAt(x, y)).toBe(dark);
    await page.getByTestId('slab').click();
    await page.getByTestId('slab-mean').click();
    await expect
      .poll(async () => (await greyAt(x, y)) > dark + 5 && (await greyAt(x, y)) < bright - 5)
      .toBe(true);

    await review.press('w');
    await page.getByTestId('window-width').fill('350');
    await page.getByTestId('window-level').fill('40');
    await page.getByTestId('window-level').press('Enter');
    await expect(pane.getByTestId('window')).toHaveText(/^W 350 · L 40/);
  });
