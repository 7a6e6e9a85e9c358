import type { Vec3 } from '../geometry/vec3';
import { quantileOf } from './block';

/**
 * How much of each voxel the lesion fills: 1 inside, 0 outside, and at its border by how far the voxel's value lies
 * between the lesion's and that of what is around it (partial volume). A voxel of the mask counts at least half, another
 * at most half, so that the half-way surface is the mask's own where values say nothing.
 *
 * Shape shorthand: [K, J, I] flat, i fastest
 */
export function fractions(inside: Uint8Array, values: Float32Array, dims: Vec3, flat: boolean): Float32Array {
  const strides = [1, dims[0], dims[0] * dims[1]];
  const axes = flat ? [0, 1] : [0, 1, 2];
  const neighbours = (n: number): number[] =>
    axes.flatMap((a) => {
      const at = Math.floor(n / strides[a]!) % dims[a]!;
      return [...(at > 0 ? [n - strides[a]!] : []), ...(at < dims[a]! - 1 ? [n + strides[a]!] : [])];
    });
  const border = new Uint8Array(inside.length);
  const deep: number[] = [];
  const rim: number[] = [];
  const beside = new Set<number>();
  inside.forEach((v, n) => {
    if (!v) return;
    const around = neighbours(n);
    const outer = around.filter((m) => !inside[m]);
    if (outer.length === 0) deep.push(values[n]!);
    else {
      rim.push(values[n]!);
      border[n] = 1;
      for (const m of outer) {
        border[m] = 1;
        beside.add(m);
      }
    }
  });
  const all = [...deep, ...rim];
  const own = quantileOf(deep.length >= 4 ? [...deep] : all, 0.5);
  // What lies beyond the border voxels. Where a lesion touches denser tissue, the side that it stands out from counts.
  const beyond: number[] = [];
  for (const m of beside)
    for (const o of neighbours(m)) if (!inside[o] && !beside.has(o)) beyond.push(values[o]!);
  const bright = own >= quantileOf([...beyond], 0.5);
  const around = quantileOf(beyond, bright ? 0.3 : 0.7);
  const contrast = own - around;
  const noise = spreadOf(deep, own);
  const tells = Number.isFinite(contrast) && Math.abs(contrast) > 3 * noise && contrast !== 0;
  return Float32Array.from(inside, (v, n) => {
    if (!border[n] || !tells) return v;
    const part = (values[n]! - around) / contrast;
    return v ? Math.min(1, Math.max(0.5, part)) : Math.min(0.49, Math.max(0, part > 0.5 ? 0 : part));
  });
}

/** Robust standard deviation. */
const spreadOf = (values: readonly number[], middle: number): number =>
  values.length < 4
    ? 0
    : 1.4826 *
      quantileOf(
        values.map((v) => Math.abs(v - middle)),
        0.5,
      );
