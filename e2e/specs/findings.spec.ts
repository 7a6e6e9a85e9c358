import { join } from 'node:path';
import { ctPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { openMadeSeries } from '../fixtures/made-series';
import { expect, test } from '../fixtures/test';
import { picture } from '../fixtures/window-picture';
import { PanePage } from '../pages/pane-page';
import { WorklistPage } from '../pages/worklist-page';

/** A ball in the right lung: what the window shows of it is computed, so that a hand can be led to it. */
const radius = 9;
const nodule = { centerIjk: [36, 64, 14], radiusMm: radius, value: 40 } as const;
const spacing = [1, 1, 1.5] as const;

test('a missed nodule is added by drag, adjusted, outlined and measured; merged, split, deleted; undone across a restart', async ({
  launch,
  folders,
}) => {
  test.setTimeout(300_000);
  const regio = await launch();
  const made = ctPhantom({
    dims: [128, 128, 28],
    spacing: [...spacing],
    origin: [-64, -64, -20],
    nodules: [nodule],
  });
  const folder = join(folders.base, 'ct');
  await writeDicomSeries(folder, made);
  const review = await openMadeSeries(regio, folder);
  const { page } = regio;
  const { series, study } = await review.stored();
  const { studyId } = study;
  const seriesId = series[0]!.seriesId;
  const centre = made.origin.map((o, a) => o + nodule.centerIjk[a]! * spacing[a]!);
  const around = (half: number) =>
    [...centre.map((c) => c - half), ...centre.map((c) => c + half)] as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  const axial = new PanePage(page, 'axial');

  await test.step('a box drawn in the axial plane is the selected finding', async () => {
    // A first box, made without the mouse, takes the pane to the nodule and says where it is on the page.
    const place = { space: 'lps' as const, boxLps: around(radius) };
    await regio.invoke('review.add', { studyId, seriesId, label: 'lesion', place });
    await expect(review.finding(1)).toBeVisible();
    await review.press('n');
    await expect(page.getByTestId('box-1').first()).toBeVisible();
    const box = await axial.drawn('box-1');
    await review.press('Delete');
    await expect(review.findings).toHaveCount(0);
    await review.press('d');
    // Too far to the right by a quarter of its width, and too small below.
    await axial.drag([box.x + box.width / 4, box.y - 2], [box.x + box.width * 1.25, box.y + box.height - 6]);
    await expect(review.finding(2)).toBeVisible();
    await expect.poll(() => review.selectedNumber()).toBe(2);
  });

  await test.step('handles show in edit mode alone; a drag inside moves, a handle and keys resize', async () => {
    await expect(page.getByTestId('handle-0')).toHaveCount(0);
    await review.press('e');
    await expect(page.getByTestId('mode-bar')).toHaveAttribute('data-mode', 'edit');
    await expect(page.getByTestId('pane-axial').getByTestId('handle-0')).toBeVisible();
    await picture(regio, 'edit');
    const box = await axial.drawn('box-2');
    const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
    await axial.drag(middle, [middle[0] - box.width / 4, middle[1]]);
    const moved = await review.storedFinding(2);
    await axial.drag(
      [middle[0] - box.width / 4, box.y + box.height],
      [middle[0] - box.width / 4, box.y + box.height + 9],
    );
    await expect.poll(async () => (await review.storedFinding(2)).place).not.toEqual(moved.place);
    const before = (await review.storedFinding(2)).place;
    await page.mouse.move(...(await axial.at([0.5, 0.2])));
    for (let n = 0; n < 3; n++) await review.press('ArrowRight');
    for (let n = 0; n < 3; n++) await review.press('ArrowLeft');
    await review.press('Shift+ArrowDown');
    await expect.poll(async () => (await review.storedFinding(2)).place).not.toEqual(before);
    const after = (await review.storedFinding(2)).place;
    if (before.space !== 'lps' || after.space !== 'lps') throw new Error('mm');
    expect(after.boxLps[4]! - before.boxLps[4]!).toBeCloseTo(spacing[1], 3);
    expect(after.boxLps[0]).toBeCloseTo(before.boxLps[0]!, 3);
    // A run of keys is one step to undo.
    await review.press('Control+z');
    await expect.poll(async () => (await review.storedFinding(2)).place).toEqual(before);
    await review.press('Escape');
    await expect(page.getByTestId('mode-bar')).toHaveCount(0);
    await expect(page.getByTestId('review')).toBeVisible();
  });

  await test.step('K outlines and measures it', async () => {
    await review.press('k');
    await expect(page.getByTestId('measurement')).toContainText('mm³', { timeout: 30_000 });
    const { measurement } = await review.storedFinding(2);
    expect(Math.abs(measurement!.longAxis - 2 * radius)).toBeLessThan(1.2);
    expect(Math.abs(measurement!.volume! / ((4 / 3) * Math.PI * radius ** 3) - 1)).toBeLessThan(0.15);
    await expect(page.getByTestId('pane-axial').getByTestId('outline-2')).toBeVisible();
    await expect(page.getByTestId('pane-coronal').getByTestId('outline-2')).toBeVisible();
    await picture(regio, 'outline');
  });

  const outlined = (await review.storedFinding(2)).measurement!;
  await test.step('the brush adds and takes away, a stroke a step', async () => {
    await review.press('Shift+K');
    await expect(page.getByTestId('mode-bar')).toHaveAttribute('data-mode', 'brush');
    const size = await page.getByTestId('brush-size').textContent();
    await review.press('-');
    await expect(page.getByTestId('brush-size')).not.toHaveText(size!);
    await review.press('+');
    const box = await axial.drawn('box-2');
    const right = [box.x + box.width - 4, box.y + box.height / 2] as const;
    const volume = async () => (await review.storedFinding(2)).measurement!.volume!;
    await axial.drag(right, [right[0] + 14, right[1]]);
    await expect.poll(volume).toBeGreaterThan(outlined.volume!);
    const added = await volume();
    await picture(regio, 'brush');
    const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
    await axial.drag(middle, [middle[0] + 5, middle[1]], 'right');
    await expect.poll(volume).toBeLessThan(added - 10);
    // A key that comes while the last one is being stored does nothing.
    const press = async (key: string): Promise<void> => {
      await expect(page.getByTestId('finding-panel')).toHaveAttribute('data-saving', 'false');
      await review.press(key);
    };
    await press('Control+z');
    await expect.poll(volume).toBeCloseTo(added, 3);
    await press('Control+z');
    await expect.poll(volume).toBeCloseTo(outlined.volume!, 3);
    await press('Control+Shift+Z');
    await expect.poll(volume).toBeCloseTo(added, 3);
    await press('Control+z');
    await expect.poll(volume).toBeCloseTo(outlined.volume!, 3);
    await press('Escape');
    await expect(page.getByTestId('mode-bar')).toHaveCount(0);
  });

  await test.step('a click asks for a box, which Enter takes', async () => {
    await review.press('d');
    const box = await axial.drawn('box-2');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page.getByTestId('mode-bar')).toHaveAttribute('data-mode', 'suggestion', {
      timeout: 60_000,
    });
    await expect(page.getByTestId('pane-axial').getByTestId('suggestion')).toBeVisible();
    await picture(regio, 'suggestion');
    await review.press('Escape');
    await expect(page.getByTestId('suggestion')).toHaveCount(0);
    await expect(review.findings).toHaveCount(1);
    await review.press('d');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page.getByTestId('take-suggestion')).toBeVisible({ timeout: 60_000 });
    await review.press('Enter');
    await expect(review.finding(3)).toBeVisible();
    const { origin, place, provenance } = await review.storedFinding(3);
    expect(origin).toMatchObject({ how: 'suggested' });
    expect(provenance).toBe('reader');
    if (place.space !== 'lps') throw new Error('mm');
    place.boxLps.forEach((v, n) => expect(Math.abs(v - around(radius)[n]!)).toBeLessThan(4));
  });

  await test.step('J shows what it merges, Shift+J splits, Delete takes back', async () => {
    await review.press('j');
    await expect(page.getByTestId('mode-bar')).toContainText('Merge findings 3 and 2?');
    await picture(regio, 'merge');
    await review.press('Enter');
    await expect(review.finding(4)).toBeVisible();
    await expect(review.findings).toHaveCount(1);
    await expect(page.getByTestId('measurement')).toContainText('3, 2');
    await review.press('Shift+J');
    await expect(review.finding(5)).toBeVisible();
    await expect(review.finding(6)).toBeVisible();
    await expect(page.getByTestId('mode-bar')).toHaveAttribute('data-mode', 'edit');
    await review.press('Escape');
    await review.press('q');
    await expect(page.getByTestId('finding-strip').getByRole('button')).toHaveCount(2);
    await page.getByTestId('strip-6').click();
    await expect.poll(() => review.selectedNumber()).toBe(6);
    await picture(regio, 'strip');
    await review.press('Delete');
    await expect(review.finding(6)).toHaveCount(0);
  });

  await test.step('all of it is undone after a restart, and redone', async () => {
    await regio.close();
    const again = await launch();
    const reopened = await new WorklistPage(again).open('PH-1');
    await reopened.loaded();
    const numbers = async () => (await reopened.stored()).findings.map((f) => f.number);
    // A key that comes while the last one is being stored does nothing.
    const press = async (key: string): Promise<void> => {
      await expect(again.page.getByTestId('finding-panel')).toHaveAttribute('data-saving', 'false');
      await reopened.press(key);
    };
    expect(await numbers()).toEqual([5]);
    await press('Control+z');
    await expect.poll(numbers).toEqual([5, 6]);
    await press('Control+z');
    await expect.poll(numbers).toEqual([4]);
    await press('Control+z');
    await expect.poll(numbers).toEqual([2, 3]);
    expect((await reopened.storedFinding(2)).measurement).toEqual(outlined);
    await expect(again.page.getByTestId('redo')).toBeEnabled();
    await press('Control+Shift+Z');
    await expect.poll(numbers).toEqual([4]);
  });
});
