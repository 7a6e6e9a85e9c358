import type { Vec3 } from '../../core/geometry/vec3';
import { malformed, tooLarge, unsupported } from '../errors';
import { maxAxis, maxTextHeaderBytes, maxVolumeBytes, maxVolumes } from '../limits';
import { shown, textFields, toNumber, toNumbers } from '../header-text';
import { fileTypeBytes, type FileType } from '../raw-voxels';

/** The fields of an NRRD header that place voxels (teem.sourceforge.net/nrrd/format.html). */
export interface NrrdHeader {
  readonly type: FileType;
  readonly dims: readonly [number, number, number];
  /** Of a file of four axes: how many volumes, and whether they are mixed voxel by voxel or lie one after the other. */
  readonly volumes: number;
  readonly interleaved: boolean;
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
  /** The file that holds the voxels, as written; null: this file, from `dataOffset` on. */
  readonly dataFile: string | null;
  readonly dataOffset: number;
  readonly byteSkip: number;
}

const types = new Map<string, FileType>();
const name = (type: FileType, ...spellings: string[]): void => spellings.forEach((s) => types.set(s, type));
name('int8', 'signed char', 'int8', 'int8_t');
name('uint8', 'uchar', 'unsigned char', 'uint8', 'uint8_t');
name('int16', 'short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t');
name('uint16', 'ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t');
name('int32', 'int', 'signed int', 'int32', 'int32_t');
name('uint32', 'uint', 'unsigned int', 'uint32', 'uint32_t');
name('float32', 'float');
name('float64', 'double');

/** Space names -> signs to LPS. Left-posterior-superior itself is ITK's and DICOM's. */
const spaces: ReadonlyMap<string, Vec3> = new Map([
  ['left-posterior-superior', [1, 1, 1]],
  ['lps', [1, 1, 1]],
  ['right-anterior-superior', [-1, -1, 1]],
  ['ras', [-1, -1, 1]],
  ['left-anterior-superior', [1, -1, 1]],
  ['las', [1, -1, 1]],
  ['scanner-xyz', [1, 1, 1]],
]);

export function isNrrd(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 7)).toString('latin1') === 'NRRD000';
}

/**
 * @param bytes from the start of the file, at least the whole text header.
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the field.
 */
export function parseNrrdHeader(file: string, bytes: Uint8Array): NrrdHeader {
  const { fields, end } = splitHeader(file, bytes);
  const { field, need } = textFields(file, fields);

  const typeName = need('type').toLowerCase();
  const type = types.get(typeName);
  if (!type) throw unsupported(file, 'type', `voxel type "${shown(typeName)}" is not one Regio reads`);
  const dimension = toNumber(need('dimension'));
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > 16) {
    throw malformed(file, 'dimension', `${shown(need('dimension'))} axes`);
  }
  if (dimension < 2 || dimension > 4) {
    throw unsupported(
      file,
      'dimension',
      `${dimension} axes; Regio reads pictures, volumes and runs of volumes`,
    );
  }
  const sizes = toNumbers(need('sizes'));
  if (sizes.length !== dimension)
    throw malformed(file, 'sizes', `${sizes.length} sizes for ${dimension} axes`);
  for (const n of sizes) {
    if (!Number.isInteger(n) || n < 1) throw malformed(file, 'sizes', `an axis of ${n} voxels`);
    if (n > maxAxis) throw tooLarge(file, 'sizes', `an axis of ${n} voxels`);
  }
  const list = listAxis(file, dimension, field('space directions'), field('kinds'));
  const volumes = list === null ? 1 : sizes[list]!;
  const inSpace = sizes.filter((_, axis) => axis !== list);
  const dims = [inSpace[0]!, inSpace[1]!, inSpace[2] ?? 1] as const;
  const interleaved = list === 0;
  const size = dims[0] * dims[1] * dims[2] * fileTypeBytes[type];
  if (volumes > maxVolumes || size * (interleaved ? volumes : 1) > maxVolumeBytes) {
    throw tooLarge(file, 'sizes', `${sizes.join(' x ')} voxels need more memory than Regio gives one volume`);
  }

  const encodingName = need('encoding').toLowerCase();
  if (encodingName !== 'raw' && encodingName !== 'gzip' && encodingName !== 'gz') {
    throw unsupported(file, 'encoding', `encoding "${shown(encodingName)}" is not one Regio reads`);
  }
  const dataFile = field('data file', 'datafile') ?? null;
  if (dataFile !== null && (dataFile === '' || /^LIST\b|%/.test(dataFile))) {
    throw unsupported(file, 'data file', 'the voxels are spread over several files');
  }
  const endian = field('endian')?.toLowerCase();
  if (fileTypeBytes[type] > 1 && endian !== 'little' && endian !== 'big') {
    throw malformed(file, 'endian', 'the byte order is missing');
  }
  const byteSkip = toNumber(field('byte skip', 'byteskip') ?? '0');
  if (!Number.isInteger(byteSkip) || byteSkip < -1)
    throw malformed(file, 'byte skip', `a skip of ${byteSkip} bytes`);
  if ((field('line skip', 'lineskip') ?? '0') !== '0')
    throw unsupported(file, 'line skip', 'lines before the voxels');

  const spaceName = field('space')
    ?.toLowerCase()
    .replace(/-time$/, '');
  const toLps = spaceName === undefined ? null : spaces.get(spaceName);
  if (toLps === undefined) {
    throw unsupported(file, 'space', `space "${shown(spaceName!)}" is not one of a patient`);
  }
  const vectors = field('space directions');
  // A picture of two axes has directions of its plane only: it is placed by its spacing alone.
  const directions =
    vectors === undefined || dimension === 2
      ? null
      : parseVectors(file, 'space directions', vectors.replace(/\bnone\b/gi, ' '), 3);
  const originText = field('space origin');
  const origin =
    originText === undefined || dimension === 2
      ? null
      : parseVectors(file, 'space origin', originText, 1)[0]!;
  const spacingText = field('spacings');
  // The list axis of a file of four has no distance: "nan" there is right.
  const spacings =
    spacingText === undefined ? null : toNumbers(spacingText).filter((_, axis) => axis !== list);
  if (spacings && !directions) {
    for (let axis = 0; axis < dims.length && axis < inSpace.length; axis++) {
      const s = spacings[axis] ?? NaN;
      if (!(Math.abs(s) > 0) || Math.abs(s) > 1e4) throw malformed(file, 'spacings', `a voxel size of ${s}`);
      if (s < 0) throw malformed(file, 'spacings', `a negative voxel size of ${s}`);
    }
  }
  return {
    type,
    dims,
    volumes,
    interleaved,
    encoding: encodingName === 'raw' ? 'raw' : 'gzip',
    littleEndian: endian !== 'big',
    toLps,
    directions: directions as [Vec3, Vec3, Vec3] | null,
    spacings,
    origin: origin ?? [0, 0, 0],
    hasOrigin: origin !== null,
    content: field('content') ?? '',
    dataFile,
    dataOffset: end,
    byteSkip,
  };
}

/** Lines up to the blank one: `field: value`, `key:=value`, `# comment`. */
function splitHeader(file: string, bytes: Uint8Array): { fields: Map<string, string>; end: number } {
  const text = Buffer.from(bytes.subarray(0, maxTextHeaderBytes)).toString('latin1');
  const blank = /\r?\n\r?\n/.exec(text) ?? detachedEnd(text);
  if (!blank) throw malformed(file, 'header', 'the header has no end');
  const fields = new Map<string, string>();
  for (const line of text.slice(0, blank.index).split(/\r?\n/).slice(1)) {
    if (line === '' || line.startsWith('#') || /^[^:]*:=/.test(line)) continue;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed(file, 'header', `the line "${shown(line)}" is no field`);
    const key = line.slice(0, colon).trim().toLowerCase();
    if (!fields.has(key)) fields.set(key, line.slice(colon + 1).trim());
  }
  return { fields, end: blank.index + blank[0].length };
}

/** A header whose voxels lie in another file may end with the file. */
const detachedEnd = (text: string): RegExpExecArray | null =>
  text.length < maxTextHeaderBytes && /^data ?file:/im.test(text) ? /$/.exec(text) : null;

/**
 * The axis that counts volumes, null where there is none: of four axes the one without a direction, or of a kind that is
 * no space. Two and three axes must all be of space: 3 x 512 x 512 colours are no volume.
 */
function listAxis(
  file: string,
  dimension: number,
  directions: string | undefined,
  kindList: string | undefined,
): number | null {
  const kinds = kindList?.toLowerCase().split(/\s+/);
  const byKind = kinds?.map((kind) => !['domain', 'space', '???', 'none'].includes(kind));
  if (kinds?.some((kind) => /colou?r|complex|matrix|normal|quaternion/.test(kind))) {
    throw unsupported(file, 'kinds', 'an axis of colours or other components');
  }
  if (dimension < 4) {
    if (byKind?.includes(true)) throw unsupported(file, 'kinds', 'an axis that is no direction of space');
    return null;
  }
  const byDirection = directions?.match(/none|\([^)]*\)/gi)?.map((d) => d.toLowerCase() === 'none');
  const marks = byDirection?.includes(true) ? byDirection : byKind;
  // None: time counts as a direction of space, the fourth (so ITK writes it).
  if (marks && (marks.length !== 4 || marks.filter(Boolean).length > 1)) {
    throw malformed(file, byDirection ? 'space directions' : 'kinds', 'four axes, but not three of space');
  }
  const axis = marks?.includes(true) ? marks.indexOf(true) : 3;
  if (axis !== 0 && axis !== 3) {
    throw unsupported(file, 'kinds', 'volumes that are mixed row by row or slice by slice');
  }
  return axis;
}

/**
 * "(a,b,c) (d,e,f) ..." -> vectors of three numbers. Where time is a fourth direction, it must stand at right angles to
 * space, and is left out.
 */
function parseVectors(file: string, field: string, text: string, count: 1 | 3): Vec3[] {
  let groups = [...text.matchAll(/\(([^)]*)\)/g)].map((m) => m[1]!.split(',').map(toNumber));
  const four = groups.every((group) => group.length === 4) && groups.every((g) => g.every(Number.isFinite));
  if (four && groups.length === (count === 3 ? 4 : 1)) {
    const [time] = groups.slice(3);
    if (time && (groups.slice(0, 3).some((g) => g[3] !== 0) || time.slice(0, 3).some((v) => v !== 0))) {
      throw malformed(file, field, 'time is mixed with the directions of space');
    }
    groups = groups.slice(0, 3).map((group) => group.slice(0, 3));
  }
  if (groups.length !== count) throw malformed(file, field, `${groups.length} vectors instead of ${count}`);
  for (const group of groups) {
    if (group.length !== 3 || !group.every(Number.isFinite)) {
      throw malformed(file, field, `"(${group.join(',')})" is no vector of three numbers`);
    }
  }
  return groups as unknown as Vec3[];
}
