import type { SeriesSummary } from '../../../src-main/contract/entities';
import { lpsToIjk } from '../../../src-main/core/geometry/affine';
import { pictureRegion, volumeRegion } from '../../../src-main/core/measure/region-statistics';
import type { ValueSource } from './measure-text';
import type { VolumeSource } from './volume-source';

/** Values of a volume; of slices that are not in yet, none. */
export function volumeValues(source: VolumeSource): ValueSource {
  const { geometry } = source.pixels;
  const [ni, nj, nk] = geometry.dims;
  return {
    valueAt(pointLps) {
      const [i, j, k] = lpsToIjk(geometry, pointLps).map(Math.round) as [number, number, number];
      if (i < 0 || j < 0 || k < 0 || i >= ni || j >= nj || k >= nk || !source.hasSlice(k)) return null;
      return source.voxels[i + ni * (j + nj * k)]!;
    },
    region: (shape, place, a, b) =>
      place.space === 'lps' ? volumeRegion(source.voxels, geometry, place.axis, shape, a, b) : null,
  };
}

/** Values of the frame that is shown. @param pixels null while there is none */
export function pictureValues(series: SeriesSummary, pixels: () => ArrayLike<number> | null): ValueSource {
  const { pixels: layout } = series;
  const grey = layout.kind === 'image' && layout.channels === 1;
  const [width, height] = layout.kind === 'image' ? [layout.width, layout.height] : [0, 0];
  return {
    valueAt([px, py]) {
      const [x, y] = [Math.round(px), Math.round(py)];
      const data = grey && x >= 0 && y >= 0 && x < width && y < height ? pixels() : null;
      return data ? data[y * width + x]! : null;
    },
    region(shape, _place, a, b) {
      const data = grey ? pixels() : null;
      return data ? pictureRegion(data, width, height, shape, a, b) : null;
    },
  };
}
