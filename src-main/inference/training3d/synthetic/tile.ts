import type { Box3 } from '../../../core/geometry/box';
import type { Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';
import { occupancyOf, type Occupancy } from './occupancy';
import { boxAround, type Solid } from './solid';

/**
 * A piece of a CT into which bodies are put as its scanner would have shown them.
 *
 * Shape shorthand: values [Z, Y, X] HU, x fastest; places in mm from the corner of the first voxel along x, y, z
 */
export interface Tile {
  readonly values: Float32Array;
  readonly dims: Vec3;
  /** mm. */
  readonly spacing: Vec3;
  readonly slices: Slices;
  /** Standard deviation of the blur in the slice (reconstruction kernel), mm. */
  readonly blurMm: number;
  /** Standard deviation of the scan's noise, HU. */
  readonly noise: number;
}

/** The slices that were scanned, between which the tile's planes were interpolated where they are not the same. */
export interface Slices {
  readonly spacingMm: number;
  /** Of the first slice's middle. */
  readonly firstMm: number;
  readonly thicknessMm: number;
}

/** What can be seen of a body after the scanner's blur. */
export interface Seen {
  /** Largest rise over what was there, HU. */
  readonly rise: number;
  /** Share of the body that stands out from what was there: the rest lies in vessel or chest wall. */
  readonly share: number;
  /** Of what stands out, but not longer than the body, nor thinner than a slice. */
  readonly box: Box3;
}

/** What was there hides a body that is not brighter by this. HU. */
const leastDifference = 150;

/**
 * Puts a body into the tile if it is accepted as it would be seen.
 * @returns null where it lies outside or was not accepted: the tile is then as it was
 */
export function insertSolid(
  tile: Tile,
  solid: Solid,
  random: Random,
  accept: (seen: Seen) => boolean,
): Seen | null {
  const occupied = solid.layers.map(({ parts }) => occupancyOf(parts, tile, random));
  const changes: Change[] = [];
  solid.layers.forEach(({ value, mix }, n) => {
    const here = occupied[n];
    if (here) changes.push(change(tile, here, changes, value, mix === 'cloud'));
  });
  const [body] = changes;
  if (!body) return null;
  const seen = look(tile, solid, body);
  if (!accept(seen)) return null;
  for (const { occupancy, values } of changes)
    eachVoxel(tile.dims, occupancy, (at, n) => (tile.values[at] = values[n]!));
  return seen;
}

interface Change {
  readonly occupancy: Occupancy;
  readonly values: Float32Array;
  /** HU of the layer. */
  readonly value: number;
  readonly cloud: boolean;
}

/** What a layer makes of the tile, on top of the layers before it. */
function change(
  tile: Tile,
  occupancy: Occupancy,
  before: readonly Change[],
  value: number,
  cloud: boolean,
): Change {
  const values = new Float32Array(occupancy.share.length);
  eachVoxel(tile.dims, occupancy, (at, n) => (values[n] = tile.values[at]!));
  for (const earlier of before) copyShared(earlier, occupancy, values);
  for (let n = 0; n < values.length; n++) {
    const share = occupancy.share[n]!;
    if (share < 0.005) continue;
    const rise = cloud ? Math.max(0, value - values[n]!) : value - values[n]!;
    // Replacing takes the scan's own noise away by the same share.
    values[n]! += share * (rise + (cloud ? 0 : tile.noise * occupancy.grain[n]!));
  }
  return { occupancy, values, value, cloud };
}

function copyShared(from: Change, to: Occupancy, values: Float32Array): void {
  const { low, size } = from.occupancy;
  for (let z = 0, n = 0; z < to.size[2]; z++)
    for (let y = 0; y < to.size[1]; y++)
      for (let x = 0; x < to.size[0]; x++, n++) {
        const [i, j, k] = [x + to.low[0] - low[0], y + to.low[1] - low[1], z + to.low[2] - low[2]];
        if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) continue;
        values[n] = from.values[(k * size[1] + j) * size[0] + i]!;
      }
}

function look(tile: Tile, solid: Solid, { occupancy, value, cloud }: Change): Seen {
  const most = occupancy.share.reduce((a, b) => Math.max(a, b), 0);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  let [rise, body, seen] = [0, 0, 0];
  eachVoxel(tile.dims, occupancy, (at, n, x, y, z) => {
    const share = occupancy.share[n]!;
    const difference = value - tile.values[at]!;
    rise = Math.max(rise, share * difference);
    if (share <= 0.5 * most || share === 0) return;
    body++;
    if (difference < (cloud ? 80 : leastDifference)) return;
    seen++;
    [x, y, z].forEach((v, a) => {
      low[a] = Math.min(low[a]!, v * tile.spacing[a]!);
      high[a] = Math.max(high[a]!, (v + 1) * tile.spacing[a]!);
    });
  });
  const whole = solid.box;
  const center = [0, 1, 2].map((a) => (whole[a]! + whole[a + 3]!) / 2) as unknown as Vec3;
  const slice = boxAround(center, [0, 0, tile.slices.thicknessMm / 2]);
  const box = [0, 1, 2, 3, 4, 5].map((d) => {
    const [a, half] = [d % 3, tile.spacing[d % 3]! / 2];
    if (a === 2) return d < 3 ? Math.min(whole[d]!, slice[d]!) : Math.max(whole[d]!, slice[d]!);
    return d < 3 ? Math.max(whole[d]!, low[a]! - half) : Math.min(whole[d]!, high[a]! + half);
  }) as unknown as Box3;
  return { rise, share: body > 0 ? seen / body : 0, box };
}

function eachVoxel(
  dims: Vec3,
  { low, size }: Occupancy,
  visit: (at: number, n: number, x: number, y: number, z: number) => void,
): void {
  for (let z = 0, n = 0; z < size[2]; z++)
    for (let y = 0; y < size[1]; y++)
      for (let x = 0; x < size[0]; x++, n++) {
        const [i, j, k] = [x + low[0], y + low[1], z + low[2]];
        visit((k * dims[1] + j) * dims[0] + i, n, i, j, k);
      }
}

/** What slices of another thickness would have shown: averaged over each, and interpolated between them. */
export function thickenSlices({ values, dims, spacing, slices }: Tile): void {
  const plane = dims[0] * dims[1];
  const source = values.slice();
  const ofSlice = new Map<number, Float32Array>();
  const slice = (k: number): Float32Array => {
    const known = ofSlice.get(k);
    if (known) return known;
    const middle = slices.firstMm + k * slices.spacingMm;
    const [from, to] = [middle - slices.thicknessMm / 2, middle + slices.thicknessMm / 2];
    const sum = new Float32Array(plane);
    let whole = 0;
    for (let z = 0; z < dims[2]; z++) {
      const part = Math.min(to, (z + 1) * spacing[2]) - Math.max(from, z * spacing[2]);
      if (part <= 0) continue;
      whole += part;
      for (let n = 0; n < plane; n++) sum[n]! += part * source[z * plane + n]!;
    }
    // A slice beyond the tile repeats its last plane.
    const nearest = Math.min(dims[2] - 1, Math.max(0, Math.floor(middle / spacing[2])));
    const out = whole > 0 ? sum.map((v) => v / whole) : source.slice(nearest * plane, (nearest + 1) * plane);
    ofSlice.set(k, out);
    return out;
  };
  for (let z = 0; z < dims[2]; z++) {
    const at = ((z + 0.5) * spacing[2] - slices.firstMm) / slices.spacingMm;
    const [a, b, t] = [slice(Math.floor(at)), slice(Math.floor(at) + 1), at - Math.floor(at)];
    for (let n = 0; n < plane; n++) values[z * plane + n] = a[n]! + (b[n]! - a[n]!) * t;
  }
}
