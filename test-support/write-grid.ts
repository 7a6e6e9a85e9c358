import { writeFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { add, scale, type Vec3 } from '../src-main/core/geometry/vec3';
import type { Volume } from '../src-main/core/volume/volume';

/** Writers of NIfTI, NRRD and MetaImage that share no code with the readers. Voxels are written as int16. */
const columnsOf = (v: Volume): readonly [Vec3, Vec3, Vec3] =>
  v.direction.map((d, a) => scale(d, v.spacing[a]!)) as unknown as [Vec3, Vec3, Vec3];

const int16Bytes = (v: Volume): Buffer => {
  const values = Int16Array.from(v.data);
  return Buffer.from(values.buffer);
};

/** The same voxels in another order and direction: new axis a runs along old axis `axis[a]`, backwards where `flip[a]`. */
export function permuteVolume(v: Volume, axis: readonly number[], flip: readonly boolean[]): Volume {
  const dims = axis.map((a) => v.dims[a]!) as unknown as Vec3;
  let origin = v.origin;
  axis.forEach((a, n) => {
    if (flip[n]) origin = add(origin, scale(v.direction[a]!, v.spacing[a]! * (v.dims[a]! - 1)));
  });
  const data = new Int16Array(v.data.length);
  const old = [0, 0, 0];
  let to = 0;
  for (let k = 0; k < dims[2]; k++) {
    for (let j = 0; j < dims[1]; j++) {
      for (let i = 0; i < dims[0]; i++) {
        [i, j, k].forEach((p, n) => (old[axis[n]!] = flip[n] ? dims[n]! - 1 - p : p));
        data[to++] = v.data[old[0]! + v.dims[0] * (old[1]! + v.dims[1] * old[2]!)]!;
      }
    }
  }
  return {
    dims,
    origin,
    spacing: axis.map((a) => v.spacing[a]!) as unknown as Vec3,
    direction: axis.map((a, n) => scale(v.direction[a]!, flip[n] ? -1 : 1)) as unknown as Volume['direction'],
    data,
    modality: v.modality,
  };
}

export interface NiftiOptions {
  version?: 1 | 2;
  gzip?: boolean;
  /** Changes header bytes before they are written. */
  edit?: (header: Buffer) => void;
}

/** NIfTI bytes with an sform; RAS, so x and y change sign. */
export function niftiBytes(v: Volume, { version = 1, gzip = false, edit }: NiftiOptions = {}): Buffer {
  const two = version === 2;
  const h = Buffer.alloc(two ? 544 : 352);
  h.writeInt32LE(two ? 540 : 348, 0);
  h.write(two ? 'n+2\0\r\n\x1a\n' : 'n+1\0', two ? 4 : 344, 'latin1');
  const dim = [3, ...v.dims, 1, 1, 1, 1];
  const pixdim = [1, ...v.spacing, 1, 1, 1, 1];
  dim.forEach((d, n) => (two ? h.writeBigInt64LE(BigInt(d), 16 + 8 * n) : h.writeInt16LE(d, 40 + 2 * n)));
  pixdim.forEach((p, n) => (two ? h.writeDoubleLE(p, 104 + 8 * n) : h.writeFloatLE(p, 76 + 4 * n)));
  h.writeInt16LE(4, two ? 12 : 70);
  h.writeInt16LE(16, two ? 14 : 72);
  if (two) h.writeBigInt64LE(544n, 168);
  else h.writeFloatLE(352, 108);
  if (two) h.writeInt32LE(2, 500);
  else h[123] = 2;
  if (two) h.writeInt32LE(1, 348);
  else h.writeInt16LE(1, 254);
  const columns = [...columnsOf(v), v.origin];
  for (let row = 0; row < 3; row++) {
    columns.forEach((c, n) => {
      const value = c[row]! * (row < 2 ? -1 : 1);
      if (two) h.writeDoubleLE(value, 400 + 32 * row + 8 * n);
      else h.writeFloatLE(value, 280 + 16 * row + 4 * n);
    });
  }
  edit?.(h);
  const bytes = Buffer.concat([h, int16Bytes(v)]);
  return gzip ? gzipSync(bytes) : bytes;
}

export interface NrrdOptions {
  space?: 'left-posterior-superior' | 'right-anterior-superior';
  gzip?: boolean;
  /** Changes header lines before they are written. */
  edit?: (lines: string[]) => string[];
}

export function nrrdBytes(
  v: Volume,
  { space = 'left-posterior-superior', gzip = true, edit }: NrrdOptions = {},
): Buffer {
  const sign = space === 'left-posterior-superior' ? [1, 1, 1] : [-1, -1, 1];
  const vector = (c: Vec3): string => `(${c.map((x, n) => x * sign[n]!).join(',')})`;
  const lines = [
    'NRRD0004',
    'type: short',
    'dimension: 3',
    `space: ${space}`,
    `sizes: ${v.dims.join(' ')}`,
    `space directions: ${columnsOf(v).map(vector).join(' ')}`,
    'endian: little',
    `encoding: ${gzip ? 'gzip' : 'raw'}`,
    `space origin: ${vector(v.origin)}`,
  ];
  const head = Buffer.from(`${(edit?.(lines) ?? lines).join('\n')}\n\n`);
  return Buffer.concat([head, gzip ? gzipSync(int16Bytes(v)) : int16Bytes(v)]);
}

export function writeNifti(file: string, v: Volume, options?: NiftiOptions): string {
  writeFileSync(file, niftiBytes(v, { gzip: file.endsWith('.gz'), ...options }));
  return file;
}

export function writeNrrd(file: string, v: Volume, options?: NrrdOptions): string {
  writeFileSync(file, nrrdBytes(v, options));
  return file;
}

export interface MetaImageOptions {
  compressed?: boolean;
  /** Name of the file with the voxels; left out: they follow the header. */
  dataFile?: string;
  /** Changes header lines before they are written. */
  edit?: (lines: string[]) => string[];
}

/** A MetaImage header; `.mha` bytes where the voxels follow it. */
export function metaImageBytes(
  v: Volume,
  { compressed = true, dataFile, edit }: MetaImageOptions = {},
): Buffer {
  const lines = [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    `CompressedData = ${compressed ? 'True' : 'False'}`,
    `TransformMatrix = ${v.direction.flat().join(' ')}`,
    `Offset = ${v.origin.join(' ')}`,
    `ElementSpacing = ${v.spacing.join(' ')}`,
    `DimSize = ${v.dims.join(' ')}`,
    'ElementType = MET_SHORT',
    `ElementDataFile = ${dataFile ?? 'LOCAL'}`,
  ];
  const head = Buffer.from(`${(edit?.(lines) ?? lines).join('\n')}\n`);
  return dataFile === undefined ? Buffer.concat([head, voxelBytes(v, compressed)]) : head;
}

/** The voxels of a MetaImage's own file. */
export const voxelBytes = (v: Volume, compressed: boolean): Buffer =>
  compressed ? deflateSync(int16Bytes(v)) : int16Bytes(v);

export function writeMetaImage(file: string, v: Volume, options?: MetaImageOptions): string {
  writeFileSync(file, metaImageBytes(v, options));
  return file;
}
