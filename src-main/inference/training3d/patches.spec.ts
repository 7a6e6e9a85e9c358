import { describe, expect, it } from 'vitest';
import { madeThorax } from '../../../test-support/made-thorax';
import { madeVolumeRecipe } from '../../../test-support/made-volumes';
import type { Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import { createRandom } from '../random';
import { toGridSample, type GridSample } from './dataset3d';
import { drawPatch } from './patches';

/** A bright block in a grey volume. */
function blockSample(): GridSample {
  const dims: Vec3 = [60, 50, 40];
  const data = new Uint8Array(60 * 50 * 40).fill(60);
  for (let z = 10; z < 17; z++)
    for (let y = 30; y < 42; y++) for (let x = 20; x < 29; x++) data[x + 60 * (y + 50 * z)] = 250;
  const direction: GridSample['grid']['direction'] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  return {
    source: 'made',
    series: 'block',
    grid: { dims, spacing: [1, 1, 1], origin: [0, 0, 0], direction },
    data,
    boxes: [[20, 30, 10, 29, 42, 17]],
    ignored: [],
    lungs: null,
  };
}

describe('drawing patches', () => {
  it('moves boxes with the voxels: flipped, scaled and shifted', () => {
    const recipe = madeVolumeRecipe();
    const random = createRandom(6);
    const changed = {
      ...recipe,
      augmentation: {
        ...recipe.augmentation,
        scale: [0.8, 1.25] as [number, number],
        noise: 0,
        contrast: 0,
        brightness: 0,
      },
      schedule: { ...recipe.schedule, positiveShare: 1, patch: [32, 24, 40] as [number, number, number] },
    };
    const [width, height] = changed.schedule.patch;
    for (let n = 0; n < 30; n++) {
      const { image, boxes } = drawPatch(blockSample(), changed, random);
      expect(boxes).toHaveLength(1);
      // Where a voxel is bright by more than half, at voxel edges.
      const seen = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
      image.forEach((v, at) => {
        if (v < 0.61) return;
        const ijk = [at % width, Math.floor(at / width) % height, Math.floor(at / width / height)];
        ijk.forEach((i, a) => {
          seen[a] = Math.min(seen[a]!, i);
          seen[a + 3] = Math.max(seen[a + 3]!, i + 1);
        });
      });
      seen.forEach((edge, a) => expect(Math.abs(edge - boxes[0]![a]!)).toBeLessThan(0.75));
    }
  });

  it('asks for no lesion of which too little is left, and counts nothing there', () => {
    const recipe = madeVolumeRecipe();
    const random = createRandom(2);
    const changed = {
      ...recipe,
      schedule: { ...recipe.schedule, positiveShare: 0, patch: [16, 16, 16] as [number, number, number] },
    };
    let cut = 0;
    for (let n = 0; n < 200; n++) {
      const { boxes, ignored } = drawPatch(blockSample(), changed, random);
      expect(boxes.length + ignored.length).toBeLessThanOrEqual(1);
      cut += ignored.length;
    }
    expect(cut).toBeGreaterThan(0);
  });

  it('turns and tilts boxes with the voxels', () => {
    const recipe = madeVolumeRecipe();
    const sample = blockSample();
    // A ball of radius 6: what turns is taken to be like one.
    sample.data.forEach((_, at) => {
      const from = [(at % 60) - 29.5, (Math.floor(at / 60) % 50) - 24.5, Math.floor(at / 3000) - 19.5];
      sample.data[at] = Math.hypot(...from) < 6 ? 250 : 60;
    });
    const ball = { ...sample, boxes: [[24, 19, 14, 36, 31, 26]] as GridSample['boxes'] };
    const turned = {
      ...recipe,
      augmentation: {
        ...recipe.augmentation,
        ...{ noise: 0, contrast: 0, brightness: 0, rotation: { axialDegrees: 180, tiltDegrees: 20 } },
      },
      schedule: { ...recipe.schedule, positiveShare: 1 },
    };
    const random = createRandom(9);
    for (let n = 0; n < 20; n++) {
      const { image, boxes } = drawPatch(ball, turned, random);
      const sum = [0, 0, 0];
      let count = 0;
      image.forEach((v, at) => {
        if (v < 0.61) return;
        count++;
        [at % 32, Math.floor(at / 32) % 32, Math.floor(at / 1024)].forEach((i, a) => (sum[a]! += i + 0.5));
      });
      const [box] = boxes;
      sum.forEach((v, a) => expect(Math.abs(v / count - (box![a]! + box![a + 3]!) / 2)).toBeLessThan(0.6));
    }
  });

  it('puts nodules into the lungs of a chest CT, at any slice thickness, and asks for them', () => {
    const recipe = {
      ...madeVolumeRecipe(),
      lungMask: { marginMm: 3 },
      synthetic: {
        share: 1,
        nodules: [2, 3] as [number, number],
        lookAlikes: [1, 2] as [number, number],
        sizes: [{ fromMm: 6, toMm: 12, weight: 1 }],
        thickSlices: { share: 0.5, mm: [2, 5] as [number, number] },
      },
    };
    const still = { ...recipe.augmentation, noise: 0, contrast: 0, brightness: 0 };
    const sample = toGridSample(
      { source: 'made', series: 'thorax', volume: madeThorax(), boxes: [] },
      recipe,
    );
    const random = createRandom(3);
    let asked = 0;
    for (let n = 0; n < 12; n++) {
      const { image, boxes } = drawPatch(sample, { ...recipe, augmentation: still }, random);
      asked += boxes.length;
      for (const box of boxes) {
        const inside = [0, 1, 2].map((a) => Math.min(31, Math.floor((box[a]! + box[a + 3]!) / 2)));
        // Lung is 0.11, tissue 0.74.
        const at = (inside[2]! * 32 + inside[1]!) * 32 + inside[0]!;
        expect(image[at]).toBeGreaterThan(0.16);
      }
    }
    expect(asked).toBeGreaterThan(10);
    const first = drawPatch(sample, recipe, createRandom(7));
    const again = drawPatch(sample, recipe, createRandom(7));
    expect(first.boxes).toEqual(again.boxes);
    expect(first.image.every((v, at) => v === again.image[at])).toBe(true);
  });

  it('refuses a scan without lung where lungs are wanted', () => {
    const labelled = { source: 'made', series: 'belly', volume: madeThorax({ lungs: [] }), boxes: null };
    const wanted = { ...madeVolumeRecipe(), lungMask: { marginMm: 3 } };
    expect(() => toGridSample(labelled, wanted)).toThrow(/cannot be trained on/);
  });

  it('lets a box larger than the recipe teaches count neither way', () => {
    const recipe = madeVolumeRecipe();
    const labelled = {
      source: 'made',
      series: 'thorax',
      volume: madeThorax(),
      boxes: [
        { boxLps: [-60, -10, 0, -50, 0, 12] as Box3, ignore: false },
        { boxLps: [30, -10, 0, 71, 30, 40] as Box3, ignore: false },
      ],
    };
    const sides = (largestMm?: number) => {
      const { boxes, ignored } = toGridSample(labelled, { ...recipe, data: { ...recipe.data, largestMm } });
      return [boxes, ignored].map((list) => list.map((b) => b[3] - b[0]));
    };
    const [spacing] = recipe.input.spacing;
    expect(sides()).toEqual([[10 / spacing, 41 / spacing], []]);
    expect(sides(41)).toEqual([[10 / spacing, 41 / spacing], []]);
    expect(sides(40)).toEqual([[10 / spacing], [41 / spacing]]);
  });

  it('lets what looks like a nodule in a scan that nobody marked count neither way', () => {
    const balls = [{ center: [45, 0, 10] as Vec3, radius: 6, value: 40 }];
    const labelled = { source: 'made', series: 'thorax', volume: madeThorax({ balls }), boxes: null };
    const { ignored, boxes } = toGridSample(labelled, { ...madeVolumeRecipe(), lungMask: { marginMm: 3 } });
    expect(boxes).toEqual([]);
    expect(ignored).toHaveLength(1);
    const sides = [0, 1, 2].map((a) => ignored[0]![a + 3]! - ignored[0]![a]!);
    sides.forEach((side) => expect(Math.abs(side - 12)).toBeLessThan(4));
  });
});
