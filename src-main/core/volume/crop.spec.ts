import { describe, expect, it } from 'vitest';
import type { VolumeGeometry } from './volume';
import { boxInSlice, cropToRgba, renderRgba, type Picture } from './crop';

/** Grey ramp: value = 10 * column + row. */
const ramp = (width: number, height: number, change: Partial<Picture> = {}): Picture => ({
  data: Uint8Array.from({ length: width * height }, (_, n) => 10 * (n % width) + Math.floor(n / width)),
  width,
  height,
  channels: 1,
  voi: [{ center: 128, width: 256 }],
  valueRange: [0, 255],
  pixelSpacing: null,
  ...change,
});
const pixel = (image: { width: number; rgba: Uint8Array }, x: number, y: number): number[] => [
  ...image.rgba.slice((y * image.width + x) * 4, (y * image.width + x) * 4 + 4),
];

describe('renderRgba', () => {
  it('is the picture pixel for pixel, through its first window', () => {
    const image = renderRgba(ramp(4, 3));
    expect([image.width, image.height]).toEqual([4, 3]);
    expect(pixel(image, 2, 1)).toEqual([21, 21, 21, 255]);
    const narrow = renderRgba(ramp(4, 3, { voi: [{ center: 20, width: 1 }] }));
    expect([pixel(narrow, 1, 0)[0], pixel(narrow, 2, 0)[0]]).toEqual([0, 255]);
  });

  it('spans the value range where the file names no window', () => {
    const image = renderRgba({
      ...ramp(2, 1),
      data: Int16Array.of(-100, 100),
      voi: [],
      valueRange: [-100, 100],
    });
    expect([pixel(image, 0, 0)[0], pixel(image, 1, 0)[0]]).toEqual([0, 255]);
  });

  it('keeps colours as they are', () => {
    const image = renderRgba({ ...ramp(1, 1), channels: 3, data: Uint8Array.of(200, 30, 7) });
    expect(pixel(image, 0, 0)).toEqual([200, 30, 7, 255]);
  });
});

describe('cropToRgba', () => {
  it('centres the box and scales so that one margin fits around it', () => {
    // 10 px box, margin 2 -> 20 px shown in 40: two output pixels a picture pixel.
    const image = cropToRgba(ramp(25, 100), { box: [2, 40, 12, 50], size: 40, drawBox: false, margin: 2.4 });
    // shown = 24 px: x from 7 - 12 = -5 to 19. Left of the picture is black.
    expect(pixel(image, 2, 20)).toEqual([0, 0, 0, 255]);
    // Output centre = picture edge coordinate (7, 45), between columns 6 and 7 and rows 44 and 45.
    expect(Math.abs(pixel(image, 20, 20)[0]! - (10 * 6.8 + 44.8))).toBeLessThanOrEqual(1);
  });

  it('shows at least 24 pixels of a tiny box', () => {
    const image = cropToRgba(ramp(25, 25), { box: [12, 12, 13, 13], size: 24, drawBox: false });
    // One output pixel a picture pixel: columns 0.5 to 24.5.
    expect(Math.abs(pixel(image, 9, 0)[0]! - pixel(image, 0, 0)[0]! - 90)).toBeLessThanOrEqual(1);
  });

  it('is true to the aspect: a square in mm is a square on screen', () => {
    // Rows 4 mm apart, columns 1 mm: a box of 16 x 4 pixels is 16 x 16 mm.
    const picture = ramp(25, 25, { pixelSpacing: [1, 4] });
    const image = cropToRgba(picture, { box: [4, 10, 20, 14], size: 128, drawBox: true });
    const yellow = (x: number, y: number): boolean =>
      pixel(image, x, y)[2] === 0 && pixel(image, x, y)[0] === 255;
    const edge = (at: (n: number) => boolean): number =>
      Array.from({ length: 64 }, (_, n) => n).findIndex(at);
    expect(edge((n) => yellow(n, 64))).toBe(edge((n) => yellow(64, n)));
    // 128 px / 1.8 = 71 px wide, so the outline starts at 28 and ends just outside the box.
    expect([yellow(27, 64), yellow(28, 64), yellow(30, 64), yellow(100, 64)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('stays within itself where the box reaches outside the picture', () => {
    const image = cropToRgba(ramp(5, 5), { box: [-50, -50, 60, 60], size: 16, drawBox: true });
    expect(image.rgba).toHaveLength(16 * 16 * 4);
  });
});

describe('boxInSlice', () => {
  const geometry: VolumeGeometry = {
    dims: [10, 10, 5],
    spacing: [1, 1, 3],
    origin: [0, 0, 0],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
  it('takes the slice through the middle and the box in its pixels', () => {
    // Slices are 3 mm thick around 0, 3, 6, 9, 12.
    expect(boxInSlice(geometry, [1.5, 2.5, 4.5, 4.5, 6.5, 7.5])).toEqual({ slice: 2, box: [2, 3, 5, 7] });
  });
  it('stays inside the volume', () => {
    expect(boxInSlice(geometry, [0, 0, -90, 1, 1, -80]).slice).toBe(0);
    expect(boxInSlice(geometry, [0, 0, 80, 1, 1, 90]).slice).toBe(4);
  });
  it('follows the axes of a sagittal series', () => {
    const sagittal: VolumeGeometry = {
      ...geometry,
      direction: [
        [0, 1, 0],
        [0, 0, -1],
        [-1, 0, 0],
      ],
    };
    expect(boxInSlice(sagittal, [-7.5, 1.5, -4.5, -4.5, 3.5, -2.5])).toEqual({ slice: 2, box: [2, 3, 4, 5] });
  });
});
