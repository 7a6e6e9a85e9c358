import type { Vec3 } from '../../core/geometry/vec3';
import { malformed, tooLarge, unsupported } from '../errors';
import { maxAxis, maxNrrdHeaderBytes, maxVolumeBytes } from '../limits';
import { fileTypeBytes, type FileType } from '../raw-voxels';

/** The fields of an NRRD header that place voxels (teem.sourceforge.net/nrrd/format.html). */
export interface NrrdHeader {
  readonly type: FileType;
  readonly dims: readonly [number, number, number];
  readonly encoding: 'raw' | 'gzip';
  readonly littleEndian: boolean;
  /** Factors that turn the file's space axes into LPS; null where the file names no space. */
  readonly toLps: Vec3 | null;
  /** Columns in the file's space, null where missing. */
  readonly directions: readonly [Vec3, Vec3, Vec3] | null;
  readonly spacings: readonly number[] | null;
  readonly origin: Vec3;
  readonly hasOrigin: boolean;
  readonly content: string;
  /** Where the voxels start in this file. */
  readonly dataOffset: number;
  readonly byteSkip: number;
}

const types: Readonly<Record<string, FileType>> = {};
const name = (type: FileType, ...spellings: string[]): void => {
  for (const s of spellings) (types as Record<string, FileType>)[s] = type;
};
name('int8', 'signed char', 'int8', 'int8_t');
name('uint8', 'uchar', 'unsigned char', 'uint8', 'uint8_t');
name('int16', 'short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t');
name('uint16', 'ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t');
name('int32', 'int', 'signed int', 'int32', 'int32_t');
name('uint32', 'uint', 'unsigned int', 'uint32', 'uint32_t');
name('float32', 'float');
name('float64', 'double');

/** Space names -> signs to LPS. Left-posterior-superior itself is ITK's and DICOM's. */
const spaces: Readonly<Record<string, Vec3>> = {
  'left-posterior-superior': [1, 1, 1],
  lps: [1, 1, 1],
  'right-anterior-superior': [-1, -1, 1],
  ras: [-1, -1, 1],
  'left-anterior-superior': [1, -1, 1],
  las: [1, -1, 1],
  'scanner-xyz': [1, 1, 1],
};

export function isNrrd(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 7)).toString('latin1') === 'NRRD000';
}

/**
 * @param bytes from the start of the file, at least the whole text header.
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the field.
 */
export function parseNrrdHeader(file: string, bytes: Uint8Array): NrrdHeader {
  const { fields, end } = splitHeader(file, bytes);
  const field = (...names: string[]): string | undefined =>
    names.map((n) => fields.get(n)).find((v) => v !== undefined);
  const need = (key: string): string => {
    const value = field(key);
    if (value === undefined) throw malformed(file, key, 'the field is missing');
    return value;
  };

  const typeName = need('type').toLowerCase();
  const type = types[typeName];
  if (!type) throw unsupported(file, 'type', `voxel type "${typeName}" is not one Regio reads`);
  const dimension = Number(need('dimension'));
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > 16) {
    throw malformed(file, 'dimension', `${need('dimension')} axes`);
  }
  if (dimension !== 3 && dimension !== 2) {
    throw unsupported(file, 'dimension', `${dimension} axes; Regio reads volumes of one channel`);
  }
  const sizes = need('sizes').split(/\s+/).map(Number);
  if (sizes.length !== dimension)
    throw malformed(file, 'sizes', `${sizes.length} sizes for ${dimension} axes`);
  for (const n of sizes) {
    if (!Number.isInteger(n) || n < 1) throw malformed(file, 'sizes', `an axis of ${n} voxels`);
    if (n > maxAxis) throw tooLarge(file, 'sizes', `an axis of ${n} voxels`);
  }
  const dims = [sizes[0]!, sizes[1] ?? 1, sizes[2] ?? 1] as const;
  if (dims[0] * dims[1] * dims[2] * fileTypeBytes[type] > maxVolumeBytes) {
    throw tooLarge(file, 'sizes', `${dims.join(' x ')} voxels need more memory than Regio gives one volume`);
  }

  const encodingName = need('encoding').toLowerCase();
  if (encodingName !== 'raw' && encodingName !== 'gzip' && encodingName !== 'gz') {
    throw unsupported(file, 'encoding', `encoding "${encodingName}" is not one Regio reads`);
  }
  if (field('data file', 'datafile') !== undefined) {
    throw unsupported(file, 'data file', 'header and voxels are in two files');
  }
  const endian = field('endian')?.toLowerCase();
  if (fileTypeBytes[type] > 1 && endian !== 'little' && endian !== 'big') {
    throw malformed(file, 'endian', 'the byte order is missing');
  }
  const byteSkip = Number(field('byte skip', 'byteskip') ?? 0);
  if (!Number.isInteger(byteSkip) || byteSkip < -1)
    throw malformed(file, 'byte skip', `a skip of ${byteSkip} bytes`);
  if ((field('line skip', 'lineskip') ?? '0') !== '0')
    throw unsupported(file, 'line skip', 'lines before the voxels');

  const spaceName = field('space')?.toLowerCase();
  if (spaceName !== undefined && !spaces[spaceName]) {
    throw unsupported(file, 'space', `space "${spaceName}" is not one of a patient`);
  }
  const vectors = field('space directions');
  const directions =
    vectors === undefined || dimension !== 3 ? null : parseVectors(file, 'space directions', vectors, 3);
  const originText = field('space origin');
  const origin =
    originText === undefined
      ? null
      : parseVectors(file, 'space origin', originText, dimension === 3 ? 1 : 0)?.[0];
  const spacingText = field('spacings');
  const spacings = spacingText === undefined ? null : spacingText.split(/\s+/).map(Number);
  if (spacings && !directions) {
    for (const s of spacings.slice(0, dimension)) {
      if (!(Math.abs(s) > 0) || Math.abs(s) > 1e4) throw malformed(file, 'spacings', `a voxel size of ${s}`);
    }
  }
  return {
    type,
    dims,
    encoding: encodingName === 'raw' ? 'raw' : 'gzip',
    littleEndian: endian !== 'big',
    toLps: spaceName === undefined ? null : spaces[spaceName]!,
    directions: directions as [Vec3, Vec3, Vec3] | null,
    spacings,
    origin: origin ?? [0, 0, 0],
    hasOrigin: origin !== undefined && origin !== null,
    content: field('content') ?? '',
    dataOffset: end,
    byteSkip,
  };
}

/** Lines up to the blank one: `field: value`, `key:=value`, `# comment`. */
function splitHeader(file: string, bytes: Uint8Array): { fields: Map<string, string>; end: number } {
  const text = Buffer.from(bytes.subarray(0, maxNrrdHeaderBytes)).toString('latin1');
  const blank = /\r?\n\r?\n/.exec(text);
  if (!blank) throw malformed(file, 'header', 'the header has no end');
  const fields = new Map<string, string>();
  for (const line of text.slice(0, blank.index).split(/\r?\n/).slice(1)) {
    if (line.startsWith('#') || /^[^:]*:=/.test(line)) continue;
    const colon = line.indexOf(':');
    if (colon < 1)
      throw malformed(
        file,
        'header',
        `the line "${line.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')}" is no field`,
      );
    const key = line.slice(0, colon).trim().toLowerCase();
    if (!fields.has(key)) fields.set(key, line.slice(colon + 1).trim());
  }
  return { fields, end: blank.index + blank[0].length };
}

/** "(a,b,c) (d,e,f) ..." -> vectors of three numbers. */
function parseVectors(file: string, field: string, text: string, count: number): Vec3[] | null {
  if (count === 0) return null;
  const groups = [...text.matchAll(/\(([^)]*)\)/g)].map((m) => m[1]!.split(',').map(Number));
  if (groups.length !== count) throw malformed(file, field, `${groups.length} vectors instead of ${count}`);
  for (const group of groups) {
    if (group.length !== 3 || !group.every(Number.isFinite)) {
      throw malformed(file, field, `"(${group.join(',')})" is no vector of three numbers`);
    }
  }
  return groups as unknown as Vec3[];
}
