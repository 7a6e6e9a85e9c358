import type { VoxelType } from '../study/entities';
import type { VoxelArray } from './volume';

/** Raw voxels (as the engine sends them) as numbers; machines this runs on are little-endian, as the bytes are. */
export function voxelsOf(data: ArrayBuffer | SharedArrayBuffer, type: VoxelType): VoxelArray {
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
