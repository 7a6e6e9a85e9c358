import type { VoxelArray } from './volume';

/** Names of the voxel types, as entities.ts and the contract spell them. */
type VoxelTypeName = 'uint8' | 'int16' | 'uint16' | 'int32' | 'float32';

export const bytesPerVoxel: Readonly<Record<VoxelTypeName, number>> = {
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  float32: 4,
};

const limits: Readonly<Record<Exclude<VoxelTypeName, 'float32'>, readonly [number, number]>> = {
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
};

/** A zeroed array of `length` voxels. */
export function createVoxels(type: VoxelTypeName, length: number): VoxelArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'uint16':
      return new Uint16Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'float32':
      return new Float32Array(length);
  }
}

export function voxelTypeOf(data: VoxelArray): VoxelTypeName {
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int16Array) return 'int16';
  if (data instanceof Uint16Array) return 'uint16';
  if (data instanceof Int32Array) return 'int32';
  return 'float32';
}

/** The narrowest type that holds every integer from `low` to `high`; float32 where `whole` is false or none does. */
export function narrowestType(low: number, high: number, whole: boolean): VoxelTypeName {
  if (whole) {
    for (const type of ['uint8', 'int16', 'uint16', 'int32'] as const) {
      if (low >= limits[type][0] && high <= limits[type][1]) return type;
    }
  }
  return 'float32';
}

/** Smallest and largest finite value; [0, 0] where there is none. */
export function valueRange(data: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    // NaN fails both comparisons; infinities are kept out so that a window made from the range is finite.
    if (value < low && value !== -Infinity) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
