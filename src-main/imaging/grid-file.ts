import type { Volume, VolumeGeometry } from '../core/volume/volume';
import { acquiredOrder, reorderGeometry, reorderVoxels } from './acquired-plane';
import type { DecodedVoxels } from './raw-voxels';

/** What a NIfTI or NRRD file holds, in LPS and in the order of its acquired plane. */
export interface GridFile {
  readonly geometry: VolumeGeometry;
  readonly data: Volume['data'];
  readonly valueRange: readonly [number, number];
  readonly warnings: readonly string[];
  readonly description: string;
  /** SHA-256 of the file's bytes. */
  readonly contentHash: string;
}

/** Puts decoded voxels in acquired order and adds what the decoding noticed. */
export function toGridFile(
  stored: VolumeGeometry,
  voxels: DecodedVoxels,
  rest: Pick<GridFile, 'warnings' | 'description' | 'contentHash'>,
): GridFile {
  const order = acquiredOrder(stored);
  const warnings = [...rest.warnings];
  if (voxels.notFinite > 0) {
    warnings.push(`${voxels.notFinite} voxels hold no number; they are shown as the lowest value.`);
  }
  return {
    geometry: reorderGeometry(stored, order),
    data: reorderVoxels(voxels.data, stored.dims, order),
    valueRange: voxels.range,
    warnings,
    description: rest.description,
    contentHash: rest.contentHash,
  };
}
