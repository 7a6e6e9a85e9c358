import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itWithShared } from '../../../test-support/shared-data';
import { ijkToLps } from '../../core/geometry/affine';
import { readNifti } from './read';

describe('one head in 48 orders and directions', () => {
  itWithShared(
    'comes out as one volume: same voxels at the same millimetres',
    ['data/nifti-orientations/NIfTI'],
    async (folder) => {
      const files = readdirSync(folder!).filter((f) => f.endsWith('.nii.gz'));
      expect(files).toHaveLength(48);
      const [reference, ...others] = await Promise.all(files.map((f) => readNifti(join(folder!, f))));
      const { geometry: g } = reference!;
      expect(g.direction[0][0]).toBeGreaterThan(0.9);
      expect(g.direction[1][1]).toBeGreaterThan(0.9);
      expect(g.direction[2][2]).toBeGreaterThan(0.9);
      for (const other of others) {
        expect(other.geometry.dims).toEqual(g.dims);
        for (const ijk of [
          [0, 0, 0],
          [g.dims[0] - 1, 0, 0],
          [0, g.dims[1] - 1, g.dims[2] - 1],
        ] as const) {
          const apart = ijkToLps(g, ijk).map((v, a) => Math.abs(v - ijkToLps(other.geometry, ijk)[a]!));
          expect(Math.max(...apart)).toBeLessThan(0.5 * Math.min(...g.spacing));
        }
        expect(Buffer.compare(Buffer.from(other.data.buffer), Buffer.from(reference!.data.buffer))).toBe(0);
      }
    },
  );
});
