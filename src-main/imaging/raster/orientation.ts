import type { VoxelArray } from '../../core/volume/volume';
import { createVoxels, voxelTypeOf } from '../../core/volume/voxels';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: VoxelArray;
}

/**
 * Turns stored pixels upright by the EXIF orientation (tag 0x0112, EXIF 2.32 section 4.6.4): the value
 * names where row 0 and column 0 of the stored picture lie on the scene. 1 and unknown values change nothing.
 */
export function upright(pixels: Pixels, orientation: number): Pixels {
  if (!(orientation >= 2 && orientation <= 8)) return pixels;
  const { width: w, height: h, channels, data } = pixels;
  const turned = orientation >= 5;
  const width = turned ? h : w;
  const height = turned ? w : h;
  const out = createVoxels(voxelTypeOf(data), data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sx, sy] = source(orientation, x, y, w, h);
      const from = (sy * w + sx) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: out };
}

/** Stored pixel shown at (x, y) of the upright picture; w and h are the stored sizes. */
function source(orientation: number, x: number, y: number, w: number, h: number): [number, number] {
  switch (orientation) {
    case 2:
      return [w - 1 - x, y];
    case 3:
      return [w - 1 - x, h - 1 - y];
    case 4:
      return [x, h - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [y, h - 1 - x];
    case 7:
      return [w - 1 - y, h - 1 - x];
    default:
      return [w - 1 - y, x];
  }
}
