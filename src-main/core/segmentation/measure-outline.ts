import { ijkToLps } from '../geometry/affine';
import type { Box3 } from '../geometry/box';
import { cross, dot, subtract, type Vec3 } from '../geometry/vec3';
import type { Measurement } from '../study/entities';
import type { Modality, VolumeGeometry } from '../volume/volume';
import { fractions } from './fractions';
import { regionDims, type RegionMask } from './outline-mask';

/** What is measured: the mask, the values over its region, and where they lie. */
export interface Outlined {
  readonly mask: RegionMask;
  /** Of the mask's region, which has a voxel of room on each side where the series goes on. */
  readonly values: Float32Array;
  readonly modality: Modality;
  /** Of the series: a volume's, or a picture's with mm (or 1 for px) a pixel, z being its frame. */
  readonly geometry: VolumeGeometry;
  readonly picture: boolean;
  readonly unit: 'mm' | 'px';
}

/**
 * Axes, volume and values of an outlined lesion. The long axis is the longest line between two points of the outline in
 * one axial slice (of a picture: in it), the short one the longest chord at right angles to it there; both by the surface
 * half-way through border voxels. Volume counts border voxels by the part that the lesion fills.
 *
 * @returns null where the mask holds nothing
 */
export function measureOutline(outlined: Outlined): Measurement | null {
  const { mask, values, geometry, picture, unit, modality } = outlined;
  const { region, inside } = mask;
  const dims = regionDims(region);
  const filled = fractions(inside, values, dims, picture);
  let [count, sum, squares, total] = [0, 0, 0, 0];
  inside.forEach((v, n) => {
    total += filled[n]!;
    if (!v) return;
    count++;
    sum += values[n]!;
    squares += values[n]! ** 2;
  });
  if (count === 0) return null;
  const mean = sum / count;
  const surface = crossings(filled, region, dims);
  const axial = picture ? 2 : axisAlong(geometry, 2);
  const axes = longestInSlices(surface, axial, geometry);
  const [u, v, w] = geometry.direction;
  // Slices may be tilted: the volume of a voxel is not always the product of its sides.
  const voxel =
    Math.abs(dot(u, cross(v, w))) * geometry.spacing[0] * geometry.spacing[1] * geometry.spacing[2];
  const longest3d = picture
    ? null
    : (longestOf(surface.map(({ at }) => ijkToLps(geometry, at)))?.length ?? axes.long.length);
  return {
    of: 'outline',
    unit,
    longAxis: axes.long.length,
    shortAxis: axes.short.length,
    longest3d: longest3d === null ? null : Math.max(longest3d, axes.long.length),
    volume: picture ? null : total * voxel,
    area: picture ? total * geometry.spacing[0] * geometry.spacing[1] : null,
    meanValue: mean,
    sdValue: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    valueUnit: modality === 'CT' ? 'HU' : 'grey',
    axes: picture
      ? { long: onPicture(axes.long, geometry), short: onPicture(axes.short, geometry) }
      : { long: axes.long.ends, short: axes.short.ends },
  };
}

interface Line {
  readonly ends: readonly [Vec3, Vec3];
  /** mm or px. */
  readonly length: number;
}

/** Pixels (centres at whole numbers and a half, as boxes count them), and the frame. */
const onPicture = ({ ends }: Line, g: VolumeGeometry): readonly [Vec3, Vec3] =>
  ends.map(([x, y, z]): Vec3 => [x / g.spacing[0] + 0.5, y / g.spacing[1] + 0.5, z]) as unknown as [
    Vec3,
    Vec3,
  ];

interface Crossing {
  /** Voxels of the series, where the surface cuts a line between two neighbours' centres. */
  readonly at: Vec3;
  /** The axis that the line runs along. */
  readonly along: number;
}

function crossings(filled: Float32Array, region: Box3, dims: Vec3): Crossing[] {
  const out: Crossing[] = [];
  const strides = [1, dims[0], dims[0] * dims[1]];
  const level = 0.495;
  for (let n = 0; n < filled.length; n++) {
    const place = [n % dims[0], Math.floor(n / dims[0]) % dims[1], Math.floor(n / strides[2]!)];
    for (let a = 0; a < 3; a++) {
      const value = filled[n]!;
      const add = (towards: 1 | -1, next: number): void => {
        if (value < level || next >= level) return;
        const at = place.map(
          (v, b) => v + region[b]! + (b === a ? towards * ((value - level) / (value - next)) : 0),
        );
        out.push({ at: at as unknown as Vec3, along: a });
      };
      // Beyond the region lies nothing of the lesion; at the series' own border it ends half a voxel further.
      add(1, place[a]! < dims[a]! - 1 ? filled[n + strides[a]!]! : 0);
      add(-1, place[a]! > 0 ? filled[n - strides[a]!]! : 0);
    }
  }
  return out;
}

/** Voxel axis that runs most along an axis of the patient. */
function axisAlong(g: VolumeGeometry, lpsAxis: 0 | 1 | 2): number {
  const along = g.direction.map((d) => Math.abs(d[lpsAxis]));
  return along.indexOf(Math.max(...along));
}

function longestInSlices(
  surface: readonly Crossing[],
  axial: number,
  g: VolumeGeometry,
): { long: Line; short: Line } {
  const slices = new Map<number, Vec3[]>();
  for (const { at, along } of surface) {
    if (along === axial) continue;
    const slice = at[axial]!;
    slices.set(slice, [...(slices.get(slice) ?? []), ijkToLps(g, at)]);
  }
  let best: { long: Line; points: readonly Vec3[] } | null = null;
  for (const points of slices.values()) {
    const long = longestOf(points);
    if (long && (!best || long.length > best.long.length)) best = { long, points };
  }
  if (!best) throw new RangeError('a surface has points in some slice');
  return { long: best.long, short: widestAcross(best.long, best.points) };
}

/** The two points furthest apart; null for less than two. */
function longestOf(points: readonly Vec3[]): Line | null {
  const [first] = points;
  if (!first || points.length < 2) return null;
  const candidates = points.length > 400 ? extremes(points) : points;
  let ends: readonly [Vec3, Vec3] = [first, first];
  let most = -1;
  for (let a = 0; a < candidates.length; a++)
    for (let b = a + 1; b < candidates.length; b++) {
      const [p, q] = [candidates[a]!, candidates[b]!];
      const squared = (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2;
      if (squared > most) {
        most = squared;
        ends = [p, q];
      }
    }
  return { ends, length: Math.sqrt(Math.max(0, most)) };
}

/** The outermost points in many directions: the furthest two are among them, or as good as. */
function extremes(points: readonly Vec3[]): Vec3[] {
  const out = new Set<Vec3>();
  const directions = 400;
  for (let n = 0; n < directions; n++) {
    // Evenly over half a ball (a Fibonacci spiral).
    const z = (n + 0.5) / directions;
    const angle = n * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - z * z);
    const d: Vec3 = [r * Math.cos(angle), r * Math.sin(angle), z];
    let [low, high] = [points[0]!, points[0]!];
    for (const p of points) {
      if (dot(p, d) < dot(low, d)) low = p;
      if (dot(p, d) > dot(high, d)) high = p;
    }
    out.add(low).add(high);
  }
  return [...out];
}

/** The longest chord at right angles to a line, in the slice of its points. */
function widestAcross(long: Line, points: readonly Vec3[]): Line {
  const [a, b] = long.ends;
  const along = unit(subtract(b, a));
  // In the slice: the direction in which its points spread most, at right angles to the line.
  const across = unit(furthest(points.map((p) => reject(subtract(p, a), along))));
  const places = points.map((p) => {
    const d = subtract(p, a);
    return { p, u: dot(d, along), v: dot(d, across) };
  });
  const step = Math.max(long.length / 24, 1e-6);
  let best: Line = { ends: [a, a], length: 0 };
  for (const { u: at } of places) {
    const near = places.filter(({ u }) => Math.abs(u - at) <= step);
    const low = near.reduce((m, q) => (q.v < m.v ? q : m));
    const high = near.reduce((m, q) => (q.v > m.v ? q : m));
    const width = high.v - low.v;
    if (width > best.length) {
      const middle = (low.u + high.u) / 2;
      const end = (v: number): Vec3 =>
        [0, 1, 2].map((x) => a[x]! + along[x]! * middle + across[x]! * v) as unknown as Vec3;
      best = { ends: [end(low.v), end(high.v)], length: width };
    }
  }
  return best;
}

const unit = (v: Vec3): Vec3 => {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
};
const reject = (v: Vec3, along: Vec3): Vec3 => {
  const d = dot(v, along);
  return [v[0] - d * along[0], v[1] - d * along[1], v[2] - d * along[2]];
};
const furthest = (vectors: readonly Vec3[]): Vec3 =>
  vectors.reduce((best, v) => (Math.hypot(...v) > Math.hypot(...best) ? v : best));
