import type { Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import type { Block } from './block';

/** A block whose voxels are cubes, so that distances are counted in voxels. */
export interface EvenBlock {
  readonly dims: Vec3;
  /** mm. */
  readonly step: number;
  readonly values: Float32Array;
  /** As {@link Block.box}, in its own voxels. */
  readonly box: Box3;
}

/**
 * One channel of a block on cubes as small as its smallest spacing, by trilinear interpolation.
 *
 * @param mostVoxels so many make the cubes larger
 */
export function evenBlock(block: Block, mostVoxels: number): EvenBlock {
  const { dims, spacing } = block;
  const length = dims.map((n, a) => n * spacing[a]!);
  const step = Math.max(Math.min(...spacing), Math.cbrt((length[0]! * length[1]! * length[2]!) / mostVoxels));
  const even = length.map((mm) => Math.max(1, Math.round(mm / step))) as unknown as Vec3;
  // Voxel n covers n to n + 1: centres are half a voxel in.
  const values = new Float32Array(even[0] * even[1] * even[2]);
  const maps = even.map((n, a) => linear(n, step / spacing[a]!, dims[a]!));
  const [mi, mj, mk] = maps as [Line, Line, Line];
  const [ni, nj] = dims;
  let at = 0;
  for (let k = 0; k < even[2]; k++)
    for (let j = 0; j < even[1]; j++)
      for (let i = 0; i < even[0]; i++) {
        let sum = 0;
        for (let c = 0; c < 8; c++) {
          const [x, y, z] = [c & 1, (c >> 1) & 1, c >> 2];
          const weight =
            (x ? mi.part[i]! : 1 - mi.part[i]!) *
            (y ? mj.part[j]! : 1 - mj.part[j]!) *
            (z ? mk.part[k]! : 1 - mk.part[k]!);
          if (weight === 0) continue;
          const [a, b, d] = [
            x ? mi.high[i]! : mi.low[i]!,
            y ? mj.high[j]! : mj.low[j]!,
            z ? mk.high[k]! : mk.low[k]!,
          ];
          sum += weight * block.values[(a + ni * (b + nj * d)) * block.channels]!;
        }
        values[at++] = sum;
      }
  const box = block.box.map((v, n) => (v * spacing[n % 3]!) / step) as unknown as Box3;
  return { dims: even, step, values, box };
}

interface Line {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Of the high one. */
  readonly part: Float32Array;
}

function linear(count: number, scale: number, size: number): Line {
  const line = { low: new Int32Array(count), high: new Int32Array(count), part: new Float32Array(count) };
  for (let n = 0; n < count; n++) {
    const at = Math.min(Math.max((n + 0.5) * scale - 0.5, 0), size - 1);
    line.low[n] = Math.floor(at);
    line.high[n] = Math.min(size - 1, line.low[n]! + 1);
    line.part[n] = at - line.low[n]!;
  }
  return line;
}

/** A mask on cubes as one on the block's own voxels: the cube that a voxel's centre lies in. */
export function onBlock(mask: Uint8Array, even: EvenBlock, { dims, spacing }: Block): Uint8Array {
  const out = new Uint8Array(dims[0] * dims[1] * dims[2]);
  const index = dims.map((n, a) =>
    Int32Array.from({ length: n }, (_, v) =>
      Math.min(even.dims[a]! - 1, Math.floor(((v + 0.5) * spacing[a]!) / even.step)),
    ),
  );
  let n = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++)
        out[n++] = mask[index[0]![i]! + even.dims[0] * (index[1]![j]! + even.dims[1] * index[2]![k]!)]!;
  return out;
}
