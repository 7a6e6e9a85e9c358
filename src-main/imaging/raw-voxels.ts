import type { VoxelArray } from '../core/volume/volume';
import { createVoxels, narrowestType, valueRange } from '../core/volume/voxels';

/** How voxels lie in a file. */
export type FileType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

export const fileTypeBytes: Readonly<Record<FileType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

const arrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export interface DecodedVoxels {
  readonly data: VoxelArray;
  readonly range: readonly [number, number];
  /** Voxels that were NaN or infinite; they now hold the smallest finite value. */
  readonly notFinite: number;
}

/**
 * Bytes of a file -> voxels after `value * slope + intercept`, in the narrowest type that holds them
 * exactly (float32 where the scaling has a fraction). `bytes` must hold whole voxels. It is used up: swapped and
 * kept where that saves a copy.
 */
export function decodeVoxels(
  bytes: Uint8Array,
  type: FileType,
  littleEndian: boolean,
  slope = 1,
  intercept = 0,
): DecodedVoxels {
  const size = fileTypeBytes[type];
  const count = Math.floor(bytes.length / size);
  // Typed arrays need alignment; what readVoxelBytes gives has it.
  const own = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  const { byteOffset } = own;
  const buffer = own.buffer as ArrayBuffer;
  if (!littleEndian && size > 1) swap(Buffer.from(buffer, byteOffset, count * size), size);
  const stored = new arrays[type](buffer, byteOffset, count);

  const [low, high] = valueRange(stored);
  const scaled = (value: number): number => value * slope + intercept;
  const range: [number, number] = slope >= 0 ? [scaled(low), scaled(high)] : [scaled(high), scaled(low)];
  const whole = !type.startsWith('float') && Number.isInteger(slope) && Number.isInteger(intercept);
  const target = narrowestType(range[0], range[1], whole);

  const identity = slope === 1 && intercept === 0;
  const same =
    (target === 'uint8' && stored instanceof Uint8Array) ||
    (target === 'int16' && stored instanceof Int16Array) ||
    (target === 'uint16' && stored instanceof Uint16Array) ||
    (target === 'int32' && stored instanceof Int32Array) ||
    (target === 'float32' && stored instanceof Float32Array);
  const data = identity && same ? (stored as VoxelArray) : createVoxels(target, count);
  let notFinite = 0;
  if (data !== stored || target === 'float32') {
    for (let n = 0; n < count; n++) {
      const value = scaled(stored[n]!);
      if (Number.isFinite(value)) {
        data[n] = value;
      } else {
        data[n] = range[0];
        notFinite++;
      }
    }
  }
  return {
    data,
    range: target === 'float32' ? [Math.fround(range[0]), Math.fround(range[1])] : range,
    notFinite,
  };
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
}
