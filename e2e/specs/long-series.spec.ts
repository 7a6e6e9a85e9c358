import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { RegioApp } from '../fixtures/regio-app';
import { expect, test } from '../fixtures/test';
import { ReviewPage } from '../pages/review-page';
import { WorklistPage } from '../pages/worklist-page';

/** Peak memory of each process of the program, MB; what Linux alone tells. */
async function peaks({ electron }: RegioApp): Promise<Record<string, number>> {
  const processes = await electron.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .map(({ pid, type, name, serviceName }) => ({ pid, name: name ?? serviceName ?? type })),
  );
  return Object.fromEntries(
    processes.map(({ pid, name }) => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return [name, Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)];
    }),
  );
}

/** Turns the wheel over a plane 50 times, a picture each. @returns milliseconds a slice */
async function pageThrough(page: Page, plane: string): Promise<number> {
  const pane = page.getByTestId(`pane-${plane}`);
  const greys = () =>
    pane.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      return new Set(data).size;
    });
  // Black panes with slice numbers are what a card shows that could not hold the volume.
  expect(await greys()).toBeGreaterThan(5);
  return pane.locator('.canvas').evaluate(async (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const where = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
    const start = performance.now();
    for (let n = 0; n < 50; n++) {
      element.dispatchEvent(new WheelEvent('wheel', { ...where, deltaY: 100 }));
      // The frame in which it is drawn, and the one that shows it is done.
      await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    }
    return Math.round((performance.now() - start) / 5) / 10;
  });
}

/** The window's part of bench/long-series.mjs, which makes the folder, runs this and prints what it writes. */
const folder = process.env['REGIO_LONG_SERIES'];
if (folder) {
  test('a long series opens, scrolls and shows its three planes', async ({ regio }) => {
    test.setTimeout(600_000);
    const { page } = regio;
    const worklist = new WorklistPage(regio);
    const ms = (from: number): number => Math.round(performance.now() - from);
    await regio.invoke('settings.set', { detectOnImport: false });
    const memory: Record<string, Record<string, number>> = { idle: await peaks(regio) };
    let start = performance.now();
    await worklist.importFolder(folder);
    await expect(worklist.rows).toHaveCount(1, { timeout: 120_000 });
    const importMs = ms(start);
    await expect(worklist.rows.getByTestId('thumbnail')).toHaveAttribute('data-state', 'shown');
    const thumbnailMs = ms(start) - importMs;
    memory['imported'] = await peaks(regio);

    start = performance.now();
    await worklist.rows.getByTestId('open-study').click();
    const review = new ReviewPage(regio);
    await expect(review.viewer).toHaveAttribute('data-slice-checksum', /./, { timeout: 120_000 });
    const firstMs = ms(start);
    await expect(review.viewer).toHaveAttribute('data-volume-loaded', 'true', { timeout: 300_000 });
    const loadMs = ms(start);
    memory['loaded'] = await peaks(regio);
    await page.screenshot({ path: join(folder, '..', 'loaded.png') });

    const from = await review.sliceIndex();
    start = performance.now();
    for (let n = 0; n < 200; n++) await review.press('ArrowDown');
    await expect.poll(async () => Math.abs((await review.sliceIndex()) - from)).toBe(200);
    const scrollMs = ms(start) / 200;
    const planeMs: Record<string, number> = {};
    for (const plane of ['sagittal', 'coronal'] as const) planeMs[plane] = await pageThrough(page, plane);
    await page.screenshot({ path: join(folder, '..', 'scrolled.png') });
    memory['scrolled'] = await peaks(regio);
    const drawnBy = await review.viewer.getAttribute('data-drawn-by');
    writeFileSync(
      join(folder, '..', 'window.json'),
      JSON.stringify({ drawnBy, importMs, thumbnailMs, firstMs, loadMs, scrollMs, planeMs, memory }),
    );
  });
}
