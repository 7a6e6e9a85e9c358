import type { Page } from '@playwright/test';
import { element, sequence, writeMadePicture } from '../fixtures/dicom';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

const [columns, rows] = [256, 64];
/** Value 16 x in column x. */
const ramp = Uint16Array.from({ length: columns * rows }, (_, n) => 16 * (n % columns));

/** Grey levels along the middle of the pane as they stand on the screen. */
const line = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="viewer"] canvas')!;
    const { width, height } = canvas;
    const row = canvas.getContext('2d')!.getImageData(0, height >> 1, width, 1).data;
    return Array.from({ length: width }, (_, x) => row[4 * x]!);
  });

const sigmoid = (value: number, center: number, width: number): number =>
  255 / (1 + Math.exp((-4 * (value - center)) / width));
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);

test('pictures are shown by the window or table of their file', async ({ regio, folders }) => {
  const files = [
    writeMadePicture(folders.base, {
      ...{ name: 'Sigmoid', modality: 'DX', columns, rows, samples: ramp },
      after: [
        element(0x28, 0x1050, 'DS', '2000'),
        element(0x28, 0x1051, 'DS', '800'),
        element(0x28, 0x1056, 'CS', 'SIGMOID'),
      ],
    }),
    writeMadePicture(folders.base, {
      ...{ name: 'Inverse', modality: 'MG', photometric: 'MONOCHROME1', columns, rows, samples: ramp },
      before: [
        element(0x18, 0x5101, 'CS', 'MLO'),
        element(0x20, 0x20, 'CS', 'A\\F'),
        element(0x20, 0x62, 'CS', 'L'),
      ],
      after: [element(0x28, 0x1050, 'DS', '1024'), element(0x28, 0x1051, 'DS', '2048')],
    }),
    writeMadePicture(folders.base, {
      ...{ name: 'Table', modality: 'DX', columns, rows, samples: ramp },
      after: [
        // Dark up to 999, half from 1000 on.
        sequence(0x28, 0x3010, [
          Buffer.concat([
            element(0x28, 0x3002, 'US', words(4, 998, 8)),
            element(0x28, 0x3006, 'OW', words(0, 0, 128, 128)),
          ]),
        ]),
      ],
    }),
  ];
  const worklist = new WorklistPage(regio);
  await worklist.importFiles(files);
  /** What is black left of the picture; as much lies right of it. */
  let margin = 0;
  const close = (got: readonly number[], want: (value: number) => number, but: number): void => {
    for (let x = 4; x < columns - 4; x++)
      expect(
        Math.abs(got[x]! - want(16 * x)),
        `value ${16 * x}: ${got[x]}, not ${want(16 * x)}`,
      ).toBeLessThan(but);
  };
  const columnsOf = (shown: readonly number[]): number[] =>
    Array.from({ length: columns }, (_, x) => {
      const at = margin + ((x + 0.5) / columns) * (shown.length - 2 * margin);
      return shown[Math.floor(at)]!;
    });

  const look = async (name: string): Promise<number[]> => {
    const review = await worklist.open(`Made, ${name}`);
    await review.loaded();
    await expect.poll(async () => Math.max(...(await line(regio.page)))).toBeGreaterThan(100);
    return line(regio.page);
  };
  const leave = async (): Promise<void> => regio.page.getByTestId('back').click();

  // MONOCHROME1: 0 is white, so that the picture's left edge is where light begins.
  const inverse = await look('Inverse');
  margin = inverse.findIndex((grey) => grey > 100);
  // What is drawn between columns is within the step of one column.
  close(columnsOf(inverse), (value) => 255 - Math.min(255, (value / 2047) * 255), 4);
  await expect(regio.page.getByTestId('side')).toHaveText('left, MLO');
  await expect(regio.page.locator('.marker.right')).toHaveText('A');
  await expect(regio.page.locator('.marker.left')).toHaveText('P');
  await expect(regio.page.locator('.marker.bottom')).toHaveText('F');
  await leave();

  close(columnsOf(await look('Sigmoid')), (value) => sigmoid(value, 2000, 800), 8);
  await expect(regio.page.getByTestId('window')).toHaveText('W 800 · L 2000 · sigmoid');
  await leave();

  const table = columnsOf(await look('Table'));
  await expect(regio.page.getByTestId('window')).toContainText('table');
  expect(
    table.slice(4, 60).every((grey) => grey < 3),
    table.slice(4, 60).join(),
  ).toBe(true);
  expect(new Set(table.slice(70, 250)).size, table.slice(70, 250).join()).toBe(1);
});

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const float = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);
/** A two-dimensional region in centimetres (PS3.3 C.8.5.5) over whole columns. */
const region = (from: number, to: number, cm: number): Buffer =>
  Buffer.concat([
    element(0x18, 0x6012, 'US', 1),
    element(0x18, 0x6014, 'US', 1),
    element(0x18, 0x6018, 'UL', u32(from)),
    element(0x18, 0x601a, 'UL', u32(0)),
    element(0x18, 0x601c, 'UL', u32(to)),
    element(0x18, 0x601e, 'UL', u32(rows - 1)),
    element(0x18, 0x6024, 'US', 3),
    element(0x18, 0x6026, 'US', 3),
    element(0x18, 0x602c, 'FD', float(cm)),
    element(0x18, 0x602e, 'FD', float(cm)),
  ]);

test('an ultrasound loop runs at its pace, and is measured region by region', async ({ regio, folders }) => {
  const frames = 12;
  const samples = Uint16Array.from({ length: columns * rows * frames }, (_, n) => (n * 7) % 4096);
  const file = writeMadePicture(folders.base, {
    ...{ name: 'Loop', modality: 'US', columns, rows, samples },
    before: [
      element(0x18, 0x1063, 'DS', '50'),
      sequence(0x18, 0x6011, [region(0, 99, 0.02), region(120, 255, 0.05)]),
    ],
  });
  const worklist = new WorklistPage(regio);
  await worklist.importFiles([file]);
  await regio.invoke('settings.set', { reviewer: 'Dr Test' });
  const review = await worklist.open('Made, Loop');
  await review.loaded();
  await expect(regio.page.getByTestId('play')).toHaveAttribute('title', /20 a second$/);
  await expect(regio.page.getByTestId('region')).toHaveCount(2);
  await expect(regio.page.getByTestId('scale')).toContainText('mm inside, px elsewhere');

  const { study, series } = await review.stored();
  for (const x of [10, 95]) {
    await regio.invoke('review.add', {
      studyId: study.studyId,
      seriesId: series[0]!.seriesId,
      label: 'lesion',
      place: { space: 'px', boxPx: [x, 10, 40, 20], frame: 0 },
    });
  }
  await expect(review.finding(1)).toContainText('8.0 mm');
  await expect(review.finding(2)).toContainText('40 × 20 px, across the border of a calibrated region');

  await review.press('p');
  await expect(regio.page.getByTestId('play')).toHaveAttribute('aria-pressed', 'true');
  const seen = new Set<number>();
  await expect.poll(async () => seen.add(await review.sliceIndex()).size).toBeGreaterThan(3);
  await review.press(' ');
  await expect(regio.page.getByTestId('play')).toHaveAttribute('aria-pressed', 'false');
});
