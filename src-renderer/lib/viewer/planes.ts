import type { Box3 } from '../../../src-main/core/geometry/box';
import { cross, dot, type Vec3 } from '../../../src-main/core/geometry/vec3';
import type { VolumeGeometry } from '../../../src-main/core/volume/volume';

export type Plane = 'axial' | 'coronal' | 'sagittal';
export const planes: readonly Plane[] = ['axial', 'coronal', 'sagittal'];

/** LPS axis a plane is perpendicular to: sagittal x, coronal y, axial z. */
export const normalAxis: Readonly<Record<Plane, 0 | 1 | 2>> = { sagittal: 0, coronal: 1, axial: 2 };

/** Towards the person, and up: as Cornerstone3D lays the planes on the screen. */
export const planeAxes: Readonly<Record<Plane, readonly [normal: Vec3, up: Vec3]>> = {
  axial: [
    [0, 0, -1],
    [0, -1, 0],
  ],
  coronal: [
    [0, -1, 0],
    [0, 0, 1],
  ],
  sagittal: [
    [1, 0, 0],
    [0, 0, 1],
  ],
};

/** Voxel axis (0 = i, 1 = j, 2 = k) that runs most along an LPS axis: scrolling a plane steps through it. */
export function voxelAxisAlong(g: VolumeGeometry, lpsAxis: 0 | 1 | 2): 0 | 1 | 2 {
  const along = g.direction.map((d) => Math.abs(d[lpsAxis]));
  return along.indexOf(Math.max(...along)) as 0 | 1 | 2;
}

/** The plane in which the volume was acquired: the one whose slices are its k slices. */
export function acquiredPlane(g: VolumeGeometry): Plane {
  return planes.find((plane) => voxelAxisAlong(g, normalAxis[plane]) === 2) ?? 'axial';
}

/** Letter of the patient direction a vector points to most (DICOM PS3.3 C.7.6.1.1.1: L, P, S are positive). */
function directionLetter(v: Vec3): string {
  const size = v.map(Math.abs);
  const axis = size.indexOf(Math.max(...size));
  return ['RL', 'AP', 'IS'][axis]![v[axis]! > 0 ? 1 : 0]!;
}

export interface Markers {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** Markers at the four edges of a pane, from the camera (`viewPlaneNormal` points to the viewer). */
export function markers(viewUp: Vec3, viewPlaneNormal: Vec3): Markers {
  const right = cross(viewUp, viewPlaneNormal);
  const flip = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
  return {
    right: directionLetter(right),
    left: directionLetter(flip(right)),
    top: directionLetter(viewUp),
    bottom: directionLetter(flip(viewUp)),
  };
}

/** 1 where the plane at `position` (mm along its normal) cuts the box, 0.5 within `fade` mm of it, else 0. */
export function boxOpacity(box: Box3, plane: Plane, position: number, fade: number): 0 | 0.5 | 1 {
  const axis = normalAxis[plane];
  const low = box[axis]!;
  const high = box[axis + 3]!;
  if (position >= low && position < high) return 1;
  return position >= low - fade && position < high + fade ? 0.5 : 0;
}

/** The box's corners in the plane at `position`, in order round the rectangle. */
export function boxOutline(box: Box3, plane: Plane, position: number): Vec3[] {
  const axis = normalAxis[plane];
  const [u, v] = ([0, 1, 2] as const).filter((a) => a !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const at = (uHigh: boolean, vHigh: boolean): Vec3 => {
    const p: [number, number, number] = [0, 0, 0];
    p[axis] = position;
    p[u] = box[uHigh ? u + 3 : u]!;
    p[v] = box[vHigh ? v + 3 : v]!;
    return p;
  };
  return [at(false, false), at(true, false), at(true, true), at(false, true)];
}

/**
 * Box of a new finding drawn in one plane from corner to corner; its depth is the mean of its two
 * drawn sides, since a plane says nothing of it.
 */
export function drawnBox(plane: Plane, a: Vec3, b: Vec3): [number, number, number, number, number, number] {
  const axis = normalAxis[plane];
  const low = [0, 1, 2].map((i) => Math.min(a[i]!, b[i]!));
  const high = [0, 1, 2].map((i) => Math.max(a[i]!, b[i]!));
  const sides = [0, 1, 2].filter((i) => i !== axis).map((i) => high[i]! - low[i]!);
  const depth = (sides[0]! + sides[1]!) / 2;
  const middle = (a[axis]! + b[axis]!) / 2;
  low[axis] = middle - depth / 2;
  high[axis] = middle + depth / 2;
  return [low[0]!, low[1]!, low[2]!, high[0]!, high[1]!, high[2]!];
}

/** How far (mm, signed, along `normal`) the plane through `from` must move to hold `to`. */
export const planeOffset = (normal: Vec3, from: Vec3, to: Vec3): number =>
  dot(normal, [to[0] - from[0], to[1] - from[1], to[2] - from[2]]);

/** Slice numbers 0..count-1, the middle first, then outwards to both ends. */
export function middleOut(count: number): number[] {
  const middle = Math.floor(count / 2);
  return Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b,
  );
}
