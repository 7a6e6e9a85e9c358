import { element, writeMadePicture } from '../fixtures/dicom';
import { thirds, writeMammogram } from '../fixtures/mammograms';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

const dates = { then: '20240110', now: '20260112' } as const;
const day = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;

test('an earlier mammogram of the same side and view hangs beside, its chest wall where the new one has it', async ({
  regio,
  folders,
}) => {
  const { page } = regio;
  await regio.invoke('settings.set', { detectOnImport: false });
  const views = (['L', 'R'] as const).flatMap((side) =>
    (['CC', 'MLO'] as const).map((view) => ({ side, view })),
  );
  const files = (['then', 'now'] as const).flatMap((when) =>
    views.map(({ side, view }) => {
      // As a pair they lie back to back; all of the earlier ones were stored the other way round.
      const usual = side === 'R' ? 'right' : 'left';
      const wall = when === 'now' ? usual : side === 'R' ? 'left' : 'right';
      return writeMammogram(folders.base, wall, side, view, {
        ...{ study: `MG${when}`, name: `${side}${view}${when}`, patient: 'Followed', date: dates[when] },
      });
    }),
  );
  const worklist = new WorklistPage(regio);
  await worklist.importFiles(files);
  await expect(worklist.rows).toHaveCount(2);
  const review = await worklist.open(day(dates.now));
  await review.loaded();
  const studies = await regio.invoke('studies.list', undefined);
  const then = studies.find((study) => study.studyDate === dates.then)!;
  const { series: earlier } = await regio.invoke('studies.open', { studyId: then.studyId });
  const { series } = await review.stored();

  await review.press('Shift+O');
  const pane = page.getByTestId('prior-pane');
  await expect(page.getByTestId('prior-date')).toHaveText(day(dates.then));
  const beside = pane.getByTestId('viewer-beside');
  for (const { side, view } of views) {
    const current = series.find((s) => s.laterality === side && s.view === view)!;
    const wanted = earlier.find((s) => s.laterality === side && s.view === view)!;
    // Beside an earlier one there is room for one picture.
    await page.getByTestId('series').selectOption(current.seriesId);
    await expect(beside).toHaveAttribute('data-series-id', wanted.seriesId);
    await expect(beside).toHaveAttribute('data-volume-loaded', 'true');
    const inner = side === 'R' ? 'right' : 'left';
    const outer = side === 'R' ? 'left' : 'right';
    for (const shown of [page.getByTestId(`cell-${current.seriesId}`), beside])
      await expect
        .poll(async () => {
          const grey = await thirds(shown);
          return grey[inner] - grey[outer];
        })
        .toBeGreaterThan(10);
    // The letters are mirrored with it: the nipple's side is anterior.
    await expect(beside.locator(`.marker.${outer}`)).toHaveText('A');
  }
});

test('an earlier ultrasound loop hangs beside and runs along, however many frames it has', async ({
  regio,
  folders,
}) => {
  const { page } = regio;
  await regio.invoke('settings.set', { detectOnImport: false });
  const [columns, rows] = [96, 64];
  const loop = (frames: number): Uint16Array =>
    Uint16Array.from({ length: columns * rows * frames }, (_, n) => {
      const [x, y] = [n % columns, Math.floor(n / columns) % rows];
      const frame = Math.floor(n / columns / rows);
      return Math.hypot(x - 30 - (30 * frame) / frames, y - 32) < 8 ? 300 : 900 + ((x * 7 + y * 3) % 200);
    });
  const frames = { then: 9, now: 5 };
  const files = (['then', 'now'] as const).map((when) =>
    writeMadePicture(folders.base, {
      ...{ name: `loop${when}`, study: `US${when}`, patient: 'Followed', date: dates[when] },
      ...{ modality: 'US', columns, rows, samples: loop(frames[when]) },
      before: [element(0x18, 0x15, 'CS', 'BREAST')],
      after: [element(0x28, 0x1050, 'DS', '700'), element(0x28, 0x1051, 'DS', '1400')],
    }),
  );
  const worklist = new WorklistPage(regio);
  await worklist.importFiles(files);
  await expect(worklist.rows).toHaveCount(2);
  const review = await worklist.open(day(dates.now));
  await review.loaded();
  await review.press('Shift+O');
  const beside = page.getByTestId('prior-pane').getByTestId('viewer-beside');
  await expect(beside).toHaveAttribute('data-volume-loaded', 'true');
  // Pictures are not registered, and nothing says that they were.
  await expect(page.getByTestId('prior-pane')).toHaveAttribute('data-registered', 'none');
  await review.press('Home');
  for (const [now, then] of [
    [0, 0],
    [1, 2],
    [2, 4],
    [3, 6],
    [4, 8],
  ]) {
    await expect.poll(() => review.sliceIndex()).toBe(now);
    await expect(beside).toHaveAttribute('data-slice-index', String(then));
    if (now! < 4) await review.press('ArrowDown');
  }
});
