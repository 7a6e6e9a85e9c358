import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { block, openBlock, spacing } from '../fixtures/block';
import { expect, test } from '../fixtures/test';

/** mm from the centre of the first voxel. */
const edge = (axis: 0 | 1 | 2, side: 'from' | 'to'): number => (block[side][axis] - 0.5) * spacing[axis];
const axes = { x: 0, y: 1, z: 2 } as const;
const planes = {
  axial: { across: axes.x, down: axes.y },
  coronal: { across: axes.x, down: axes.z },
  sagittal: { across: axes.y, down: axes.z },
} as const;
type Plane = keyof typeof planes;

interface Edges {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where the block's edges are drawn, in px of the page: halfway between bright and dark, between two pixels. */
const edgesOnScreen = (page: Page, plane: Plane): Promise<Edges | null> =>
  page.evaluate((testId) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-testid="${testId}"] canvas`);
    const picture = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    if (!canvas || !picture) return null;
    const { width, height, data } = picture;
    const half = 127.5;
    const grey = (x: number, y: number): number => data[4 * (y * width + x)]!;
    let [sumX, sumY, count] = [0, 0, 0];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        if (grey(x, y) > half) {
          sumX += x;
          sumY += y;
          count++;
        }
    if (count === 0) return null;
    const [midX, midY] = [Math.round(sumX / count), Math.round(sumY / count)];
    const crossing = (value: (at: number) => number, from: number, step: 1 | -1): number => {
      let at = from;
      while (value(at + step) > half) at += step;
      const part = (value(at) - half) / (value(at) - value(at + step));
      return at + step * part + 0.5;
    };
    const along = (x: number): number => grey(x, midY);
    const down = (y: number): number => grey(midX, y);
    const bounds = canvas.getBoundingClientRect();
    const [sx, sy] = [bounds.width / width, bounds.height / height];
    return {
      left: bounds.left + sx * crossing(along, midX, -1),
      right: bounds.left + sx * crossing(along, midX, 1),
      top: bounds.top + sy * crossing(down, midY, -1),
      bottom: bounds.top + sy * crossing(down, midY, 1),
    };
  }, `pane-${plane}`);

test('boxes drawn round a block measure its sides to 0.1 mm in all planes, though voxels are 0.3 x 0.5 x 2 mm', async ({
  regio,
  folders,
}) => {
  const { review, made } = await openBlock(regio, join(folders.base, 'ct'));
  const { origin } = made;
  await review.press('1');
  // The handles of a box that is drawn already would catch the pointer.
  await review.press('o');

  const { page } = regio;
  let number = 0;
  let worst = 0;
  for (const plane of Object.keys(planes) as Plane[]) {
    const { across, down } = planes[plane];
    await expect.poll(() => edgesOnScreen(page, plane)).not.toBeNull();
    const edges = (await edgesOnScreen(page, plane))!;
    await review.press('d');
    await page.mouse.move(edges.left, edges.top);
    await page.mouse.down();
    await page.mouse.move((edges.left + edges.right) / 2, edges.bottom);
    await page.mouse.move(edges.right, edges.bottom);
    await page.mouse.up();
    number++;
    await expect(review.findings).toHaveCount(number);
    const { place } = await review.storedFinding(number);
    if (place.space !== 'lps') throw new Error('a volume has boxes in mm');
    for (const axis of [across, down]) {
      const [low, high] = [place.boxLps[axis]! - origin[axis], place.boxLps[axis + 3]! - origin[axis]];
      const [lowBy, highBy] = [low - edge(axis, 'from'), high - edge(axis, 'to')].map(Math.abs) as [
        number,
        number,
      ];
      worst = Math.max(worst, lowBy, highBy);
      const said = `${plane}, axis ${axis}: ${low.toFixed(3)} to ${high.toFixed(3)} mm`;
      // Where it lies, and how long it is.
      expect(lowBy, said).toBeLessThan(0.1);
      expect(highBy, said).toBeLessThan(0.1);
      expect(Math.abs(high - low - (edge(axis, 'to') - edge(axis, 'from'))), said).toBeLessThan(0.1);
    }
    const longest = Math.max(...[across, down].map((axis) => edge(axis, 'to') - edge(axis, 'from')));
    const shown = /([\d.]+) mm/.exec((await review.finding(number).textContent())!)![1];
    expect(Math.abs(Number(shown) - longest), `${plane}: ${shown} mm shown`).toBeLessThanOrEqual(0.15);
  }
  console.log(`edges at most ${worst.toFixed(3)} mm from where they are`);
});
