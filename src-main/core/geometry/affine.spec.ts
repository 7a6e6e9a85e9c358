import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VolumeGeometry } from '../volume/volume';
import { boxIjkToLps, boxLpsToIjk, ijkToLps, lpsToIjk } from './affine';
import { cross, normalize, type Vec3 } from './vec3';

const component = fc.double({ min: -1, max: 1, noNaN: true });
const vector = fc.tuple(component, component, component);
const geometry = fc
  .tuple(
    vector,
    vector,
    fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: 0.2, max: 6, noNaN: true }))),
  )
  .filter(([a, b]) => Math.hypot(...cross(a, b)) > 0.1)
  .map(([a, b, spacing]): VolumeGeometry => {
    const u = normalize(a);
    const w = normalize(cross(a, b));
    return {
      dims: [10, 12, 14],
      spacing: spacing as unknown as Vec3,
      origin: [3, -20, 150],
      direction: [u, cross(w, u), w],
    };
  });

describe('voxels and millimetres', () => {
  it('undo each other for any direction', () => {
    fc.assert(
      fc.property(geometry, vector, (g, v) => {
        const ijk: Vec3 = [v[0] * 20, v[1] * 20, v[2] * 20];
        lpsToIjk(g, ijkToLps(g, ijk)).forEach((x, n) => expect(x).toBeCloseTo(ijk[n]!, 6));
      }),
    );
  });

  it('undo each other for tilted slices', () => {
    const tilted: VolumeGeometry = {
      dims: [4, 4, 4],
      spacing: [0.5, 0.5, 3],
      origin: [0, 0, 0],
      direction: [[1, 0, 0], [0, 1, 0], normalize([0, 0.2, 1])],
    };
    lpsToIjk(tilted, ijkToLps(tilted, [1, 2, 3])).forEach((x, n) => expect(x).toBeCloseTo(n + 1, 9));
  });

  it('give a box that covers whole voxels', () => {
    const g: VolumeGeometry = {
      dims: [10, 10, 10],
      spacing: [0.3, 0.5, 2],
      origin: [100, -50, 7],
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    };
    const box = boxIjkToLps(g, [0, 0, 0, 2, 4, 1]);
    [99.85, -50.25, 6, 100.45, -48.25, 8].forEach((x, n) => expect(box[n]).toBeCloseTo(x, 9));
    boxLpsToIjk(g, box).forEach((x, n) => expect(x).toBeCloseTo([0, 0, 0, 2, 4, 1][n]!, 9));
  });
});
