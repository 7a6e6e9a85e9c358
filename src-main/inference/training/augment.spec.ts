import { describe, expect, it } from 'vitest';
import { madePicture, madeRecipe } from '../../../test-support/made-training-set';
import { fromXywh } from '../../core/geometry/box';
import { createRandom } from '../random';
import { augmentedExample, plainExample, type Example } from './augment';
import type { Sample } from './dataset';
import { augmentation, type Augmentation } from './recipe';

const { input } = madeRecipe();
const sample = (seed: number): Sample => {
  const { data, size, box } = madePicture(seed);
  return {
    source: 'made',
    imageId: seed,
    fileName: `${seed}`,
    pixels: { data, width: size, height: size, channels: 1 },
    depthMax: 255,
    boxes: [fromXywh(box)],
    classes: [seed % 2],
    crowds: [],
  };
};
const samples = [1, 2, 3, 4, 5].map(sample);
const plain = augmentation.parse({
  ...madeRecipe().augmentation,
  gamma: 1,
  brightness: 0,
  contrast: 0,
  noise: 0,
});
const augmented = (a: Partial<Augmentation>, seed: number): Example =>
  augmentedExample(samples[0]!, input, { ...plain, ...a }, createRandom(seed), samples);

/** Mean of the disc's middle above that of the whole picture: the disc is bright. */
function brightness({ image, boxes }: Example): number[] {
  const mean = image.reduce((sum, v) => sum + v, 0) / image.length;
  return boxes.map(([x0, y0, x1, y1]) => {
    const at = Math.round((y0 + y1) / 2) * input.size + Math.round((x0 + x1) / 2);
    return image[Math.min(at, input.size ** 2 - 1) * 3]! - mean;
  });
}

describe('augmentation', () => {
  it('of a picture nothing is asked for is the picture', () => {
    const nothing = {
      flipHorizontal: false,
      flipVertical: false,
      quarterTurns: false,
      scale: [1, 1] as [number, number],
      translate: 0,
    };
    const found = augmented(nothing, 1);
    const wanted = plainExample(samples[0]!, input);
    expect(found.boxes).toEqual(wanted.boxes);
    found.image.forEach((v, n) => expect(Math.abs(v - wanted.image[n]!)).toBeLessThan(0.002));
  });

  it('moves the boxes with the lesions, also in a mosaic', () => {
    let lesions = 0;
    for (let seed = 0; seed < 30; seed++) {
      for (const mosaic of [undefined, { probability: 1, zoom: 1.5 }]) {
        const example = augmented({ mosaic }, seed);
        expect(example.classes).toHaveLength(example.boxes.length);
        if (mosaic) lesions += example.boxes.length;
        for (const difference of brightness(example)) expect(difference).toBeGreaterThan(0.2);
        for (const [x0, y0, x1, y1] of example.boxes) {
          expect(Math.min(x0, y0)).toBeGreaterThanOrEqual(0);
          expect(Math.max(x1, y1)).toBeLessThanOrEqual(input.size);
        }
      }
    }
    expect(lesions).toBeGreaterThan(60);
  });

  it('mixes two pictures: what shines through is asked for, what hardly does is left open', () => {
    const seen = { asked: 0, open: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const example = augmented({ mixup: { probability: 1, weight: 0.5 } }, seed);
      expect(example.classes).toHaveLength(example.boxes.length);
      expect(example.boxes.length + example.crowds.length).toBe(2);
      if (example.crowds.length > 0) seen.open++;
      else seen.asked++;
    }
    expect(seen.asked).toBeGreaterThan(8);
    expect(seen.open).toBeGreaterThan(8);
  });
});
