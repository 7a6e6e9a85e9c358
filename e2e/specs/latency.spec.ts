import { writeFileSync } from 'node:fs';
import { lung1 } from '../fixtures/brain-study';
import { expect, test } from '../fixtures/test';
import { ReviewPage } from '../pages/review-page';
import { WorklistPage } from '../pages/worklist-page';

/** The window's part of bench/viewer-latency.mjs: `{series, out}` of a made CT and of where the times go. */
const asked = process.env['REGIO_LATENCY'];
if (asked) {
  const { series, out } = JSON.parse(asked) as { series: string; out: string };

  test('how long a reader waits for a slice and for the next finding', async ({ launch }) => {
    test.setTimeout(600_000);
    const regio = await launch([lung1.path]);
    const { page } = regio;
    const worklist = new WorklistPage(regio);
    await expect(worklist.row(lung1.name)).toHaveAttribute('data-state', 'to-review', { timeout: 300_000 });
    await regio.invoke('settings.set', { detectOnImport: false, reviewer: 'Dr Test' });
    await worklist.importFolder(series);
    await expect(worklist.jobs).toHaveCount(0, { timeout: 120_000 });
    await expect(worklist.rows).toHaveCount(2);

    // Every candidate, so that there are many to decide.
    const found = await worklist.open(lung1.name);
    await found.loaded();
    await page.getByTestId('threshold').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => found.findings.count()).toBeGreaterThan(3);
    await page.getByTestId('threshold').blur();
    /**
     * From the key to the frame after the one in which the next finding is selected, its decision stored and its slice drawn:
     * by the window's own clock.
     */
    const decisions = await page.evaluate(async () => {
      const shown = (): Promise<unknown> =>
        new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
      const selected = (): string =>
        document
          .querySelector('[data-testid="findings"] [aria-pressed="true"]')
          ?.getAttribute('data-testid') ?? '';
      const saving = (): boolean =>
        document.querySelector('[data-testid="finding-panel"]')?.getAttribute('data-saving') === 'true';
      const pending = (): number =>
        document.querySelectorAll('[data-testid="findings"] [data-verdict="pending"]').length;
      const times: number[] = [];
      while (pending() > 1 && times.length < 60) {
        const before = selected();
        const start = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'u', bubbles: true }));
        while (selected() === before || saving()) await new Promise((next) => requestAnimationFrame(next));
        await shown();
        times.push(performance.now() - start);
      }
      return times;
    });
    await page.getByTestId('back').click();

    await worklist.rows.filter({ hasNotText: lung1.name }).getByTestId('open-study').click();
    const review = new ReviewPage(regio);
    await review.loaded();
    const slices = async (layout: string) => {
      await page.getByTestId('layout').click();
      await page.getByTestId(`layout-${layout}`).click();
      await page.evaluate(
        () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))),
      );
      return page.evaluate(async () => {
        const times: { script: number; shown: number }[] = [];
        for (let n = 0; n < 120; n++) {
          const key = n % 60 < 30 ? 'ArrowDown' : 'ArrowUp';
          const start = performance.now();
          window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
          const script = performance.now() - start;
          // The frame in which it is drawn, and the one that shows that it is done.
          await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
          times.push({ script, shown: performance.now() - start });
        }
        return times;
      });
    };
    const planes = await slices('mpr');
    const one = await slices('1x1');
    const drawnBy = await review.viewer.getAttribute('data-drawn-by');
    const renderer = await page.evaluate(() => {
      const gl = document.createElement('canvas').getContext('webgl2');
      const named = gl?.getExtension('WEBGL_debug_renderer_info');
      return gl && named ? String(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)) : 'none';
    });
    writeFileSync(out, JSON.stringify({ decisions, planes, one, drawnBy, renderer }));
  });
}
