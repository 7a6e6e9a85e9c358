import { dot, length, normalize, subtract, type Vec3 } from '../geometry/vec3';

/** What a person draws to measure, beside the findings. */
export const measurementKinds = [
  'length',
  'angle',
  'bidirectional',
  'ellipse',
  'rectangle',
  'probe',
] as const;
export type MeasurementKind = (typeof measurementKinds)[number];

/** How many points a kind has when it is whole; the bidirectional one's second axis is made, not drawn. */
export const pointCount: Readonly<Record<MeasurementKind, number>> = {
  length: 2,
  angle: 3,
  bidirectional: 4,
  ellipse: 2,
  rectangle: 2,
  probe: 1,
};

/**
 * One measurement. `points` are LPS mm in a plane that is perpendicular to LPS axis `axis`, or [x, y, 0] px of `frame` with
 * the middle of the first pixel at 0. Length: both ends. Angle: end, apex, end. Bidirectional: ends of the long axis, ends of
 * the short one. Ellipse, rectangle: opposite corners of the box around it. Probe: the point.
 */
export interface Measurement {
  readonly measurementId: string;
  readonly kind: MeasurementKind;
  readonly place:
    { readonly space: 'lps'; readonly axis: 0 | 1 | 2 } | { readonly space: 'px'; readonly frame: number };
  readonly points: readonly Vec3[];
}

/** Points in units in which distances are right: mm, or px where nothing is calibrated. */
export const inUnits = (points: readonly Vec3[], spacing: readonly [number, number] | null): Vec3[] =>
  points.map(([x, y, z]) => (spacing ? [x * spacing[0], y * spacing[1], z] : [x, y, z]));

export const distance = (a: Vec3, b: Vec3): number => length(subtract(b, a));

/** Degrees at `apex`, 0 to 180; null where an arm has no length. */
export function angleAt(a: Vec3, apex: Vec3, b: Vec3): number | null {
  const [u, v] = [subtract(a, apex), subtract(b, apex)];
  const sizes = length(u) * length(v);
  if (!(sizes > 0)) return null;
  return (Math.acos(Math.min(1, Math.max(-1, dot(u, v) / sizes))) * 180) / Math.PI;
}

/** Area of the shape in the box between two corners that lie in one plane. */
export function areaOf(kind: 'ellipse' | 'rectangle', a: Vec3, b: Vec3): number {
  // Of the three differences one is nought: the box is flat.
  const [, u, v] = [0, 1, 2].map((n) => Math.abs(b[n]! - a[n]!)).sort((p, q) => p - q);
  return u! * v! * (kind === 'ellipse' ? Math.PI / 4 : 1);
}

/**
 * The short axis of a long one just drawn: perpendicular to it in the plane, through its middle, and half as long. RECIST 1.1
 * (Eisenhauer 2009) measures the longest diameter and the longest perpendicular to it.
 */
export function shortAxisOf(a: Vec3, b: Vec3, planeNormal: Vec3): readonly [Vec3, Vec3] {
  const across = perpendicular(a, b, planeNormal);
  const middle: Vec3 = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
  const half = distance(a, b) / 4;
  return [along(middle, across, half), along(middle, across, -half)];
}

/**
 * The four points after point `moved` was dragged to `to`. The short axis stays perpendicular: an end of it moves along its own
 * direction and takes the crossing along the long axis with it; an end of the long one turns it.
 */
export function dragBidirectional(
  points: readonly [Vec3, Vec3, Vec3, Vec3],
  moved: 0 | 1 | 2 | 3,
  to: Vec3,
  planeNormal: Vec3,
): readonly [Vec3, Vec3, Vec3, Vec3] {
  const [a, b, c, d] = points;
  const before = perpendicular(a, b, planeNormal);
  const size = distance(a, b);
  const axis = size > 0 ? normalize(subtract(b, a)) : before;
  const reach = (p: Vec3): readonly [part: number, side: number] => {
    const from = subtract(p, a);
    return [dot(from, axis) / (size || 1), dot(from, before)];
  };
  const place = (start: Vec3, end: Vec3, part: number, side: number): Vec3 => {
    const on: Vec3 = [0, 1, 2].map((n) => start[n]! + part * (end[n]! - start[n]!)) as unknown as Vec3;
    return along(on, perpendicular(start, end, planeNormal), side);
  };
  if (moved < 2) {
    const [start, end] = moved === 0 ? [to, b] : [a, to];
    if (!(distance(start, end) > 0)) return points;
    const [p, q] = [reach(c), reach(d)];
    return [start, end, place(start, end, ...p), place(start, end, ...q)];
  }
  const [part, side] = reach(to);
  const other = reach(moved === 2 ? d : c)[1];
  const inside = Math.min(1, Math.max(0, part));
  return moved === 2
    ? [a, b, place(a, b, inside, side), place(a, b, inside, other)]
    : [a, b, place(a, b, inside, other), place(a, b, inside, side)];
}

const along = (p: Vec3, direction: Vec3, by: number): Vec3 => [
  p[0] + direction[0] * by,
  p[1] + direction[1] * by,
  p[2] + direction[2] * by,
];

/** Unit vector in the plane, perpendicular to a-b; any where they are one point. */
function perpendicular(a: Vec3, b: Vec3, n: Vec3): Vec3 {
  const u = subtract(b, a);
  const p: Vec3 = [n[1] * u[2] - n[2] * u[1], n[2] * u[0] - n[0] * u[2], n[0] * u[1] - n[1] * u[0]];
  if (length(p) > 1e-9) return normalize(p);
  return Math.abs(n[0]) > 0.5 ? [0, 1, 0] : [1, 0, 0];
}
