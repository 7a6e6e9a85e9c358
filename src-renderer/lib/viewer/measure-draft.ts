import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import {
  distance,
  dragBidirectional,
  pointCount,
  shortAxisOf,
  type Measurement,
  type MeasurementKind,
} from '../../../src-main/core/measure/measurement';

/** Unit vector out of the plane in which a measurement lies. */
export const normalOf = (place: Measurement['place']): Vec3 => {
  if (place.space === 'px') return [0, 0, 1];
  const normal: [number, number, number] = [0, 0, 0];
  normal[place.axis] = 1;
  return normal;
};

/** Points that a person sets; the short axis of two diameters is made of the long one. */
export const drawnPoints = (kind: MeasurementKind): number =>
  kind === 'bidirectional' ? 2 : pointCount[kind];

/** The whole measurement of the points that were drawn, or null where they are too near to one another to be meant. */
export function finished(
  measurementId: string,
  kind: MeasurementKind,
  place: Measurement['place'],
  drawn: readonly Vec3[],
  least: number,
): Measurement | null {
  const apart = drawn.every((point, n) => n === 0 || distance(point, drawn[n - 1]!) > least);
  if (drawn.length !== drawnPoints(kind) || !apart) return null;
  const [a, b] = drawn;
  const points = kind === 'bidirectional' ? [a!, b!, ...shortAxisOf(a!, b!, normalOf(place))] : [...drawn];
  return { measurementId, kind, place, points };
}

/** The measurement after one of its points was dragged to `to`. */
export function dragged(measurement: Measurement, point: number, to: Vec3): Measurement {
  const { kind, place, points } = measurement;
  if (kind === 'bidirectional') {
    const [a, b, c, d] = points;
    return {
      ...measurement,
      points: dragBidirectional([a!, b!, c!, d!], point as 0 | 1 | 2 | 3, to, normalOf(place)),
    };
  }
  return { ...measurement, points: points.map((p, n) => (n === point ? to : p)) };
}

/** The corners that a box of two opposite ones has on the screen's axes, in order round it. */
export function boxCorners(place: Measurement['place'], a: Vec3, b: Vec3): readonly Vec3[] {
  const [u, v] =
    place.space === 'px' ? ([0, 1] as const) : ([0, 1, 2] as const).filter((n) => n !== place.axis);
  const corner = (fromU: Vec3, fromV: Vec3): Vec3 => {
    const p: [number, number, number] = [...a];
    p[u!] = fromU[u!]!;
    p[v!] = fromV[v!]!;
    return p;
  };
  return [corner(a, a), corner(b, a), corner(b, b), corner(a, b)];
}
