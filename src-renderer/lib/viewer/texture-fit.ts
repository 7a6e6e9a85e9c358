import type { VolumeLayout } from '../../../src-main/core/study/entities';

/** How Cornerstone keeps voxels: 16 bits as they are where the card can filter them, else as 32-bit floats. */
export type TextureKind = 'bytes' | 'norm16' | 'floats';

export interface Card {
  /** MAX_3D_TEXTURE_SIZE. */
  readonly maxSide: number;
  /** 16-bit textures that are linear between voxels. */
  readonly norm16: boolean;
  /** Asks the card for the memory of a texture, and gives it back. */
  takes(dims: readonly number[], kind: TextureKind): boolean;
}

/** Drivers end at a gigabyte or two, and some with the process: 1.0 GiB was the most here (docs/benchmarks.md). */
const maxTextureBytes = 2 ** 30;
/** Any card takes that: asking costs a moment. */
const askedAbove = 2 ** 28;
const bytesOf: Readonly<Record<TextureKind, number>> = { bytes: 1, norm16: 2, floats: 4 };

/** Whether a volume can be one 3D texture of the card. */
export function textureFits({ geometry, voxelType }: VolumeLayout, card: Card): boolean {
  const { dims } = geometry;
  const kind =
    voxelType === 'uint8' ? 'bytes' : voxelType.endsWith('int16') && card.norm16 ? 'norm16' : 'floats';
  const bytes = dims[0] * dims[1] * dims[2] * bytesOf[kind];
  if (Math.max(...dims) > card.maxSide || bytes >= maxTextureBytes) return false;
  return bytes <= askedAbove || card.takes(dims, kind);
}
