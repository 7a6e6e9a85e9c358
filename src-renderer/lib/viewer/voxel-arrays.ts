import type { VoxelType } from '../../../src-main/core/study/entities';
import type { VoxelArray } from '../../../src-main/core/volume/volume';

/** A view of raw little-endian voxels as main sends them. */
export function voxelView(type: VoxelType, data: ArrayBuffer): VoxelArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(data);
    case 'int16':
      return new Int16Array(data);
    case 'uint16':
      return new Uint16Array(data);
    case 'int32':
      return new Int32Array(data);
    case 'float32':
      return new Float32Array(data);
  }
}

export type TextureArray = Uint8Array | Int16Array | Uint16Array | Float32Array;

/** Memory for a volume on the graphics card; it has no 32-bit integer texture that can be filtered, so those become float. */
export function textureArray(type: VoxelType, length: number): TextureArray {
  switch (type) {
    case 'uint8':
      return new Uint8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'uint16':
      return new Uint16Array(length);
    case 'int32':
    case 'float32':
      return new Float32Array(length);
  }
}
