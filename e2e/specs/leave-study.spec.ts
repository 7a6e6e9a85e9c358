import { join } from 'node:path';
import { ctPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

test('a study that is left in mid-load leaves nothing in the engine and opens again, decoded by threads of its process', async ({
  regio,
  folders,
}) => {
  const [columns, rows, slices] = [320, 320, 64];
  const volume = ctPhantom({ dims: [columns, rows, slices] });
  const folder = join(folders.base, 'ct');
  await writeDicomSeries(folder, volume, { syntax: 'jpegls' });
  await regio.invoke('settings.set', { detectOnImport: false });
  const worklist = new WorklistPage(regio);
  await worklist.importFolder(folder);
  await expect(worklist.rows).toHaveCount(1);
  await expect(worklist.jobs).toHaveCount(0);
  const status = () => regio.invoke('engine.status', undefined);

  // In the page itself: whole loads take less than a click from outside.
  const loadedWhenLeft = await regio.page.evaluate(async () => {
    const find = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);
    find('open-study')!.click();
    const frame = (): Promise<unknown> => new Promise((go) => requestAnimationFrame(go));
    while (!find('viewer')?.dataset['sliceChecksum']) await frame();
    const { volumeLoaded } = find('viewer')!.dataset;
    find('back')!.click();
    return volumeLoaded;
  });
  expect(loadedWhenLeft).toBe('false');
  await expect(regio.page.getByTestId('worklist')).toBeVisible();
  await expect.poll(async () => (await status()).openSeries).toBe(0);
  await expect(worklist.jobs).toHaveCount(0);
  await expect(regio.page.getByTestId('notice')).toHaveCount(0);

  const review = await worklist.open(/./);
  await review.loaded();
  const { series } = await review.stored();
  const indices = [0, slices >> 1, slices - 1];
  const read = await regio.page.evaluate(
    async ([seriesId, wanted]) => {
      const ask = (window as unknown as { regio: { invoke(name: string, input: unknown): Promise<unknown> } })
        .regio.invoke;
      const reply = (await ask('series.readSlices', { seriesId, indices: wanted })) as {
        value: { data: ArrayBuffer }[];
      };
      return reply.value.map(({ data }) => [...new Int16Array(data)]);
    },
    [series[0]!.seriesId, indices] as const,
  );
  for (const [n, k] of indices.entries())
    expect(read[n]).toEqual([...volume.data.subarray(k * columns * rows, (k + 1) * columns * rows)]);
  const { pid, framesOfThreads, openSeries } = await status();
  expect(pid).toBe(await regio.enginePid());
  expect(openSeries).toBe(1);
  expect(framesOfThreads, 'frames that came from decode threads').toBeGreaterThan(0);
});
