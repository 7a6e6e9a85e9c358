import { basename } from 'node:path';
import { besideHeader, namesBeside } from '../beside';
import type { ByteSource } from '../dicom/byte-source';
import { malformed } from '../errors';
import { chooseVolume, toGridFile, withSource, type GridFile } from '../grid-file';
import { expandPrefix, isGzip } from '../gunzip';
import { decodeVoxels, fileTypeBytes } from '../raw-voxels';
import { readVoxelBytes, type VoxelPlace } from '../voxel-bytes';
import { niftiHeaderBytes, parseNiftiHeader, type NiftiHeader } from './header';
import { placeNifti } from './geometry';

/**
 * Reads a `.nii`, `.nii.gz`, or a `.hdr` with its `.img` (either may be gzipped). The header is expanded and checked
 * first; then exactly the bytes of the wanted volume are read.
 *
 * @param wanted of a file that holds several volumes, from 0.
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field; request.invalid where
 *   there is no such volume.
 */
export async function readNifti(file: string, wanted = 0): Promise<GridFile> {
  const { header, dataFile } = await openNifti(file);
  const placed = placeNifti(file, header);
  const volume = chooseVolume(file, 'dim', header.volumes, wanted);
  const size = header.dims[0] * header.dims[1] * header.dims[2] * fileTypeBytes[header.type];
  const bytes = await withSource(dataFile, async (source) =>
    readVoxelBytes({
      ...(await niftiVoxels(source, header)),
      from: header.voxOffset + (volume?.index ?? 0) * size,
      size,
      field: 'dim',
    }),
  );
  const voxels = decodeVoxels(bytes, header.type, header.littleEndian, header.slope, header.intercept);
  return toGridFile(placed.geometry, voxels, {
    warnings: placed.warnings,
    description: header.description.trim(),
    files: dataFile === file ? [file] : [file, dataFile],
    volume,
  });
}

/** The checked header, its bytes (expanded, 544 or what there is), and the file that holds the voxels. */
export async function openNifti(
  file: string,
): Promise<{ header: NiftiHeader; head: Uint8Array; dataFile: string }> {
  const head = await withSource(file, headOf);
  const header = parseNiftiHeader(file, head);
  return { header, head, dataFile: header.singleFile ? file : await imageBeside(file) };
}

/** Where all voxels of the data file lie, one volume after the other. */
export async function niftiVoxels(
  source: ByteSource,
  { voxOffset }: NiftiHeader,
): Promise<Pick<VoxelPlace, 'source' | 'start' | 'packing' | 'from'>> {
  const packing = isGzip(await firstBytes(source)) ? 'gzip' : 'raw';
  return { source, start: 0, packing, from: voxOffset };
}

const firstBytes = (source: ByteSource): Promise<Buffer> =>
  source.read(0, Math.min(source.size, 4096), 'header');

async function headOf(source: ByteSource): Promise<Uint8Array> {
  const first = await firstBytes(source);
  return isGzip(first)
    ? expandPrefix(source.file, first, niftiHeaderBytes)
    : first.subarray(0, niftiHeaderBytes);
}

/** `x.img` or `x.img.gz` for `x.hdr`, whatever the case of the ending. */
async function imageBeside(header: string): Promise<string> {
  const stem = basename(header).replace(/\.hdr(\.gz)?$/i, '');
  const names = await namesBeside(header);
  const found = ['.img', '.img.gz']
    .map((end) =>
      names.find((name) => name.startsWith(stem) && name.slice(stem.length).toLowerCase() === end),
    )
    .find((name) => name !== undefined);
  if (found === undefined)
    throw malformed(header, 'magic', `its voxels should be in ${stem}.img, which is not there`);
  return besideHeader(header, 'magic', found);
}
