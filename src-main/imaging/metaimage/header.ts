import type { Vec3 } from '../../core/geometry/vec3';
import { malformed, tooLarge, unsupported } from '../errors';
import { shown, textFields, toNumber, toNumbers } from '../header-text';
import { maxAxis, maxTextHeaderBytes, maxVolumeBytes, maxVolumes } from '../limits';
import { fileTypeBytes, type FileType } from '../raw-voxels';

/** The fields of a MetaImage header that place voxels (itk.org/Wiki/ITK/MetaIO/Documentation). */
export interface MetaImageHeader {
  readonly type: FileType;
  readonly dims: readonly [number, number, number];
  readonly volumes: number;
  readonly littleEndian: boolean;
  readonly compressed: boolean;
  readonly spacing: Vec3 | null;
  /** Unit directions of the voxel axes, in LPS; null where the file gives none. */
  readonly directions: readonly [Vec3, Vec3, Vec3] | null;
  readonly origin: Vec3;
  readonly comment: string;
  /** The file that holds the voxels, as written; null: this file, from `dataOffset` on. */
  readonly dataFile: string | null;
  readonly dataOffset: number;
  /** Bytes before the voxels of the data file; -1: they are its last bytes. */
  readonly headerSize: number;
}

const types: ReadonlyMap<string, FileType> = new Map([
  ['MET_CHAR', 'int8'],
  ['MET_UCHAR', 'uint8'],
  ['MET_SHORT', 'int16'],
  ['MET_USHORT', 'uint16'],
  ['MET_INT', 'int32'],
  ['MET_UINT', 'uint32'],
  // Four bytes in files, whatever `long` is on the machine that wrote them (metaTypes.h).
  ['MET_LONG', 'int32'],
  ['MET_ULONG', 'uint32'],
  ['MET_FLOAT', 'float32'],
  ['MET_DOUBLE', 'float64'],
]);

/** MetaImage has no magic number: its first line is `ObjectType = Image`, or `NDims = n` in old files. */
export const isMetaImage = (bytes: Uint8Array): boolean =>
  /^\s*(ObjectType\s*=\s*Image|NDims\s*=\s*\d)\b/.test(Buffer.from(bytes.subarray(0, 80)).toString('latin1'));

/**
 * @param bytes from the start of the file, at least the whole text header.
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the field.
 */
export function parseMetaImageHeader(file: string, bytes: Uint8Array): MetaImageHeader {
  const { fields, end } = splitHeader(file, bytes);
  const { field, need } = textFields(file, fields);
  const flag = (...names: string[]): boolean => /^(true|t|1|yes)$/i.test(field(...names) ?? 'False');

  const rank = toNumber(need('NDims'));
  if (!Number.isInteger(rank) || rank < 1 || rank > 10)
    throw malformed(file, 'NDims', `${shown(need('NDims'))} axes`);
  if (rank < 2 || rank > 4) throw unsupported(file, 'NDims', `${rank} axes`);
  const sizes = toNumbers(need('DimSize'));
  if (sizes.length !== rank) throw malformed(file, 'DimSize', `${sizes.length} sizes for ${rank} axes`);
  for (const n of sizes) {
    if (!Number.isInteger(n) || n < 1) throw malformed(file, 'DimSize', `an axis of ${n} voxels`);
    if (n > maxAxis) throw tooLarge(file, 'DimSize', `an axis of ${n} voxels`);
  }
  const typeName = need('ElementType');
  const type = types.get(typeName);
  if (!type) throw unsupported(file, 'ElementType', `voxel type "${shown(typeName)}" is not one Regio reads`);
  const channels = toNumber(field('ElementNumberOfChannels') ?? '1');
  if (channels !== 1) {
    throw unsupported(
      file,
      'ElementNumberOfChannels',
      `${channels} values a voxel; Regio reads volumes of one`,
    );
  }
  const dims = [sizes[0]!, sizes[1]!, sizes[2] ?? 1] as const;
  const volumes = sizes[3] ?? 1;
  if (volumes > maxVolumes || dims[0] * dims[1] * dims[2] * fileTypeBytes[type] > maxVolumeBytes) {
    throw tooLarge(
      file,
      'DimSize',
      `${sizes.join(' x ')} voxels need more memory than Regio gives one volume`,
    );
  }
  if (field('BinaryData') !== undefined && !flag('BinaryData')) {
    throw unsupported(file, 'BinaryData', 'voxels written as text');
  }
  const headerSize = toNumber(field('HeaderSize') ?? '0');
  if (!Number.isInteger(headerSize) || headerSize < -1) {
    throw malformed(file, 'HeaderSize', `a header of ${shown(field('HeaderSize') ?? '')} bytes`);
  }
  const dataFile = need('ElementDataFile');
  if (dataFile === '' || /^LIST\b|%/.test(dataFile)) {
    throw unsupported(file, 'ElementDataFile', 'the voxels are spread over several files');
  }
  return {
    type,
    dims,
    volumes,
    littleEndian: !flag('BinaryDataByteOrderMSB', 'ElementByteOrderMSB'),
    compressed: flag('CompressedData'),
    spacing: spacingOf(file, fields, rank),
    directions: directionsOf(file, fields, rank),
    origin: originOf(file, fields, rank),
    comment: field('Comment') ?? '',
    dataFile: dataFile.toUpperCase() === 'LOCAL' ? null : dataFile,
    dataOffset: end,
    headerSize,
  };
}

/** Lines `Key = Value`; `ElementDataFile` is the last, and the voxels may follow it. */
function splitHeader(file: string, bytes: Uint8Array): { fields: Map<string, string>; end: number } {
  const text = Buffer.from(bytes.subarray(0, maxTextHeaderBytes)).toString('latin1');
  const fields = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const stop = newline < 0 ? text.length : newline;
    const line = text.slice(at, stop).trim();
    at = stop + 1;
    if (line === '') continue;
    const equals = line.indexOf('=');
    if (equals < 1) throw malformed(file, 'header', `the line "${shown(line)}" is no field`);
    const key = line.slice(0, equals).trim();
    if (fields.has(key)) throw malformed(file, shown(key), 'the field is there twice');
    fields.set(key, line.slice(equals + 1).trim());
    if (key === 'ElementDataFile') return { fields, end: Math.min(at, text.length) };
  }
  throw malformed(file, 'ElementDataFile', 'the field is missing');
}

/** Numbers of the first of the fields that is there. */
function vectorOf(
  file: string,
  fields: Map<string, string>,
  names: readonly string[],
  count: number,
): { name: string; values: number[] } | null {
  const name = names.find((n) => fields.has(n));
  if (name === undefined) return null;
  const values = toNumbers(fields.get(name)!);
  if (values.length !== count) throw malformed(file, name, `${values.length} numbers instead of ${count}`);
  if (!values.every(Number.isFinite)) throw malformed(file, name, 'a value that is not a number');
  return { name, values };
}

/** ElementSize is the extent of a voxel and stands in for the spacing where that is missing. */
function spacingOf(file: string, fields: Map<string, string>, rank: number): Vec3 | null {
  const found = vectorOf(file, fields, ['ElementSpacing', 'ElementSize'], rank);
  if (!found) return null;
  for (const step of found.values.slice(0, 3)) {
    if (!(step > 0) || step > 1e4) throw malformed(file, found.name, `a voxel size of ${step}`);
  }
  const [x, y, z = 1] = found.values;
  return [x!, y!, z];
}

/** Row a of TransformMatrix is the direction of voxel axis a in LPS (as ITK reads and writes it). */
function directionsOf(
  file: string,
  fields: Map<string, string>,
  rank: number,
): readonly [Vec3, Vec3, Vec3] | null {
  const found = vectorOf(file, fields, ['TransformMatrix', 'Orientation', 'Rotation'], rank * rank);
  if (!found || rank === 2) return null;
  const row = (a: number): Vec3 => found.values.slice(a * rank, a * rank + 3) as unknown as Vec3;
  const rows = [row(0), row(1), row(2)] as const;
  for (const r of rows) {
    const length = Math.hypot(...r);
    if (Math.abs(length - 1) > 0.01)
      throw malformed(file, found.name, `a direction of length ${length.toFixed(3)}`);
  }
  return rows;
}

function originOf(file: string, fields: Map<string, string>, rank: number): Vec3 {
  const found = vectorOf(file, fields, ['Offset', 'Position', 'Origin'], rank);
  const [x = 0, y = 0, z = 0] = found?.values ?? [];
  return [x, y, rank === 2 ? 0 : z];
}
