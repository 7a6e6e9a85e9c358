import type { Vec3 } from '../geometry/vec3';

/**
 * Squared Euclidean distance, in voxels, from every voxel's centre to the nearest set one's: exact, one axis after the
 * other (Felzenszwalb & Huttenlocher 2012, "Distance Transforms of Sampled Functions").
 *
 * Shape shorthand: [Z, Y, X] flat, x fastest; dims x, y, z
 * @returns Infinity everywhere where no voxel is set
 */
export function squaredDistances(set: Uint8Array, [nx, ny, nz]: Vec3): Float32Array {
  const out = new Float32Array(set.length);
  // Along x the nearest set voxel of a row is found by two sweeps; parabolas are needed from the second axis on.
  for (let row = 0; row < set.length; row += nx) {
    let since = Infinity;
    for (let x = 0; x < nx; x++) {
      since = set[row + x] ? 0 : since + 1;
      out[row + x] = since;
    }
    since = Infinity;
    for (let x = nx - 1; x >= 0; x--) {
      since = set[row + x] ? 0 : since + 1;
      const nearest = Math.min(out[row + x]!, since);
      out[row + x] = nearest * nearest;
    }
  }
  const along = lowerEnvelope(Math.max(ny, nz));
  const plane = nx * ny;
  for (let z = 0; z < nz; z++) for (let x = 0; x < nx; x++) along(out, z * plane + x, nx, ny);
  for (let n = 0; n < plane; n++) along(out, n, plane, nz);
  return out;
}

/** @returns replaces values f(q) of a line by min over p of (q - p)^2 + f(p) */
function lowerEnvelope(
  longest: number,
): (values: Float32Array, start: number, step: number, length: number) => void {
  const f = new Float64Array(longest);
  const vertex = new Int32Array(longest);
  const border = new Float64Array(longest + 1);
  return (values, start, step, length) => {
    let k = -1;
    for (let q = 0, at = start; q < length; q++, at += step) {
      const height = values[at]!;
      f[q] = height;
      if (height === Infinity) continue;
      let from = -Infinity;
      while (k >= 0) {
        const p = vertex[k]!;
        from = (height + q * q - f[p]! - p * p) / (2 * (q - p));
        if (from > border[k]!) break;
        k--;
      }
      k++;
      vertex[k] = q;
      border[k] = k === 0 ? -Infinity : from;
      border[k + 1] = Infinity;
    }
    if (k < 0) return;
    for (let q = 0, at = start, i = 0; q < length; q++, at += step) {
      while (border[i + 1]! < q) i++;
      const p = vertex[i]!;
      values[at] = (q - p) * (q - p) + f[p]!;
    }
  };
}
