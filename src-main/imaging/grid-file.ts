import { AppError } from '../core/app-error';
import type { ChosenVolume } from '../core/study/entities';
import type { Volume, VolumeGeometry } from '../core/volume/volume';
import { acquiredOrder, reorderGeometry, reorderVoxels } from './acquired-plane';
import { hashSources } from './voxel-bytes';
import type { ByteSource } from './dicom/byte-source';
import { openFileSource } from './open-source';
import type { DecodedVoxels } from './raw-voxels';

/** What a NIfTI, NRRD or MetaImage file holds, in LPS and in the order of its acquired plane. */
export interface GridFile {
  readonly geometry: VolumeGeometry;
  readonly data: Volume['data'];
  readonly valueRange: readonly [number, number];
  readonly warnings: readonly string[];
  readonly description: string;
  /** The file, and where the voxels have one of their own, that one. */
  readonly files: readonly string[];
  /** Which of several volumes (time points, directions, echoes) this is; null where there is one only. */
  readonly volume: ChosenVolume | null;
}

/** Puts decoded voxels in acquired order and adds what the decoding noticed. */
export function toGridFile(
  stored: VolumeGeometry,
  voxels: DecodedVoxels,
  rest: Pick<GridFile, 'warnings' | 'description' | 'files' | 'volume'>,
): GridFile {
  const order = acquiredOrder(stored);
  const warnings = [...rest.warnings];
  if (voxels.notFinite > 0) {
    warnings.push(`${voxels.notFinite} voxels hold no number; they are shown as the lowest value.`);
  }
  const { volume } = rest;
  if (volume) {
    const which = volume.index === 0 ? 'the first' : `number ${volume.index + 1}`;
    warnings.push(`The file holds ${volume.count} volumes; ${which} is shown.`);
  }
  return {
    geometry: reorderGeometry(stored, order),
    data: reorderVoxels(voxels.data, stored.dims, order),
    valueRange: voxels.range,
    warnings,
    description: rest.description,
    files: rest.files,
    volume,
  };
}

/**
 * @returns which volume of a file is read, null where it holds one only: then there is nothing to choose.
 * @throws AppError request.invalid where the file has fewer volumes.
 */
export function chooseVolume(
  file: string,
  field: string,
  count: number,
  wanted: number,
): ChosenVolume | null {
  if (count === 1) return null;
  if (wanted >= count) {
    throw new AppError(
      'request.invalid',
      `It holds ${count} volumes; there is no number ${wanted + 1}.`,
      `Ask for 1 to ${count}.`,
      { file, field },
    );
  }
  return { index: wanted, count };
}

/** Runs `use` on the opened file and closes it. */
export async function withSource<T>(file: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await openFileSource(file);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

/** SHA-256 of the files' bytes, one after the other. */
export async function hashFiles(files: readonly string[]): Promise<string> {
  const sources: ByteSource[] = [];
  try {
    for (const file of files) sources.push(await openFileSource(file));
    return await hashSources(sources);
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}
