import { scale } from '../../core/geometry/vec3';
import type { VolumeGeometry } from '../../core/volume/volume';
import { geometryFromColumns, isSheared } from '../acquired-plane';
import { besideHeader } from '../beside';
import { malformed } from '../errors';
import { chooseVolume, toGridFile, withSource, type GridFile } from '../grid-file';
import { maxTextHeaderBytes } from '../limits';
import { decodeVoxels, fileTypeBytes } from '../raw-voxels';
import { readVoxelBytes } from '../voxel-bytes';
import { parseMetaImageHeader, type MetaImageHeader } from './header';

/**
 * Reads a `.mha`, or a `.mhd` with its voxels in another file beside it; raw or zlib.
 *
 * @param wanted of a file that holds several volumes, from 0.
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field; request.invalid where
 *   there is no such volume.
 */
export async function readMetaImage(file: string, wanted = 0): Promise<GridFile> {
  const head = await withSource(file, (source) =>
    source.read(0, Math.min(source.size, maxTextHeaderBytes), 'header'),
  );
  const header = parseMetaImageHeader(file, head);
  const { geometry, warnings } = placeMetaImage(file, header);
  const volume = chooseVolume(file, 'DimSize', header.volumes, wanted);
  const { dataFile: named } = header;
  const dataFile = named === null ? file : await besideHeader(file, 'ElementDataFile', named);
  const size = header.dims[0] * header.dims[1] * header.dims[2] * fileTypeBytes[header.type];
  const bytes = await withSource(dataFile, (source) => {
    const begin = dataFile === file ? header.dataOffset : 0;
    if (header.headerSize === -1 && header.compressed) {
      throw malformed(file, 'HeaderSize', 'a header size of -1 before compressed voxels');
    }
    // -1: the voxels are the last bytes of the file. HeaderSize counts bytes of the data file, before any packing.
    const start =
      header.headerSize === -1
        ? Math.max(begin, source.size - size * header.volumes)
        : begin + (dataFile === file ? 0 : header.headerSize);
    const from = (volume?.index ?? 0) * size;
    return readVoxelBytes({
      source,
      start,
      packing: header.compressed ? 'zlib' : 'raw',
      from,
      size,
      field: 'DimSize',
    });
  });
  return toGridFile(geometry, decodeVoxels(bytes, header.type, header.littleEndian), {
    warnings,
    description: header.comment,
    files: dataFile === file ? [file] : [file, dataFile],
    volume,
  });
}

/** Where the voxels lie: MetaImage's world is LPS, in mm. */
function placeMetaImage(
  file: string,
  header: MetaImageHeader,
): { geometry: VolumeGeometry; warnings: string[] } {
  const warnings: string[] = [];
  const spacing = header.spacing ?? [1, 1, 1];
  const axes =
    header.directions ??
    ([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const);
  if (!header.directions) {
    warnings.push(
      'The file does not say how the patient lay (no TransformMatrix): left and right may be swapped.',
    );
  }
  if (!header.spacing) {
    warnings.push('The file gives no voxel size: 1 mm is assumed, measurements are not reliable.');
  }
  const columns = [0, 1, 2].map((a) => scale(axes[a]!, spacing[a]!));
  const geometry = geometryFromColumns(
    header.dims,
    columns as unknown as Parameters<typeof geometryFromColumns>[1],
    header.origin,
  );
  if (!geometry) throw malformed(file, 'TransformMatrix', 'the axes span no space');
  if (isSheared(geometry)) warnings.push('The voxel axes are not at right angles (sheared volume).');
  return { geometry, warnings };
}
