import type { PixelLayout } from '../study/entities';
import { bytesPerVoxel } from './voxels';

/** What all voxels of a series take in memory, bytes. */
export function layoutBytes(pixels: PixelLayout): number {
  const voxels =
    pixels.kind === 'volume'
      ? pixels.geometry.dims[0] * pixels.geometry.dims[1] * pixels.geometry.dims[2]
      : pixels.width * pixels.height * pixels.channels * pixels.frames;
  return voxels * bytesPerVoxel[pixels.voxelType];
}
