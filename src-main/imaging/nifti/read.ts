import { readFile } from 'node:fs/promises';
import { toGridFile, type GridFile } from '../grid-file';
import { malformed, unsupported } from '../errors';
import { expandPrefix, isGzip, refuseBomb } from '../gunzip';
import { decodeVoxels, fileTypeBytes } from '../raw-voxels';
import { sha256 } from '../uid';
import { niftiHeaderBytes, parseNiftiHeader } from './header';
import { placeNifti } from './geometry';

/**
 * Reads a `.nii` or `.nii.gz`. The header is expanded and checked first; then exactly as many bytes
 * as it declares.
 *
 * @throws AppError file.malformed | file.unsupported | file.too-large naming file and field.
 */
export async function readNifti(file: string): Promise<GridFile> {
  const bytes = await readFile(file);
  const packed = isGzip(bytes);
  const head = packed
    ? await expandPrefix(file, bytes, niftiHeaderBytes)
    : bytes.subarray(0, niftiHeaderBytes);
  const header = parseNiftiHeader(file, head);
  if (!header.singleFile) throw unsupported(file, 'magic', 'header and voxels are in two files (.hdr/.img)');
  const placed = placeNifti(file, header);

  const count = header.dims[0] * header.dims[1] * header.dims[2];
  const end = header.voxOffset + count * fileTypeBytes[header.type];
  if (packed) refuseBomb(file, 'dim', bytes.length, end);
  const whole = packed ? await expandPrefix(file, bytes, end) : bytes;
  if (whole.length < end) {
    throw malformed(file, 'dim', `the header promises ${end} bytes, the file holds ${whole.length}`);
  }
  const voxels = decodeVoxels(
    whole.subarray(header.voxOffset, end),
    header.type,
    header.littleEndian,
    header.slope,
    header.intercept,
  );
  const warnings = [...placed.warnings];
  if (header.volumes > 1) warnings.push(`The file holds ${header.volumes} volumes; the first is shown.`);
  return toGridFile(placed.geometry, voxels, {
    warnings,
    description: header.description.trim(),
    contentHash: sha256(bytes),
  });
}
