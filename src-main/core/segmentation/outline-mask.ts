import type { Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import type { OutlineMask } from '../study/entities';

/** Voxels of a region of a series, 1 inside: what an {@link OutlineMask} stands for. */
export interface RegionMask {
  /** Half-open, whole voxels of the series. */
  readonly region: Box3;
  /** [K, J, I] flat, i fastest. */
  readonly inside: Uint8Array;
}

export const regionDims = (region: Box3): Vec3 => [
  region[3] - region[0],
  region[4] - region[1],
  region[5] - region[2],
];

/** The smallest mask that holds the voxels, as runs; null where none is set. */
export function encodeMask({ region, inside }: RegionMask): OutlineMask | null {
  const tight = boundsOf(region, inside);
  if (!tight) return null;
  const cut = regionOf({ region, inside }, tight).inside;
  const runs: number[] = [];
  let now = 0;
  let length = 0;
  for (const value of cut) {
    if (value === now) length++;
    else {
      runs.push(length);
      now = value;
      length = 1;
    }
  }
  runs.push(length);
  return { region: tight, runs };
}

/** @throws RangeError where the runs do not fill the region, or the region is none */
export function decodeMask({ region, runs }: OutlineMask): RegionMask {
  const dims = regionDims(region);
  if (!region.every(Number.isInteger) || dims.some((n) => n < 1)) throw new RangeError('no region');
  const inside = new Uint8Array(dims[0] * dims[1] * dims[2]);
  let at = 0;
  runs.forEach((length, n) => {
    if (n % 2 === 1) inside.fill(1, at, at + length);
    at += length;
  });
  if (at !== inside.length) throw new RangeError('the runs do not fill the region');
  return { region, inside };
}

/** The same voxels over another region; what lies beyond it is lost. */
export function regionOf(mask: RegionMask, region: Box3): RegionMask {
  const from = regionDims(mask.region);
  const dims = regionDims(region);
  const inside = new Uint8Array(dims[0] * dims[1] * dims[2]);
  const [di, dj, dk] = [0, 1, 2].map((a) => region[a]! - mask.region[a]!) as [number, number, number];
  let n = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++, n++) {
        const [x, y, z] = [i + di, j + dj, k + dk];
        if (x < 0 || y < 0 || z < 0 || x >= from[0] || y >= from[1] || z >= from[2]) continue;
        inside[n] = mask.inside[x + from[0] * (y + from[1] * z)]!;
      }
  return { region, inside };
}

/** The region with room of whole voxels on each side, cut to the series. */
export const widened = (region: Box3, by: Vec3, dims: Vec3): Box3 =>
  region.map((v, n) =>
    n < 3 ? Math.max(0, v - by[n]!) : Math.min(dims[n - 3]!, v + by[n - 3]!),
  ) as unknown as Box3;

function boundsOf(region: Box3, inside: Uint8Array): Box3 | null {
  const [ni, nj] = regionDims(region);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let n = 0; n < inside.length; n++) {
    if (!inside[n]) continue;
    const k = Math.floor(n / (ni * nj));
    const j = Math.floor(n / ni) % nj;
    [n % ni, j, k].forEach((v, a) => {
      low[a] = Math.min(low[a]!, v);
      high[a] = Math.max(high[a]!, v + 1);
    });
  }
  if (low[0] === Infinity) return null;
  return [...low, ...high].map((v, n) => v + region[n % 3]!) as unknown as Box3;
}
