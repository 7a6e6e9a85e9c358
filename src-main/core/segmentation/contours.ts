import { regionDims, type RegionMask } from './outline-mask';

/** From (u, v) to (u, v), voxels of the series; centres at whole numbers. */
export type Segment = readonly [number, number, number, number];

/**
 * The border of a mask in one slice: marching squares (Lorensen & Cline 1987 in two dimensions) half-way between voxel
 * centres. Segments are in no order; together they close.
 *
 * @param axis voxel axis that the slice is across; u and v are the other two, in their order
 * @param index slice of the series along it
 */
export function sliceContours({ region, inside }: RegionMask, axis: 0 | 1 | 2, index: number): Segment[] {
  const dims = regionDims(region);
  const at = index - region[axis];
  if (at < 0 || at >= dims[axis]) return [];
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const strides = [1, dims[0], dims[0] * dims[1]];
  const set = (u: number, v: number): boolean =>
    u >= 0 &&
    v >= 0 &&
    u < dims[a] &&
    v < dims[b] &&
    inside[at * strides[axis]! + u * strides[a]! + v * strides[b]!] === 1;
  const out: Segment[] = [];
  for (let v = -1; v < dims[b]; v++)
    for (let u = -1; u < dims[a]; u++) {
      // Corners of the square between four centres, clockwise from (u, v); its sides' middles: top, right, bottom, left.
      const corners = [set(u, v), set(u + 1, v), set(u + 1, v + 1), set(u, v + 1)];
      const sides = [
        [u + 0.5, v],
        [u + 1, v + 0.5],
        [u + 0.5, v + 1],
        [u, v + 0.5],
      ] as const;
      const crossed = [0, 1, 2, 3].filter((n) => corners[n] !== corners[(n + 1) % 4]);
      // Of a saddle each set corner is cut off by itself: voxels hang together through faces.
      const pairs =
        crossed.length === 4
          ? corners[0]
            ? [
                [3, 0],
                [1, 2],
              ]
            : [
                [0, 1],
                [2, 3],
              ]
          : crossed.length === 2
            ? [crossed]
            : [];
      for (const [p, q] of pairs) {
        const [from, to] = [sides[p!]!, sides[q!]!];
        out.push([from[0] + region[a], from[1] + region[b], to[0] + region[a], to[1] + region[b]]);
      }
    }
  return out;
}
