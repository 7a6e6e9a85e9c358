import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import type { FindingPlace, PixelLayout } from '../../../src-main/core/study/entities';
import type { Cut } from './boxes';
import { normalAxis, voxelAxisAlong } from './planes';

/**
 * Changing a box by handle, drag or key. A place is taken apart into its lows and highs along x, y (and z): mm in a
 * volume, px in a picture.
 */
interface Extent {
  readonly low: number[];
  readonly high: number[];
}

/** Which sides of a box a handle drags, along the two axes of its pane: -1 the low one, 1 the high one, 0 neither. */
export interface Handle {
  readonly u: -1 | 0 | 1;
  readonly v: -1 | 0 | 1;
}

/** The corners first, then the middles of the sides. */
export const handles: readonly Handle[] = [
  { u: -1, v: -1 },
  { u: 1, v: -1 },
  { u: 1, v: 1 },
  { u: -1, v: 1 },
  { u: 0, v: -1 },
  { u: 1, v: 0 },
  { u: 0, v: 1 },
  { u: -1, v: 0 },
];

/** The smallest side that a box may be left with: mm, px (as for a drawn one). */
const leastSide = { lps: 0.5, px: 2 } as const;

function extentOf(place: FindingPlace): Extent {
  if (place.space === 'lps') return { low: [...place.boxLps.slice(0, 3)], high: [...place.boxLps.slice(3)] };
  const [x, y, width, height] = place.boxPx;
  return { low: [x, y], high: [x + width, y + height] };
}

function placeOf({ low, high }: Extent, like: FindingPlace): FindingPlace {
  if (like.space === 'lps')
    return { space: 'lps', boxLps: [low[0]!, low[1]!, low[2]!, high[0]!, high[1]!, high[2]!] };
  const boxPx = [low[0]!, low[1]!, high[0]! - low[0]!, high[1]! - low[1]!] as const;
  return { space: 'px', boxPx, frame: like.frame };
}

/** The two axes that lie in a pane. */
const axesOf = (cut: Cut): readonly [number, number] => {
  if (cut.kind === 'frame') return [0, 1];
  const [u, v] = [0, 1, 2].filter((axis) => axis !== normalAxis[cut.plane]);
  return [u!, v!];
};

/** A point of the world as a place counts it. */
const inPlace = (cut: Cut, world: Vec3): readonly number[] =>
  cut.kind === 'plane' ? world : [world[0] / cut.spacing[0] + 0.5, world[1] / cut.spacing[1] + 0.5];

const inWorld = (cut: Cut, at: readonly number[]): Vec3 =>
  cut.kind === 'plane'
    ? [at[0]!, at[1]!, at[2]!]
    : [(at[0]! - 0.5) * cut.spacing[0], (at[1]! - 0.5) * cut.spacing[1], 0];

/** Where a handle lies in its pane, as a point of the world. */
export function handlePoint(cut: Cut, place: FindingPlace, handle: Handle): Vec3 {
  const { low, high } = extentOf(place);
  const at = low.map((v, axis) => (v + high[axis]!) / 2);
  axesOf(cut).forEach((axis, n) => {
    const side = n === 0 ? handle.u : handle.v;
    if (side !== 0) at[axis] = (side < 0 ? low : high)[axis]!;
  });
  if (cut.kind === 'plane') at[normalAxis[cut.plane]] = cut.position;
  return inWorld(cut, at);
}

const limitOf = (pixels: PixelLayout, axis: number): readonly [number, number] =>
  pixels.kind === 'image' ? [0, axis === 0 ? pixels.width : pixels.height] : [-Infinity, Infinity];

const clamp = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(Math.max(value, low), high);

/** The place after a handle was dragged to a point of the world: sides that it does not hold, and the depth, stay. */
export function dragHandle(
  cut: Cut,
  place: FindingPlace,
  handle: Handle,
  to: Vec3,
  pixels: PixelLayout,
): FindingPlace {
  const { low, high } = extentOf(place);
  const target = inPlace(cut, to);
  const least = leastSide[place.space];
  axesOf(cut).forEach((axis, n) => {
    const side = n === 0 ? handle.u : handle.v;
    const wanted = clamp(target[axis]!, limitOf(pixels, axis));
    if (side < 0) low[axis] = Math.min(wanted, high[axis]! - least);
    if (side > 0) high[axis] = Math.max(wanted, low[axis]! + least);
  });
  return placeOf({ low, high }, place);
}

/** The place moved along with a drag inside it from one point of the world to another; a picture's stays in the picture. */
export function movePlace(
  cut: Cut,
  place: FindingPlace,
  from: Vec3,
  to: Vec3,
  pixels: PixelLayout,
): FindingPlace {
  const [a, b] = [inPlace(cut, from), inPlace(cut, to)];
  return shifted(
    place,
    a.map((v, axis) => b[axis]! - v),
    pixels,
  );
}

function shifted(place: FindingPlace, by: readonly number[], pixels: PixelLayout): FindingPlace {
  const { low, high } = extentOf(place);
  low.forEach((edge, axis) => {
    const [least, most] = limitOf(pixels, axis);
    const step = clamp(by[axis] ?? 0, [least - edge, most - high[axis]!]);
    low[axis] = edge + step;
    high[axis] = high[axis]! + step;
  });
  return placeOf({ low, high }, place);
}

/** What a key asks of a box: along an axis of the place, to its high side (1) or its low one. */
export interface KeyStep {
  readonly axis: number;
  readonly towards: -1 | 1;
}

/** The axis of the patient (or picture) that a direction on screen runs along most. */
export function stepAlong(direction: Vec3): KeyStep {
  const size = direction.map(Math.abs);
  const axis = size.indexOf(Math.max(...size));
  return { axis, towards: direction[axis]! < 0 ? -1 : 1 };
}

/** One voxel along an axis of the patient, mm; one px in a picture. */
function stepSize(pixels: PixelLayout, axis: number): number {
  if (pixels.kind === 'image') return 1;
  const { geometry } = pixels;
  return geometry.spacing[voxelAxisAlong(geometry, axis as 0 | 1 | 2)];
}

/** The place one voxel (px) further. */
export const nudged = (place: FindingPlace, { axis, towards }: KeyStep, pixels: PixelLayout): FindingPlace =>
  shifted(
    place,
    [0, 1, 2].map((a) => (a === axis ? towards * stepSize(pixels, axis) : 0)),
    pixels,
  );

/**
 * The place one voxel (px) larger or smaller.
 *
 * @param side the side that moves
 * @param outward 1: larger; -1: smaller
 */
export function resized(
  place: FindingPlace,
  side: KeyStep,
  outward: -1 | 1,
  pixels: PixelLayout,
): FindingPlace {
  const { low, high } = extentOf(place);
  const { axis, towards } = side;
  const by = outward * towards * stepSize(pixels, axis);
  const least = leastSide[place.space];
  const limit = limitOf(pixels, axis);
  if (towards > 0) high[axis] = clamp(Math.max(high[axis]! + by, low[axis]! + least), limit);
  else low[axis] = clamp(Math.min(low[axis]! + by, high[axis]! - least), limit);
  return placeOf({ low, high }, place);
}
