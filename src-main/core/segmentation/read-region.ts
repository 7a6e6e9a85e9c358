import type { Box3 } from '../geometry/box';
import type { Volume } from '../volume/volume';
import type { ReadRegion } from './outline-of';
import { regionDims } from './outline-mask';

/** Reads regions of a volume that is in memory. */
export const readerOf =
  ({ data, dims }: Pick<Volume, 'data' | 'dims'>): ReadRegion =>
  (region: Box3) => {
    const [ni, nj, nk] = regionDims(region);
    const out = new Float32Array(ni * nj * nk);
    let n = 0;
    for (let k = 0; k < nk; k++)
      for (let j = 0; j < nj; j++) {
        const row = region[0] + dims[0] * (region[1] + j + dims[1] * (region[2] + k));
        for (let i = 0; i < ni; i++) out[n++] = data[row + i]!;
      }
    return Promise.resolve(out);
  };
