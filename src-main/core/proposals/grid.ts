import type { Vec3 } from '../geometry/vec3';

/**
 * Shape shorthand: a grid is [w, h, d] cells, first axis fastest; a picture is a grid with d = 1.
 * A plane is a Float32Array [w * h * d], one value a cell.
 * Pictures and volumes share every step of selective search, so that the 3D method is the 2D method.
 */
export interface Grid {
  readonly dims: Vec3;
  /** Distance between cell centres along each axis: mm in a volume, 1 in a picture. */
  readonly spacing: Vec3;
}

export const cellCount = ({ dims }: Grid): number => dims[0] * dims[1] * dims[2];

/**
 * Whole factors by which each axis must shrink so that at most `maxCells` remain. The finest axis shrinks first:
 * thick slices (5 mm against 0.7 mm in the plane) keep their number, and cells come closer to cubes.
 */
export function shrinkFactors(grid: Grid, maxCells: number): Vec3 {
  const factors: [number, number, number] = [1, 1, 1];
  const cells = (): number => grid.dims.reduce((product, n, a) => product * Math.ceil(n / factors[a]!), 1);
  while (cells() > maxCells) {
    let finest = -1;
    for (let a = 0; a < 3; a++) {
      if (factors[a]! >= grid.dims[a]!) continue;
      const better =
        finest < 0 || grid.spacing[a]! * factors[a]! < grid.spacing[finest]! * factors[finest]! - 1e-9;
      if (better) finest = a;
    }
    if (finest < 0) break;
    factors[finest]!++;
  }
  return factors;
}

/** The grid after {@link shrinkPlane}; the last cell of an axis may stand for fewer source cells. */
export function shrinkGrid({ dims, spacing }: Grid, factors: Vec3): Grid {
  const shrunk = (a: 0 | 1 | 2): number => Math.ceil(dims[a] / factors[a]);
  return {
    dims: [shrunk(0), shrunk(1), shrunk(2)],
    spacing: [spacing[0] * factors[0], spacing[1] * factors[1], spacing[2] * factors[2]],
  };
}

/** Mean over blocks of `factors` cells, read through `valueAt(index)` so that the source is never copied whole. */
export function shrinkPlane(
  { dims: [w, h, d] }: Grid,
  factors: Vec3,
  valueAt: (index: number) => number,
): Float32Array {
  const [fx, fy, fz] = factors;
  const [sw, sh, sd] = [Math.ceil(w / fx), Math.ceil(h / fy), Math.ceil(d / fz)];
  const out = new Float32Array(sw * sh * sd);
  let at = 0;
  for (let z = 0; z < sd; z++) {
    const zEnd = Math.min(d, (z + 1) * fz);
    for (let y = 0; y < sh; y++) {
      const yEnd = Math.min(h, (y + 1) * fy);
      for (let x = 0; x < sw; x++) {
        const xEnd = Math.min(w, (x + 1) * fx);
        let sum = 0;
        for (let k = z * fz; k < zEnd; k++)
          for (let j = y * fy; j < yEnd; j++)
            for (let i = x * fx; i < xEnd; i++) sum += valueAt(i + w * (j + h * k));
        out[at++] = sum / ((xEnd - x * fx) * (yEnd - y * fy) * (zEnd - z * fz));
      }
    }
  }
  return out;
}
