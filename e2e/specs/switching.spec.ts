import { join } from 'node:path';
import { seededRandom } from '../../src-main/core/seeded-random';
import { writeNumberedStudies } from '../fixtures/numbered-studies';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

/** RELIABILITY W1: 60 switches here, 500 with REGIO_SWITCHES=500 (npm run verify:full). */
const switches = Number(process.env['REGIO_SWITCHES'] ?? 60);
const seed = Number(process.env['REGIO_SEED'] ?? 11);

interface Visit {
  readonly studyId: string;
  /** Frames until it is left; null: once its volume is there. */
  readonly frames: number | null;
}
type Known = Readonly<Record<string, { name: string; checksum: string; grey: number }>>;

test(`${switches} fast switches between patients: banner, pixels and findings are always of one study`, async ({
  regio,
  folders,
}) => {
  test.setTimeout(120_000 + switches * 3_000);
  const folder = join(folders.base, 'numbered');
  const made = await writeNumberedStudies(folder, 12);
  await regio.invoke('settings.set', { detectOnImport: false, reviewer: 'Dr Switch' });
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  await expect
    .poll(async () => (await regio.invoke('studies.list', undefined)).length, { timeout: 60_000 })
    .toBe(12);
  await expect(worklist.jobs).toHaveCount(0);

  const known: Record<string, Known[string]> = {};
  const studies = await regio.invoke('studies.list', undefined);
  for (const { studyId, patient, frontSeriesId } of studies) {
    known[studyId] = made[Number(patient.id.replace('NUMBERED-', ''))]!;
    const place = { space: 'lps', boxLps: [40, 40, 30, 60, 60, 45] } as const;
    await regio.invoke('review.add', {
      studyId,
      seriesId: frontSeriesId!,
      label: 'nodule',
      place: { ...place, boxLps: [...place.boxLps] },
    });
  }
  // Inference in flight all along: whatever its gate says.
  for (const { studyId } of studies)
    await regio.invoke('detection.start', { studyId, modelId: 'lung-ct-nodule', ignoreGate: true });

  const random = seededRandom(seed);
  const visits: Visit[] = [];
  let last = '';
  for (let n = 0; n < switches; n++) {
    const others = studies.filter((study) => study.studyId !== last);
    last = others[Math.floor(random() * others.length)]!.studyId;
    const frames = [null, 0, 0, 1, 1, 2, 4, 9, 20][Math.floor(random() * 9)]!;
    visits.push({ studyId: last, frames: n === switches - 1 ? null : frames });
  }

  // In the page itself: a click from outside takes longer than a load.
  const seen = await regio.page.evaluate(
    async ([plan, all]) => {
      const find = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);
      const frame = (): Promise<unknown> => new Promise((go) => requestAnimationFrame(go));
      const wrong: string[] = [];
      let settled = false;
      const counts = { looks: 0, loads: 0, pixels: 0, findings: 0 };

      const look = (): void => {
        const studyId = find('review')?.dataset['studyId'];
        if (studyId === undefined) return;
        counts.looks++;
        const { name, checksum, grey } = all[studyId]!;
        const check = (what: string, found: unknown, right: boolean): void => {
          if (!right) wrong.push(`${what} ${String(found)} while ${name} (grey ${grey}) is open`);
        };
        const banner = find('banner');
        if (banner) {
          check('banner', banner.dataset['studyId'], banner.dataset['studyId'] === studyId);
          check('name', banner.textContent, banner.textContent.includes(name));
        }
        const viewer = find('viewer');
        if (viewer) {
          check('viewer', viewer.dataset['studyId'], viewer.dataset['studyId'] === studyId);
          const shown = viewer.dataset['sliceChecksum'] ?? '';
          check('slice', shown, shown === '' || shown === checksum);
        }
        const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="pane-axial"] canvas');
        if (canvas && canvas.width > 0) {
          const at = [canvas.width >> 1, canvas.height >> 1] as const;
          const [pixel = 0] = canvas.getContext('2d')?.getImageData(at[0], at[1], 1, 1).data ?? [];
          // Black: nothing is drawn yet.
          if (pixel > 6) counts.pixels++;
          // While slices are missing the card blends those beside them with nothing: darker, never brighter.
          const whole = viewer?.dataset['volumeLoaded'] === 'true' && settled;
          check(
            `pixel (${whole ? 'whole' : 'loading'})`,
            pixel,
            pixel <= grey + 4 && (!whole || pixel >= grey - 4),
          );
        }
        const ids = (find('findings')?.dataset['studyIds'] ?? '').split(' ').filter(Boolean);
        counts.findings += ids.length;
        check(
          'findings',
          ids.join(),
          ids.every((id) => id === studyId),
        );
        check('panel', '', (find('finding-panel')?.dataset['studyId'] ?? studyId) === studyId);
      };
      let watching = true;
      const watch = (): void => {
        look();
        if (watching) requestAnimationFrame(watch);
      };
      // Between frames, too: each change of the document.
      const changes = new MutationObserver(look);
      changes.observe(document.body, { subtree: true, childList: true, attributes: true });
      requestAnimationFrame(watch);

      for (const { studyId, frames } of plan) {
        const row = `[data-testid="study-row"][data-study-id="${studyId}"] [data-testid="open-study"]`;
        let button: HTMLElement | null;
        while (!(button = document.querySelector(row))) await frame();
        button.click();
        if (frames === null) {
          const patience = performance.now() + 60_000;
          while (find('viewer')?.dataset['volumeLoaded'] !== 'true' && performance.now() < patience)
            await frame();
          // Until the last slices are drawn the card blends what lies beside a plane with nothing: darker, never of another.
          const grey = all[studyId]!.grey;
          const middle = (): number => {
            const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="pane-axial"] canvas');
            const at = [(canvas?.width ?? 0) >> 1, (canvas?.height ?? 0) >> 1] as const;
            return canvas?.getContext('2d')?.getImageData(at[0], at[1], 1, 1).data[0] ?? 0;
          };
          const drawnBy = performance.now() + 5000;
          while (Math.abs(middle() - grey) > 4 && performance.now() < drawnBy) await frame();
          settled = true;
          await frame();
          if (find('viewer')?.dataset['volumeLoaded'] === 'true') counts.loads++;
        } else for (let n = 0; n < frames; n++) await frame();
        settled = false;
        let back: HTMLElement | null;
        while (!(back = find('back'))) await frame();
        back.click();
        await Promise.resolve();
      }
      watching = false;
      changes.disconnect();
      return { wrong: [...new Set(wrong)].slice(0, 20), wrongCount: wrong.length, ...counts };
    },
    [visits, known as Known] as const,
  );
  console.log(`W1, seed ${seed}: ${switches} switches, ${JSON.stringify(seen)}`);
  expect(seen.wrong).toEqual([]);
  // It looked at what it must look at.
  const waited = visits.filter(({ frames }) => frames === null).length;
  expect(seen.loads).toBe(waited);
  expect(seen.looks).toBeGreaterThan(switches);
  expect(seen.pixels).toBeGreaterThanOrEqual(waited);
  expect(seen.findings).toBeGreaterThan(waited);
  await expect(regio.page.getByTestId('worklist')).toBeVisible();
  await regio.invoke('queue.clear', undefined);
});
