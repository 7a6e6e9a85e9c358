import { describe, expect, it } from 'vitest';
import { largestTensorBytes, type RetinanetArchitecture } from './retinanet-architecture';
import { chooseWindow } from './retinanet-window';

/** As wide as lung_nodule_ct_detection. */
const real: RetinanetArchitecture = {
  classes: 1,
  anchorsPerLocation: 3,
  block: 'bottleneck',
  stem: { kernel: [7, 7, 7], stride: [2, 2, 1], channels: 64, maxPool: true },
  stages: [
    { planes: 64, blocks: 3 },
    { planes: 128, blocks: 4 },
  ],
  returnedStages: [1, 2],
  fpnChannels: 256,
  normGroups: 8,
  sizeDivisible: [16, 16, 8],
};

describe('chooseWindow', () => {
  it('keeps a window whose arrays are small enough', () => {
    expect(chooseWindow(real, [192, 192, 80], 0.25)).toEqual([192, 192, 80]);
    expect(chooseWindow(real, [190, 190, 77], 0.25)).toEqual([192, 192, 80]);
  });

  it('finds one under 1 GiB whose steps the coarsest stride divides', () => {
    // The stem alone would make 256 x 256 x 192 x 64 floats of the bundle's own window.
    expect(largestTensorBytes(real, [512, 512, 192])).toBeGreaterThan(3 * 2 ** 30);
    const window = chooseWindow(real, [512, 512, 192], 0.25);
    expect(largestTensorBytes(real, window)).toBeLessThan(2 ** 30);
    window.forEach((side, d) => {
      expect(side % real.sizeDivisible[d]!).toBe(0);
      expect(side).toBeGreaterThanOrEqual([512, 512, 192][d]! / 4);
      if (side < [512, 512, 192][d]!) expect((side * 0.75) % real.sizeDivisible[d]!).toBe(0);
    });
    expect(window[0] * window[1] * window[2]).toBeGreaterThan(10e6);
  });
});
