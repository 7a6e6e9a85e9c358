import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RegioApp } from '../fixtures/regio-app';
import { expect, test } from '../fixtures/test';

/** The window's part of bench/worklist.mjs, which fills the store, runs this and prints what it writes. */
const base = process.env['REGIO_LONG_WORKLIST'];

const quantile = (values: readonly number[], q: number): number =>
  Math.round([...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))]! * 10) / 10;

if (base) {
  test('a worklist of thousands of studies paints at once and scrolls smoothly', async () => {
    test.setTimeout(300_000);
    const folders = { base, data: join(base, 'data'), config: join(base, 'config'), out: base };
    const app = await RegioApp.launch(folders);
    const { page } = app;
    await expect(page.getByTestId('study-row').first()).toBeVisible();
    const figures: Record<string, unknown> = {};

    // The page anew, main as it is: from the navigation to the frame that shows rows, and what of it the list took.
    const paints: { navigation: number; list: number }[] = [];
    const looks = () =>
      page.getByTestId('study-table').evaluate((table) => {
        const [first, end] = [table.getBoundingClientRect().top, table.getBoundingClientRect().bottom];
        const inSight = [...table.querySelectorAll<HTMLElement>('[data-testid="study-row"]')].filter(
          (row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return bottom > first && top < end;
          },
        );
        return {
          rows: inSight.map((row) => `${row.dataset['studyId']} ${row.getBoundingClientRect().top}`),
          rest: [table.scrollTop, table.scrollHeight],
          bar: document.querySelector('[role="search"]')?.textContent,
        };
      });
    for (let round = 0; round < 7; round++) {
      await page.reload();
      paints.push(
        await page.evaluate(async () => {
          const frame = (): Promise<number> => new Promise((go) => requestAnimationFrame(go));
          while (!document.querySelector('[data-testid="study-row"]')) await frame();
          const [asked] = performance.getEntriesByName('worklist-asked');
          await new Promise<void>((go) => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => go();
            requestAnimationFrame(() => port2.postMessage(0));
          });
          const now = performance.now();
          return { navigation: now, list: now - (asked?.startTime ?? 0) };
        }),
      );
      const seen = await looks();
      // The rest comes after what is seen at once, and moves nothing of it.
      await expect(page.getByTestId('study-table')).not.toHaveAttribute('data-rest', 'coming');
      expect(await looks()).toEqual(seen);
    }
    const of = (key: 'navigation' | 'list') => ({
      median: quantile(
        paints.map((p) => p[key]),
        0.5,
      ),
      worst: quantile(
        paints.map((p) => p[key]),
        1,
      ),
    });
    figures['first paint of the list, ms from asking for it'] = of('list');
    figures['first paint of the list, ms from navigation (page, fonts, settings)'] = of('navigation');

    const frames = await page.getByTestId('study-table').evaluate(async (table) => {
      const times: number[] = [];
      let last = performance.now();
      const count = 180;
      for (let n = 0; n < count; n++) {
        table.scrollTop = ((table.scrollHeight - table.clientHeight) * n) / count + (n % 2);
        const now = await new Promise<number>((go) => requestAnimationFrame(go));
        times.push(now - last);
        last = now;
      }
      for (let n = 0; n < count; n++) {
        table.scrollTop -= 120;
        const now = await new Promise<number>((go) => requestAnimationFrame(go));
        times.push(now - last);
        last = now;
      }
      return { jumps: times.slice(5, count), wheel: times.slice(count) };
    });
    for (const [how, times] of Object.entries(frames))
      figures[`frame ms while scrolling, ${how}`] = { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
    const rows = await page.getByTestId('study-row').count();
    expect(rows).toBeLessThan(60);
    figures['rows rendered'] = rows;

    for (const [what, press] of [
      ['sort by patient', () => page.getByTestId('sort-patient').click()],
      ['triage', () => page.getByTestId('triage').click()],
      ['group by patient', () => page.getByTestId('group').click()],
      ['one letter in the search', () => page.getByTestId('filter').type('a')],
    ] as const) {
      await page.evaluate(() => {
        const state = window as unknown as { longest: number };
        state.longest = 0;
        new PerformanceObserver((entries) => {
          for (const entry of entries.getEntries()) state.longest = Math.max(state.longest, entry.duration);
        }).observe({ entryTypes: ['longtask'] });
      });
      await press();
      await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
      figures[`longest task, ms, ${what}`] = await page.evaluate(() =>
        Math.round((window as unknown as { longest: number }).longest),
      );
    }
    const processes = await app.electron.evaluate(({ app: electron }) =>
      electron.getAppMetrics().map(({ pid, type, name }) => ({ pid, name: name ?? type })),
    );
    figures['memory now, MB'] = Object.fromEntries(
      processes.map(({ pid, name }) => {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        return [name, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)];
      }),
    );
    expect(app.pageErrors).toEqual([]);
    await app.close();
    writeFileSync(join(base, 'window.json'), JSON.stringify(figures));
  });
}
