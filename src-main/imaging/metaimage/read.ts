import { scale } from '../../core/geometry/vec3';
import type { VolumeGeometry } from '../../core/volume/volume';
import { geometryFromColumns, isSheared } from '../acquired-plane';
import { besideHeader } from '../beside';
import type { ByteSource } from '../dicom/byte-source';
import { malformed } from '../errors';
import { chooseVolume, toGridFile, withSource, type GridFile } from '../grid-file';
import { maxTextHeaderBytes } from '../limits';
import { decodeVoxels, fileTypeBytes } from '../raw-voxels';
import { readVoxelBytes, type VoxelPlace } from '../voxel-bytes';
import { parseMetaImageHeader, type MetaImageHeader } from './header';

/**
 * Reads a `.mha`, or a `.mhd` with its voxels in another file beside it; raw or zlib.
 *
 * @param wanted of a file that holds several volumes, from 0.
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field; request.invalid where
 *   there is no such volume.
 */
export async function readMetaImage(file: string, wanted = 0): Promise<GridFile> {
  const { header, dataFile } = await openMetaImage(file);
  const { geometry, warnings } = placeMetaImage(file, header);
  const volume = chooseVolume(file, 'DimSize', header.volumes, wanted);
  const size = header.dims[0] * header.dims[1] * header.dims[2] * fileTypeBytes[header.type];
  const bytes = await withSource(dataFile, (source) =>
    readVoxelBytes({
      ...metaImageVoxels(file, source, header),
      from: (volume?.index ?? 0) * size,
      size,
    }),
  );
  return toGridFile(geometry, decodeVoxels(bytes, header.type, header.littleEndian), {
    warnings,
    description: header.comment,
    files: dataFile === file ? [file] : [file, dataFile],
    volume,
  });
}

/** The checked header, and the file that holds the voxels. */
export async function openMetaImage(file: string): Promise<{ header: MetaImageHeader; dataFile: string }> {
  const head = await withSource(file, (source) =>
    source.read(0, Math.min(source.size, maxTextHeaderBytes), 'header'),
  );
  const header = parseMetaImageHeader(file, head);
  const { dataFile } = header;
  return {
    header,
    dataFile: dataFile === null ? file : await besideHeader(file, 'ElementDataFile', dataFile),
  };
}

/** Where all voxels of the data file lie, one volume after the other. @throws AppError file.malformed */
export function metaImageVoxels(file: string, source: ByteSource, header: MetaImageHeader): VoxelPlace {
  const { dims, volumes, type, compressed, headerSize, dataFile } = header;
  const begin = dataFile === null ? header.dataOffset : 0;
  const size = dims[0] * dims[1] * dims[2] * fileTypeBytes[type] * volumes;
  if (headerSize === -1 && compressed) {
    throw malformed(file, 'HeaderSize', 'a header size of -1 before compressed voxels');
  }
  // -1: the voxels are the last bytes of the file. HeaderSize counts bytes of the data file, before any packing.
  const start =
    headerSize === -1 ? Math.max(begin, source.size - size) : begin + (dataFile === null ? 0 : headerSize);
  return { source, start, packing: compressed ? 'zlib' : 'raw', from: 0, size, field: 'DimSize' };
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
