import { describe, expect, it } from 'vitest';
import type { Volume } from '../../core/volume/volume';
import { chain, invert, letterbox, mapBox, mapEllipseBox, rotation, scaling, translation } from './affine2';
import { intensityRange, toNetworkInput } from './intensity';
import { sampleToCanvas } from './sample';
import { findForeground, planSlices, uprightTransform } from './slices';

describe('affine maps', () => {
  it('undo themselves, and letterbox maps boxes back exactly', () => {
    const there = chain(letterbox(640, 480, 320), rotation(0.3), translation(4, -2));
    const box = mapBox(letterbox(640, 480, 320), [10, 20, 110, 220]);
    expect(box).toEqual([5, 50, 55, 150]);
    mapBox(invert(letterbox(640, 480, 320)), box).forEach((v, n) =>
      expect(v).toBeCloseTo([10, 20, 110, 220][n]!, 9),
    );
    chain(there, invert(there)).forEach((v, n) => expect(v).toBeCloseTo([1, 0, 0, 0, 1, 0][n]!, 9));
  });

  it('keep an ellipse tight under rotation and a flip exact', () => {
    const turned = mapEllipseBox(rotation(Math.PI / 4), [-10, -10, 10, 10]);
    turned.forEach((v, n) => expect(v).toBeCloseTo(n < 2 ? -10 : 10, 6));
    expect(mapEllipseBox(scaling(-1, 1), [1, 2, 5, 4])).toEqual([-5, 2, -1, 4]);
  });
});

describe('sampling to a canvas', () => {
  it('averages blocks when shrinking: a checkerboard turns grey, not black or white', () => {
    const data = Uint8Array.from({ length: 64 * 64 }, (_, n) => (((n % 64) + Math.floor(n / 64)) % 2) * 200);
    const canvas = sampleToCanvas({ data, width: 64, height: 64, channels: 1 }, letterbox(64, 64, 16), 16);
    canvas.forEach((v) => expect(v).toBeCloseTo(100, 4));
  });

  it('keeps pixels where nothing is scaled, and fills the rest', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const canvas = sampleToCanvas({ data, width: 4, height: 2, channels: 1 }, letterbox(4, 2, 4), 4, 9);
    expect([...canvas]).toEqual([9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]);
  });

  it('keeps channels apart', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    expect([...sampleToCanvas({ data, width: 2, height: 2, channels: 3 }, letterbox(2, 2, 2), 2)]).toEqual([
      ...data,
    ]);
  });
});

describe('intensities', () => {
  const input = { intensity: { kind: 'percentile', low: 0, high: 1 }, mean: 127, deviation: 128 } as const;

  it('stretch any depth to black and white', () => {
    const pixels = { data: Int16Array.of(-1000, 0, 1000, 0), width: 2, height: 2, channels: 1 } as const;
    const range = intensityRange(pixels, input);
    expect(range).toEqual([-1000, 1000]);
    const out = toNetworkInput(Float32Array.of(-1000, 1000, 5000), 1, range, input);
    expect([...out]).toEqual(
      [-127, -127, -127, 128, 128, 128, 128, 128, 128].map((v) => Math.fround(v / 128)),
    );
  });

  it('of a picture of one value are finite', () => {
    const range = intensityRange({ data: new Uint8Array(4), width: 2, height: 2, channels: 1 }, input);
    expect(range[1]).toBeGreaterThan(range[0]);
  });
});

describe('slices of a volume', () => {
  const made = (depth = 5): Volume => {
    const data = new Int16Array(40 * 30 * depth);
    for (let k = 1; k < depth; k++) {
      for (let y = 5; y < 25; y++) for (let x = 10; x < 34; x++) data[(k * 30 + y) * 40 + x] = 500 + x;
    }
    data[20] = 3000;
    return {
      data,
      dims: [40, 30, depth],
      spacing: [1, 2, 5],
      origin: [0, 0, 0],
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      modality: 'MR',
    };
  };

  it('are cropped to tissue, with square pixels, and slices of air are left out', () => {
    const volume = made();
    expect(findForeground(volume, 100).box).toEqual([10, 5, 34, 25]);
    const plan = planSlices(volume, 80, 0, [0.01, 0.99]);
    expect(plan.indices).toEqual([1, 2, 3, 4]);
    // 24 x 40 mm: height fills the canvas, 2 px a mm.
    const { toCanvas } = plan.view(2);
    expect(mapBox(toCanvas, [10, 5, 34, 25])).toEqual([16, 0, 64, 80]);
  });

  it('of a volume that is all air are handled too', () => {
    const volume = { ...made(), data: new Int16Array(40 * 30 * 5) };
    const plan = planSlices(volume, 80, 0.05, [0.01, 0.99]);
    expect(plan.indices).toEqual([]);
  });

  it.each([
    [
      'LPS axial',
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      [0, 0, 2, 1],
    ],
    [
      'RAS axial',
      [
        [-1, 0, 0],
        [0, -1, 0],
      ],
      [8, 5, 10, 6],
    ],
    [
      'transposed',
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
      [0, 0, 1, 2],
    ],
    [
      'coronal, rows towards the head',
      [
        [1, 0, 0],
        [0, 0, 1],
      ],
      [0, 5, 2, 6],
    ],
    [
      'sagittal, rows towards the feet',
      [
        [0, 1, 0],
        [0, 0, -1],
      ],
      [0, 0, 2, 1],
    ],
  ] as const)('are hung upright: %s', (_, [i, j], expected) => {
    const upright = uprightTransform({ direction: [i, j, [0, 0, 1]] }, 10, 6);
    mapBox(upright.transform, [0, 0, 2, 1]).forEach((v, n) => expect(v).toBeCloseTo(expected[n]!, 9));
  });
});
