import { box3Volume, type Box3 } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { Random } from '../random';
import type { GridSample } from './dataset3d';
import type { VolumeAugmentation } from './recipe3d';

/**
 * How a patch lies in its volume: grid index = center + matrix (patch index - middle).
 *
 * Shape shorthand: matrix and its inverse [3, 3] flat, rows are x, y, z
 */
export interface Placement {
  readonly center: Vec3;
  readonly matrix: readonly number[];
  readonly inverse: readonly number[];
  /** Grid voxels become this many patch voxels. */
  readonly zoom: number;
  readonly size: Vec3;
}

/** This share of turned patches lies on the grid's own voxels: interpolating takes noise and sharpness away. */
const crispShare = 0.3;

export function drawPlacement(
  sample: GridSample,
  size: Vec3,
  a: VolumeAugmentation,
  positive: boolean,
  random: Random,
): Placement {
  const { rotation } = a;
  const crisp = rotation !== undefined && random.uniform() < crispShare;
  const zoom = crisp ? 1 : Math.exp(random.between(Math.log(a.scale[0]), Math.log(a.scale[1])));
  const flips = a.flip.map((f) => (f && random.uniform() < 0.5 ? -1 : 1));
  const turn = rotation ? drawTurn(rotation, crisp, random) : identity;
  const matrix = turn.map((v, n) => (v * flips[n % 3]!) / zoom);
  // Of a turn and flips the inverse is the transpose.
  const inverse = [0, 3, 6, 1, 4, 7, 2, 5, 8].map((n) => matrix[n]! * zoom * zoom);
  const reach = [0, 1, 2].map((d) => reachOf(matrix, d, size.map((s) => s / 2) as unknown as Vec3));
  let center = drawCenter(sample, reach, positive, random);
  if (crisp) center = center.map((c) => Math.floor(c) + 0.5) as unknown as Vec3;
  return { center, matrix, inverse, zoom, size };
}

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function drawCenter(sample: GridSample, reach: readonly number[], positive: boolean, random: Random): Vec3 {
  const lesion = positive ? sample.boxes[random.below(sample.boxes.length)]! : null;
  const places = sample.lungs?.places;
  const place = places && places.length > 0 ? random.below(places.length / 3) * 3 : -1;
  return sample.grid.dims.map((length, d) => {
    // The lesion may lie anywhere in the patch, whole if it fits.
    if (lesion) {
      const half = (lesion[d + 3]! - lesion[d]!) / 2;
      const spare = Math.max(0, reach[d]! - half - 1);
      return (lesion[d]! + lesion[d + 3]!) / 2 - 0.5 + random.between(-spare, spare);
    }
    const [low, high] = [reach[d]! - 0.5, length - reach[d]! - 0.5];
    if (places && place >= 0) {
      const wanted = places[place + d]! + random.between(-0.5, 0.5) * reach[d]!;
      return low < high ? Math.min(high, Math.max(low, wanted)) : (length - 1) / 2;
    }
    return low < high ? random.between(low, high) : (length - 1) / 2;
  }) as unknown as Vec3;
}

function drawTurn(
  { axialDegrees, tiltDegrees }: NonNullable<VolumeAugmentation['rotation']>,
  crisp: boolean,
  random: Random,
): number[] {
  if (crisp) {
    const quarters = axialDegrees >= 90 ? random.below(4) : 0;
    return about(2, (quarters * Math.PI) / 2).map(Math.round);
  }
  const angle = (most: number): number => (random.between(-most, most) * Math.PI) / 180;
  const axial = about(2, angle(axialDegrees));
  return product(about(0, angle(tiltDegrees)), product(about(1, angle(tiltDegrees)), axial));
}

function about(axis: 0 | 1 | 2, angle: number): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  if (axis === 0) return [1, 0, 0, 0, c, -s, 0, s, c];
  if (axis === 1) return [c, 0, s, 0, 1, 0, -s, 0, c];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

const product = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: 9 }, (_, n) => {
    const [row, column] = [Math.floor(n / 3), n % 3];
    return a[row * 3]! * b[column]! + a[row * 3 + 1]! * b[3 + column]! + a[row * 3 + 2]! * b[6 + column]!;
  });

/** Half a box's side along d after the matrix; where it turns, of the ellipsoid in the box, which a lesion is like. */
function turnedHalf(matrix: readonly number[], d: number, halves: Vec3): number {
  return Math.hypot(
    matrix[d * 3]! * halves[0],
    matrix[d * 3 + 1]! * halves[1],
    matrix[d * 3 + 2]! * halves[2],
  );
}

/** Half the room that a patch takes along d of the grid, corners left out where it turns. */
function reachOf(matrix: readonly number[], d: number, halves: Vec3): number {
  return Math.max(...halves.map((h, a) => Math.abs(matrix[d * 3 + a]!) * h));
}

/** A voxel of the patch, counted from its centre, in the grid. */
export function toGrid({ center, matrix, size }: Placement, x: number, y: number, z: number): Vec3 {
  const [a, b, c] = [x - (size[0] - 1) / 2, y - (size[1] - 1) / 2, z - (size[2] - 1) / 2];
  return [
    center[0] + matrix[0]! * a + matrix[1]! * b + matrix[2]! * c,
    center[1] + matrix[3]! * a + matrix[4]! * b + matrix[5]! * c,
    center[2] + matrix[6]! * a + matrix[7]! * b + matrix[8]! * c,
  ];
}

/** @returns the part of the box inside the patch, and its share of the box */
export function moveBox(box: Box3, { center, inverse, size }: Placement): { inside: Box3; share: number } {
  const moved = [0, 0, 0, 0, 0, 0] as [number, number, number, number, number, number];
  // An edge at e lies half a voxel before the centre of voxel e, on both sides.
  const from = center.map((c, d) => (box[d]! + box[d + 3]!) / 2 - 0.5 - c) as unknown as Vec3;
  const halves = center.map((_, d) => (box[d + 3]! - box[d]!) / 2) as unknown as Vec3;
  let whole = 1;
  for (let d = 0; d < 3; d++) {
    const middle =
      inverse[d * 3]! * from[0] +
      inverse[d * 3 + 1]! * from[1] +
      inverse[d * 3 + 2]! * from[2] +
      size[d]! / 2;
    const half = turnedHalf(inverse, d, halves);
    whole *= 2 * half;
    moved[d] = Math.min(size[d]!, Math.max(0, middle - half));
    moved[d + 3] = Math.min(size[d]!, Math.max(0, middle + half));
  }
  return { inside: moved, share: whole > 0 ? box3Volume(moved) / whole : 0 };
}

/** Trilinear; 0 beyond the volume. @returns [Z, Y, X] 0..1, x fastest */
export function renderPatch({ data, grid }: GridSample, placement: Placement): Float32Array {
  const { size, matrix } = placement;
  const [width, height, depth] = size;
  const [nx, ny, nz] = grid.dims;
  const [plane, lastX, lastY, lastZ] = [nx * ny, nx - 1, ny - 1, nz - 1];
  const [stepI, stepJ, stepK] = [matrix[0]!, matrix[3]!, matrix[6]!];
  const out = new Float32Array(width * height * depth);
  let n = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      let [i, j, k] = toGrid(placement, 0, y, z);
      for (let x = 0; x < width; x++, n++, i += stepI, j += stepJ, k += stepK) {
        if (i < -0.5 || j < -0.5 || k < -0.5 || i > lastX + 0.5 || j > lastY + 0.5 || k > lastZ + 0.5)
          continue;
        const i0 = i <= 0 ? 0 : i >= lastX ? lastX : Math.floor(i);
        const j0 = j <= 0 ? 0 : j >= lastY ? lastY : Math.floor(j);
        const k0 = k <= 0 ? 0 : k >= lastZ ? lastZ : Math.floor(k);
        const fi = i <= i0 ? 0 : i - i0;
        const fj = j <= j0 ? 0 : j - j0;
        const fk = k <= k0 ? 0 : k - k0;
        const di = i0 < lastX ? 1 : 0;
        const dj = j0 < lastY ? nx : 0;
        const dk = k0 < lastZ ? plane : 0;
        const at = i0 + j0 * nx + k0 * plane;
        const a = data[at]! + (data[at + di]! - data[at]!) * fi;
        const b = data[at + dj]! + (data[at + dj + di]! - data[at + dj]!) * fi;
        const c = data[at + dk]! + (data[at + dk + di]! - data[at + dk]!) * fi;
        const e = data[at + dk + dj]! + (data[at + dk + dj + di]! - data[at + dk + dj]!) * fi;
        const near = a + (b - a) * fj;
        out[n] = (near + (c + (e - c) * fj - near) * fk) / 255;
      }
    }
  }
  return out;
}
