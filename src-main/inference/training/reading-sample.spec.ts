import { describe, expect, it } from 'vitest';
import { madeBreast } from '../../../test-support/made-breast';
import { madeRecipe } from '../../../test-support/made-training-set';
import type { Box2 } from '../../core/geometry/box';
import { inputSpec } from '../bundle/schema';
import { applyPoint, invert } from '../preprocess/affine2';
import { createRandom } from '../random';
import { augmentedExample } from './augment';
import type { Sample } from './dataset';
import { firstView, sampleAsRead } from './reading-sample';
import { augmentation } from './recipe';

const breast = madeBreast(300, 400);
const sample: Sample = {
  source: 'made',
  imageId: 1,
  fileName: '1.png',
  pixels: breast,
  depthMax: 4095,
  boxes: [breast.box as Box2, [100, 100, 102, 103]],
  classes: [0, 0],
  crowds: [[20, 250, 60, 290]],
};
const input = inputSpec.parse({
  ...madeRecipe().input,
  foreground: 'breast',
  tiles: { longestSide: 256, overlap: 0.25 },
});
const still = augmentation.parse({
  ...madeRecipe().augmentation,
  flipHorizontal: false,
  flipVertical: false,
  quarterTurns: false,
  scale: [1, 1],
  translate: 0,
  gamma: 1,
  brightness: 0,
  contrast: 0,
  noise: 0,
});

describe('training pictures as tiles will show them', () => {
  it('are resampled with their boxes, and small boxes are grown about their centre', () => {
    const read = sampleAsRead(sample, input, 6);
    expect(Math.max(read.pixels.width, read.pixels.height)).toBe(256);
    const [mass, speck] = read.boxes as [Box2, Box2];
    const back = (x: number, y: number) => applyPoint(invert(read.reading!.toReading), [x, y]);
    expect(back(mass[0], mass[1])[0]).toBeCloseTo(breast.box[0], 6);
    expect(back(mass[2], mass[3])[1]).toBeCloseTo(breast.box[3], 6);
    expect(speck[2] - speck[0]).toBeCloseTo(6, 9);
    expect(speck[3] - speck[1]).toBeCloseTo(6, 9);
    expect(back((speck[0] + speck[2]) / 2, 0)[0]).toBeCloseTo(101, 6);
    expect(read.crowds).toHaveLength(1);
    // Without either option a sample is what it was.
    expect(sampleAsRead(sample, madeRecipe().input, 6)).toBe(sample);
  });

  it('are cropped about lesions as often as asked, else anywhere in the foreground, and never beyond the picture', () => {
    const read = sampleAsRead(sample, input);
    const size = 64;
    const count = (lesionShare: number): number => {
      const random = createRandom(5);
      let held = 0;
      for (let n = 0; n < 400; n++) {
        const [, , x, , , y] = firstView(read, size, { ...still, crops: { lesionShare } }, random);
        expect(x).toBeLessThanOrEqual(1e-9);
        expect(x).toBeGreaterThanOrEqual(size - read.pixels.width - 1e-9);
        expect(y).toBeLessThanOrEqual(1e-9);
        expect(y).toBeGreaterThanOrEqual(size - read.pixels.height - 1e-9);
        const holds = read.boxes.some((b) => {
          const [cx, cy] = [(b[0] + b[2]) / 2 + x, (b[1] + b[3]) / 2 + y];
          return cx > 0 && cy > 0 && cx < size && cy < size;
        });
        if (holds) held++;
      }
      return held;
    };
    expect(count(1)).toBe(400);
    expect(count(0)).toBeLessThan(280);
  });

  it('give examples whose boxes lie on the lesions, with the black and white of the whole foreground', () => {
    const read = sampleAsRead({ ...sample, boxes: [breast.box as Box2], classes: [0] }, input);
    const random = createRandom(7);
    let seen = 0;
    for (let n = 0; n < 20; n++) {
      const { image, boxes } = augmentedExample(
        read,
        input,
        { ...still, crops: { lesionShare: 1 } },
        random,
        [],
      );
      for (const [x0, y0, x1, y1] of boxes) {
        seen++;
        const at = Math.floor((y0 + y1) / 2) * input.size + Math.floor((x0 + x1) / 2);
        // White is the mass's grey, also in a crop that shows nothing else.
        expect(image[at * 3]).toBeGreaterThan(0.9);
      }
    }
    expect(seen).toBeGreaterThan(15);
  });
});
