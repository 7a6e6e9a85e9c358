import { dot, normalize, scale, subtract, add, cross, length, type Vec3 } from '../core/geometry/vec3';
import type { VolumeGeometry, VoxelArray } from '../core/volume/volume';
import { createVoxels, voxelTypeOf } from '../core/volume/voxels';

/**
 * NIfTI and NRRD store axes in any of 48 orders and directions. Here voxels are put, without
 * resampling, in the order in which a scanner writes that plane as DICOM, so that slice (i, j) images
 * look the way readers and networks know them: axial i->L j->P k->S, coronal i->L j->I k->P,
 * sagittal i->P j->I k->R. Every one is right-handed for right-handed anatomy.
 */

/** New axis a takes its voxels from old axis `axis[a]`, backwards where `flip[a]`. */
export interface AxisOrder {
  readonly axis: readonly [number, number, number];
  readonly flip: readonly [boolean, boolean, boolean];
}

const L: Vec3 = [1, 0, 0];
const P: Vec3 = [0, 1, 0];
const S: Vec3 = [0, 0, 1];
const negative = (v: Vec3): Vec3 => scale(v, -1);

/** Plane conventions by the patient axis that the slices are stacked along: [i, j, k] targets. */
const planes: readonly (readonly [Vec3, Vec3, Vec3])[] = [
  [P, negative(S), negative(L)],
  [L, negative(S), P],
  [L, P, S],
];

/**
 * Slices are stacked along the axis whose spacing is clearly largest (that is how it was acquired),
 * else along the one nearest to head-foot.
 */
export function acquiredOrder(g: VolumeGeometry): AxisOrder {
  const nearest = matchAxes(g.direction);
  const widest = [0, 1, 2].filter((a) =>
    [0, 1, 2].every((b) => a === b || g.spacing[a]! > 1.5 * g.spacing[b]!),
  );
  const flat = [0, 1, 2].filter((a) => g.dims[a] === 1);
  const stack =
    flat.length === 1
      ? flat[0]!
      : widest.length === 1 && g.dims[widest[0]!]! > 1
        ? widest[0]!
        : nearest.indexOf(2);
  const targets = planes[nearest[stack]!]!;
  const axis = targets.map((t) => nearest.indexOf(t.findIndex((c) => c !== 0))) as [number, number, number];
  const flip = targets.map((t, a) => dot(g.direction[axis[a]!]!, t) < 0) as [boolean, boolean, boolean];
  return { axis, flip };
}

/** For each voxel axis the patient axis (0 L, 1 P, 2 S) it runs along most, each used once. */
function matchAxes(direction: VolumeGeometry['direction']): [number, number, number] {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const;
  const fit = (o: readonly number[]): number => o.reduce((sum, p, a) => sum + Math.abs(direction[a]![p]!), 0);
  return [...orders].sort((a, b) => fit(b) - fit(a))[0]! as unknown as [number, number, number];
}

/** The geometry after reordering: the same points in the same mm. */
export function reorderGeometry(g: VolumeGeometry, order: AxisOrder): VolumeGeometry {
  let origin = g.origin;
  order.axis.forEach((old, a) => {
    if (order.flip[a]) origin = add(origin, scale(g.direction[old]!, g.spacing[old]! * (g.dims[old]! - 1)));
  });
  const direction = order.axis.map((old, a) => scale(g.direction[old]!, order.flip[a] ? -1 : 1));
  return {
    dims: order.axis.map((old) => g.dims[old]!) as unknown as Vec3,
    spacing: order.axis.map((old) => g.spacing[old]!) as unknown as Vec3,
    origin: clean(origin),
    direction: direction.map(clean) as unknown as VolumeGeometry['direction'],
  };
}

/** Voxels in the new order; the same array where nothing moves. */
export function reorderVoxels(data: VoxelArray, dims: Vec3, order: AxisOrder): VoxelArray {
  if (order.axis.every((old, a) => old === a && !order.flip[a])) return data;
  const oldStride = [1, dims[0], dims[0] * dims[1]];
  const [ni, nj, nk] = order.axis.map((old) => dims[old]!) as [number, number, number];
  const step = order.axis.map((old, a) => oldStride[old]! * (order.flip[a] ? -1 : 1)) as [
    number,
    number,
    number,
  ];
  let start = 0;
  order.axis.forEach((old, a) => {
    if (order.flip[a]) start += oldStride[old]! * (dims[old]! - 1);
  });
  const out = createVoxels(voxelTypeOf(data), data.length);
  let to = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      let from = start + k * step[2] + j * step[1];
      for (let i = 0; i < ni; i++, from += step[0]) out[to++] = data[from]!;
    }
  }
  return out;
}

/** Columns of a voxel-to-LPS matrix and its origin -> geometry; null where the axes do not span space. */
export function geometryFromColumns(
  dims: Vec3,
  columns: readonly [Vec3, Vec3, Vec3],
  origin: Vec3,
): VolumeGeometry | null {
  const spacing = columns.map(length) as unknown as Vec3;
  if (![...spacing, ...origin].every(Number.isFinite) || spacing.some((s) => s < 1e-6 || s > 1e4))
    return null;
  const direction = columns.map(normalize) as unknown as [Vec3, Vec3, Vec3];
  if (Math.abs(dot(direction[0], cross(direction[1], direction[2]))) < 0.01) return null;
  return { dims, spacing, origin, direction };
}

/** True where two axes are more than about half a degree off a right angle. */
export const isSheared = (g: VolumeGeometry): boolean =>
  [
    [0, 1],
    [0, 2],
    [1, 2],
  ].some(([a, b]) => Math.abs(dot(g.direction[a!]!, g.direction[b!]!)) > 0.01);

/** Largest distance in mm between where two geometries put the corners of the same grid. */
export function disagreement(a: VolumeGeometry, b: VolumeGeometry): number {
  let worst = 0;
  for (let corner = 0; corner < 8; corner++) {
    const place = (g: VolumeGeometry): Vec3 => {
      let p = g.origin;
      for (let axis = 0; axis < 3; axis++) {
        if ((corner >> axis) & 1)
          p = add(p, scale(g.direction[axis]!, g.spacing[axis]! * (g.dims[axis]! - 1)));
      }
      return p;
    };
    worst = Math.max(worst, length(subtract(place(a), place(b))));
  }
  return worst;
}

/** -0 -> 0, so that equal geometries compare equal. */
const clean = (v: Vec3): Vec3 => [v[0] + 0, v[1] + 0, v[2] + 0];
