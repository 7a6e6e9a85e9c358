import type { Vec3 } from '../../core/geometry/vec3';
import type { VolumeGeometry } from '../../core/volume/volume';
import { geometryFromColumns, isSheared } from '../acquired-plane';
import { besideHeader } from '../beside';
import type { ByteSource } from '../dicom/byte-source';
import { malformed } from '../errors';
import { chooseVolume, toGridFile, withSource, type GridFile } from '../grid-file';
import { maxTextHeaderBytes } from '../limits';
import { decodeVoxels, fileTypeBytes } from '../raw-voxels';
import { everyNth, readVoxelBytes, type VoxelPlace } from '../voxel-bytes';
import { parseNrrdHeader, type NrrdHeader } from './header';

/**
 * Reads an NRRD, raw or gzip, its voxels in the file or in another one beside it.
 *
 * @param wanted of a file that holds several volumes, from 0.
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field; request.invalid where
 *   there is no such volume.
 */
export async function readNrrd(file: string, wanted = 0): Promise<GridFile> {
  const { header, dataFile } = await openNrrd(file);
  const { geometry, warnings } = placeNrrd(file, header);
  const volume = chooseVolume(file, 'sizes', header.volumes, wanted);
  const width = fileTypeBytes[header.type];
  const size = header.dims[0] * header.dims[1] * header.dims[2] * width;
  const index = volume?.index ?? 0;
  const span = header.interleaved ? size * header.volumes : size;
  const bytes = await withSource(dataFile, (source) => {
    const all = nrrdVoxels(file, source, header);
    const before = header.interleaved ? 0 : index * size;
    return readVoxelBytes({ ...all, from: all.from + before, size: span });
  });
  const one = header.interleaved ? everyNth(bytes, width, header.volumes, index) : bytes;
  return toGridFile(geometry, decodeVoxels(one, header.type, header.littleEndian), {
    warnings,
    description: header.content,
    files: dataFile === file ? [file] : [file, dataFile],
    volume,
  });
}

/** The checked header, and the file that holds the voxels. */
export async function openNrrd(file: string): Promise<{ header: NrrdHeader; dataFile: string }> {
  const head = await withSource(file, (source) =>
    source.read(0, Math.min(source.size, maxTextHeaderBytes), 'header'),
  );
  const header = parseNrrdHeader(file, head);
  const { dataFile } = header;
  return { header, dataFile: dataFile === null ? file : await besideHeader(file, 'data file', dataFile) };
}

/** Where all voxels of the data file lie. @throws AppError file.malformed */
export function nrrdVoxels(file: string, source: ByteSource, header: NrrdHeader): VoxelPlace {
  const { dims, volumes, type, byteSkip, encoding } = header;
  const start = header.dataFile === null ? header.dataOffset : 0;
  const size = dims[0] * dims[1] * dims[2] * fileTypeBytes[type] * volumes;
  // A skip of -1 means: the voxels are the last bytes of the file, of which only raw ones can be counted.
  if (byteSkip === -1 && encoding !== 'raw')
    throw malformed(file, 'byte skip', 'a skip of -1 before compressed voxels');
  const from = byteSkip === -1 ? Math.max(0, source.size - start - size) : byteSkip;
  return { source, start, packing: encoding, from, size, field: 'sizes' };
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
  const { spacings } = header;
  if (header.directions && spacings) {
    const differ = geometry.spacing.some((s, a) => !(Math.abs(s - (spacings[a] ?? NaN)) <= 0.02 * s));
    if (differ)
      warnings.push('The spacings and the space directions disagree; the space directions are used.');
  }
  if (isSheared(geometry)) warnings.push('The voxel axes are not at right angles (sheared volume).');
  return { geometry, warnings };
}
