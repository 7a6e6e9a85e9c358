import { readFile } from 'node:fs/promises';
import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeGeometry } from '../../core/volume/volume';
import { geometryFromColumns, isSheared } from '../acquired-plane';
import { malformed } from '../errors';
import { toGridFile, type GridFile } from '../grid-file';
import { expandPrefix, refuseBomb } from '../gunzip';
import { decodeVoxels, fileTypeBytes } from '../raw-voxels';
import { sha256 } from '../uid';
import { parseNrrdHeader, type NrrdHeader } from './header';

/**
 * Reads an attached-header NRRD, raw or gzip.
 *
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field.
 */
export async function readNrrd(file: string): Promise<GridFile> {
  const bytes = await readFile(file);
  const header = parseNrrdHeader(file, bytes);
  const { geometry, warnings } = placeNrrd(file, header);
  const size = header.dims[0] * header.dims[1] * header.dims[2] * fileTypeBytes[header.type];
  const body = bytes.subarray(header.dataOffset);
  const skip = Math.max(0, header.byteSkip);
  let voxels: Uint8Array;
  if (header.encoding === 'gzip') {
    refuseBomb(file, 'sizes', body.length, size + skip);
    voxels = (await expandPrefix(file, body, size + skip)).subarray(skip);
  } else {
    // A skip of -1 means: the voxels are the last bytes of the file.
    voxels = header.byteSkip === -1 ? body.subarray(Math.max(0, body.length - size)) : body.subarray(skip);
  }
  if (voxels.length < size) {
    throw malformed(
      file,
      'sizes',
      `the header promises ${size} bytes of voxels, the file holds ${voxels.length}`,
    );
  }
  return toGridFile(geometry, decodeVoxels(voxels.subarray(0, size), header.type, header.littleEndian), {
    warnings,
    description: header.content,
    contentHash: sha256(bytes),
  });
}

/** Where the voxels lie, in LPS mm. */
export function placeNrrd(
  file: string,
  header: NrrdHeader,
): { geometry: VolumeGeometry; warnings: string[] } {
  const warnings: string[] = [];
  const signs = header.toLps ?? [1, 1, 1];
  const toLps = (v: Vec3): Vec3 => [v[0] * signs[0], v[1] * signs[1], v[2] * signs[2]];
  const spacing = (a: number): number => Math.abs(header.spacings?.[a] ?? 1);
  const columns: readonly [Vec3, Vec3, Vec3] = header.directions ?? [
    [spacing(0), 0, 0],
    [0, spacing(1), 0],
    [0, 0, spacing(2)],
  ];
  if (!header.directions || !header.toLps) {
    warnings.push(
      'The file does not say how the patient lay (no space directions): left and right may be swapped.',
    );
  }
  if (!header.directions && !header.spacings) {
    warnings.push('The file gives no voxel size: 1 mm is assumed, measurements are not reliable.');
  }
  const lps = columns.map(toLps) as unknown as [Vec3, Vec3, Vec3];
  const geometry = geometryFromColumns(header.dims, lps, toLps(header.origin));
  if (!geometry) {
    throw malformed(file, header.directions ? 'space directions' : 'spacings', 'the axes span no space');
  }
  if (isSheared(geometry)) warnings.push('The voxel axes are not at right angles (sheared volume).');
  return { geometry, warnings };
}
