import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { Box3 } from '../../src-main/core/geometry/box';
import {
  boxAround,
  followUp,
  outlineNodule,
  priorNodule,
  writeFollowUp,
  writePriorOf,
} from '../fixtures/follow-up';
import { lidcNodules } from '../fixtures/lidc';
import type { RegioApp } from '../fixtures/regio-app';
import { faultsOf } from '../fixtures/faults';
import { expect, test } from '../fixtures/test';
import { picture } from '../fixtures/window-picture';
import { PanePage } from '../pages/pane-page';
import type { ReviewPage } from '../pages/review-page';
import { WorklistPage } from '../pages/worklist-page';

const day = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;

/** Draws a box round a lesion with the mouse, adjusts it by a handle, and outlines it. @returns the finding's number */
async function addByMouse(regio: RegioApp, review: ReviewPage, boxLps: readonly number[]): Promise<number> {
  const { page } = regio;
  const { study, series } = await review.stored();
  const { studyId } = study;
  const { seriesId } = series[0]!;
  const axial = new PanePage(page, 'axial');
  // A first box, made without the mouse, takes the pane to the lesion and says where it is on the page.
  const place = { space: 'lps' as const, boxLps: boxLps as [number, number, number, number, number, number] };
  const guide = await regio.invoke('review.add', { studyId, seriesId, label: 'guide', place });
  await expect(review.finding(guide.number)).toBeVisible();
  await review.finding(guide.number).click();
  await expect(page.getByTestId(`box-${guide.number}`).first()).toBeVisible();
  const box = await axial.drawn(`box-${guide.number}`);
  await review.press('Delete');
  await expect(review.finding(guide.number)).toHaveCount(0);

  await page.getByTestId('add-finding').click();
  // Too far to the right: the left border is set by its handle.
  const out = Math.max(4, box.width * 0.2);
  await axial.drag([box.x + out, box.y - 2], [box.x + box.width + 2, box.y + box.height + 2]);
  const number = guide.number + 1;
  await expect(review.finding(number)).toBeVisible();
  const before = (await review.storedFinding(number)).place;
  await page.getByTestId('edit-box').click();
  const handles = page.getByTestId('pane-axial').locator('[data-testid^="handle-"]');
  const places = await Promise.all((await handles.all()).map((handle) => handle.boundingBox()));
  const left = places
    .filter((place_) => place_ !== null)
    .sort(
      (a, b) => a.x - b.x || Math.abs(a.y - box.y - box.height / 2) - Math.abs(b.y - box.y - box.height / 2),
    )
    .filter((p, _, all) => p.x < all[0]!.x + 3)
    .sort(
      (a, b) =>
        Math.abs(a.y + a.height / 2 - box.y - box.height / 2) -
        Math.abs(b.y + b.height / 2 - box.y - box.height / 2),
    )[0]!;
  const grip = [left.x + left.width / 2, left.y + left.height / 2] as const;
  await axial.drag(grip, [grip[0] - out - 2, grip[1]]);
  await expect.poll(async () => (await review.storedFinding(number)).place).not.toEqual(before);
  await page.getByTestId('edit-box').click();
  await page.getByTestId('outline').click();
  await expect(page.getByTestId('measurement')).toContainText('mm³', { timeout: 60_000 });
  return number;
}

test('a nodule that grew: the earlier examination hangs beside, registered; linked by the mouse, and told by its doubling time', async ({
  launch,
  folders,
}) => {
  test.setTimeout(300_000);
  const regio = await launch();
  const { page } = regio;
  const made = await writeFollowUp(folders.base);
  await regio.invoke('settings.set', { detectOnImport: false, reviewer: 'Dr Test' });
  const worklist = new WorklistPage(regio);
  for (const folder of [made.prior, made.current]) {
    await worklist.importFolder(folder);
    await expect(worklist.jobs).toHaveCount(0);
  }
  await expect(worklist.rows).toHaveCount(2);
  const studies = await regio.invoke('studies.list', undefined);
  const prior = studies.find((study) => study.studyDate === followUp.dates.prior)!;
  await outlineNodule(regio, prior.studyId, boxAround(priorNodule, followUp.radius.prior));

  const review = await worklist.open(day(followUp.dates.current));
  await review.loaded();
  const number = await addByMouse(regio, review, boxAround(followUp.nodule, followUp.radius.current));

  await test.step('the earlier examination hangs beside, marked and dated, and is registered', async () => {
    await page.getByTestId('open-change').click();
    await expect(page.getByTestId('change-panel')).toBeVisible();
    await page.getByTestId('hang-prior').click();
    const pane = page.getByTestId('prior-pane');
    await expect(pane).toHaveAttribute('data-study-id', prior.studyId);
    await expect(pane).toHaveAccessibleName(new RegExp(day(followUp.dates.prior)));
    await expect(page.getByTestId('prior-mark')).toHaveText('PRIOR');
    await expect(page.getByTestId('prior-date')).toHaveText(day(followUp.dates.prior));
    await expect(pane).toHaveAttribute('data-registered', 'true', { timeout: 90_000 });
    // Nothing is done in it.
    await expect(pane.locator('[data-testid^="handle-"]')).toHaveCount(0);
  });

  await test.step('both show the same place', async () => {
    const beside = page.getByTestId('prior-pane').getByTestId('viewer-beside');
    await expect(beside).toHaveAttribute('data-volume-loaded', 'true', { timeout: 60_000 });
    // Two series of one grid: the slices are as far apart as the patient was moved, which the registration found.
    const apart = async (): Promise<number> =>
      Number(await beside.getAttribute('data-slice-index')) - (await review.sliceIndex());
    await expect.poll(apart).toBe(0);
    await review.press('ArrowDown');
    await review.press('ArrowDown');
    await expect.poll(apart).toBe(0);
    await page.getByTestId('prior-pane').getByTestId('pane-axial').hover();
    const now = await review.sliceIndex();
    await page.mouse.wheel(0, 100);
    await expect.poll(() => review.sliceIndex()).not.toBe(now);
    await expect.poll(apart).toBe(0);
    await review.finding(number).click();
  });

  await test.step('the lesion is proposed with its distance, and confirmed', async () => {
    await expect(page.getByTestId('proposal')).toContainText(/finding 1 of .* [0-3]\.\d mm away/);
    await picture(regio, 'prior-proposal');
    expect(await faultsOf(regio, 'earlier examination')).toEqual([]);
    await page.getByTestId('confirm-link').click();
    await expect(page.getByTestId('change-table')).toBeVisible();
    const { link, measurement } = await review.storedFinding(number);
    const [earlier] = link!.history;
    expect(earlier).toMatchObject({ studyId: prior.studyId, studyDate: followUp.dates.prior, number: 1 });
    expect(link!.distanceMm).toBeLessThan(3);
    const [v1, v2] = [earlier!.measurement!.volume!, measurement!.volume!];
    const doubling = (followUp.days * Math.LN2) / Math.log(v2 / v1);
    // By the balls' own radii: 144.6 days.
    const exact =
      (followUp.days * Math.LN2) / (3 * Math.log(followUp.radius.current / followUp.radius.prior));
    expect(Math.abs(doubling / exact - 1)).toBeLessThan(0.25);
    await expect(page.getByTestId('doubling-1')).toHaveText(`${Math.round(doubling)} days`);
    await expect(page.getByTestId('growth')).toContainText('growth by Lung-RADS v2022');
    await expect(page.getByTestId('change-plot')).toHaveAccessibleName(/2024-01-15: .* by .* mm; 2024-07-13/);
    expect(await faultsOf(regio, 'linked')).toEqual([]);
  });

  await test.step('it is undone, redone, and there after a restart', async () => {
    const linked = async () => (await review.storedFinding(number)).link !== undefined;
    await page.getByTestId('undo').click();
    await expect.poll(linked).toBe(false);
    await page.getByTestId('redo').click();
    await expect.poll(linked).toBe(true);
    const { study } = await review.stored();
    await regio.close();
    const again = await launch();
    const { findings } = await again.invoke('studies.open', { studyId: study.studyId });
    expect(findings.find((f) => f.number === number)!.link!.history).toHaveLength(1);
  });
});

test('a real nodule is added by the mouse, measured within 2 mm of its readers, and linked to a made earlier examination', async ({
  launch,
  folders,
}) => {
  test.skip(!lidcNodules, 'LIDC-IDRI-0003 is not on this machine');
  test.setTimeout(600_000);
  const { folder, reference } = lidcNodules!;
  const { nodules } = JSON.parse(readFileSync(reference, 'utf8')) as {
    nodules: { readers: number; boxLpsMm: number[]; longAxisMm: number }[];
  };
  // One that all four readers saw, and that lies free in the lung.
  const wanted = nodules.filter((n) => n.readers === 4).sort((a, b) => a.longAxisMm - b.longAxisMm)[1]!;
  const box = wanted.boxLpsMm;
  const center = [0, 1, 2].map((a) => (box[a]! + box[a + 3]!) / 2) as [number, number, number];
  const made = await writePriorOf(folder, join(folders.base, 'prior'), {
    center,
    radiusMm: wanted.longAxisMm / 2,
  });
  const regio = await launch();
  const { page } = regio;
  await regio.invoke('settings.set', { detectOnImport: false, reviewer: 'Dr Test' });
  const worklist = new WorklistPage(regio);
  for (const from of [made.folder, folder]) {
    await worklist.importFolder(from);
    await expect(worklist.jobs).toHaveCount(0, { timeout: 120_000 });
  }
  const studies = await regio.invoke('studies.list', undefined);
  const prior = studies.find((study) => study.studyDate === made.studyDate)!;
  const half = box.map((v, n) => center[n % 3]! + (v - center[n % 3]!) * made.scale + made.shift[n % 3]!);
  await outlineNodule(regio, prior.studyId, half as unknown as Box3);

  const current = studies.find((study) => study.studyDate !== made.studyDate)!;
  const review = await worklist.open(day(current.studyDate));
  await expect(review.viewer).toHaveAttribute('data-volume-loaded', 'true', { timeout: 180_000 });
  const number = await addByMouse(regio, review, box);
  const { measurement } = await review.storedFinding(number);
  console.log(`long axis ${measurement!.longAxis.toFixed(1)} mm, reference ${wanted.longAxisMm} mm`);
  expect(Math.abs(measurement!.longAxis - wanted.longAxisMm)).toBeLessThanOrEqual(2);

  await page.getByTestId('open-change').click();
  await page.getByTestId('hang-prior').click();
  await expect(page.getByTestId('prior-pane')).toHaveAttribute('data-registered', 'true', {
    timeout: 240_000,
  });
  await expect(page.getByTestId('proposal')).toBeVisible();
  await picture(regio, 'lidc-proposal');
  await page.getByTestId('confirm-link').click();
  await expect(page.getByTestId('doubling-1')).toHaveText(/^\d+ days$/);
  const { link, measurement: now } = await review.storedFinding(number);
  const then = link!.history[0]!.measurement!;
  console.log(
    `registered to ${link!.distanceMm!.toFixed(1)} mm; ${then.volume!.toFixed(0)} mm3, then ${now!.volume!.toFixed(0)} mm3`,
  );
  expect(link!.distanceMm).toBeLessThan(3);
  const doubling = (made.days * Math.LN2) / Math.log(now!.volume! / then.volume!);
  await expect(page.getByTestId('doubling-1')).toHaveText(`${Math.round(doubling)} days`);
  // By how the nodule was shrunk: its volume was 0.8 to the third then.
  const exact = (made.days * Math.LN2) / (3 * Math.log(1 / made.scale));
  console.log(`doubling time ${doubling.toFixed(0)} days, made ${exact.toFixed(0)} days`);
  await picture(regio, 'lidc-linked');
});
