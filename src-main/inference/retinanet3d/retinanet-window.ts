import { windowStarts } from '../../core/detection/sliding-window';
import type { Vec3 } from '../../core/geometry/vec3';
import { largestTensorBytes, type RetinanetArchitecture } from './retinanet-architecture';

/** One array of 1 GiB ends an Electron process (docs/architecture.md); this leaves room to spare. */
const maxBytes = 0.98 * 2 ** 30;

/**
 * The window to run with: the one the network was made for, or where that would make too large an array, the one that reads
 * the fewest voxels twice. Sides are never under a quarter of the wanted ones, and windows start where the coarsest level
 * has a location, so that the maps of neighbours lie on each other.
 *
 * @param patch wanted sides x, y, z, voxels
 */
export function chooseWindow(
  a: RetinanetArchitecture,
  patch: Vec3,
  overlap: number,
): [number, number, number] {
  const wanted = patch.map((side, d) => Math.ceil(side / a.sizeDivisible[d]!) * a.sizeDivisible[d]!) as [
    number,
    number,
    number,
  ];
  if (largestTensorBytes(a, wanted) < maxBytes) return wanted;
  // A scan is as wide as the window and longer.
  const volume: Vec3 = [wanted[0], wanted[1], 2 * wanted[2]];
  const [xs, ys, zs] = wanted.map((side, d) => candidates(side, a.sizeDivisible[d]!, overlap)) as [
    number[],
    number[],
    number[],
  ];
  let best: { size: [number, number, number]; cost: number } | null = null;
  for (const x of xs)
    for (const y of ys)
      for (const z of zs) {
        if (largestTensorBytes(a, [x, y, z]) >= maxBytes) continue;
        const windows = [x, y, z].reduce(
          (n, side, d) => n * windowStarts(volume[d]!, side, overlap).length,
          1,
        );
        const cost = windows * x * y * z;
        if (!best || cost < best.cost) best = { size: [x, y, z], cost };
      }
  return best?.size ?? (wanted.map((_, d) => a.sizeDivisible[d]!) as [number, number, number]);
}

function candidates(side: number, divisor: number, overlap: number): number[] {
  const out: number[] = [];
  for (let s = side; s >= Math.max(divisor, side / 4); s -= divisor)
    if (s === side || Math.trunc(s * (1 - overlap)) % divisor === 0) out.push(s);
  return out;
}
