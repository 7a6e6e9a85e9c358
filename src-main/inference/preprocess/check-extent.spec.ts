import { describe, expect, it } from 'vitest';
import type { VolumeGeometry } from '../../core/volume/volume';
import { orientationAxes } from '../../core/geometry/orientation';
import { lungMaskBytes } from '../../core/volume/lung-mask';
import { stitchedBytes } from '../retinanet3d/stitched-boxes';
import { checkExtent } from './check-extent';

const grid = (...dims: [number, number, number]): VolumeGeometry => ({
  dims,
  spacing: [0.7, 0.7, 1.25],
  origin: [0, 0, 0],
  direction: orientationAxes('RAS'),
});

describe('what spans a whole volume', () => {
  it('stays below 1 GiB an array for any scan of a person, and is refused beyond', () => {
    const lung: Parameters<typeof stitchedBytes>[0] = {
      labels: ['nodule'],
      // Of the published LUNA16 bundle: three shapes at each location, strides 4 x 4 x 2 and 8 x 8 x 4.
      anchors: {
        levels: [
          {
            stride: [4, 4, 2],
            shapes: [
              [6, 8, 4],
              [8, 6, 5],
              [10, 10, 6],
            ],
          },
          {
            stride: [8, 8, 4],
            shapes: [
              [6, 8, 4],
              [8, 6, 5],
              [10, 10, 6],
            ],
          },
        ],
        offset: 0,
        origin: 'center',
      },
    };
    const adult = grid(730, 730, 960);
    expect(stitchedBytes(lung, adult.dims)).toBe(4 * 183 * 183 * 480 * 18);
    expect(lungMaskBytes(adult)).toBe(4 * 256 * 256 * 600);
    const check = (g: VolumeGeometry) => () =>
      checkExtent(g, 100, [stitchedBytes(lung, g.dims), lungMaskBytes(g)]);
    // 511 x 511 x 1000 mm
    expect(check(grid(730, 730, 800))).not.toThrow();
    expect(check(adult)).toThrow(/511 x 511 x 1200 mm is larger than it can read/);
    expect(() => checkExtent(grid(10, 10, 10), 60_000, [])).toThrow(/larger/);
  });
});
