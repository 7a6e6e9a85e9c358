import { describe, expect, it } from 'vitest';
import { madeVolumeRecipe } from '../../../test-support/made-volumes';
import type { Vec3 } from '../../core/geometry/vec3';
import { createRandom } from '../random';
import type { GridSample } from './dataset3d';
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
});
