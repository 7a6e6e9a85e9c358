import type { Box3 } from '../../../core/geometry/box';
import type { Vec3 } from '../../../core/geometry/vec3';
import type { Random } from '../../random';
import { occupancyOf, type Occupancy } from './occupancy';
import { boxAround, type Solid } from './solid';
import type { Tile } from './tile';

// Shape shorthand: voxels of a tile [Z, Y, X] HU, x fastest; places in mm from its corner (tile.ts).

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
    eachRow(tile.dims, occupancy, (at, n, width) => tile.values.set(values.subarray(n, n + width), at));
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
  eachRow(tile.dims, occupancy, (at, n, width) => values.set(tile.values.subarray(at, at + width), n));
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
  const first = [0, 1, 2].map((a) => Math.max(low[a]!, to.low[a]!)) as unknown as Vec3;
  const end = [0, 1, 2].map((a) => Math.min(low[a]! + size[a]!, to.low[a]! + to.size[a]!)) as unknown as Vec3;
  const width = end[0] - first[0];
  if (width <= 0) return;
  for (let z = first[2]; z < end[2]; z++)
    for (let y = first[1]; y < end[1]; y++) {
      const source = ((z - low[2]) * size[1] + y - low[1]) * size[0] + first[0] - low[0];
      const target = ((z - to.low[2]) * to.size[1] + y - to.low[1]) * to.size[0] + first[0] - to.low[0];
      for (let x = 0; x < width; x++) values[target + x] = from.values[source + x]!;
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

function eachRow(
  dims: Vec3,
  { low, size }: Occupancy,
  visit: (at: number, n: number, width: number) => void,
): void {
  const [width, height, depth] = size;
  for (let z = 0, n = 0; z < depth; z++)
    for (let y = 0; y < height; y++, n += width)
      visit(((z + low[2]) * dims[1] + y + low[1]) * dims[0] + low[0], n, width);
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
