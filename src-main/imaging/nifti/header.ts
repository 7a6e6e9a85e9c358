import type { FileType } from '../raw-voxels';
import { fileTypeBytes } from '../raw-voxels';
import { malformed, tooLarge, unsupported } from '../errors';
import { maxAxis, maxVolumeBytes, maxVolumes } from '../limits';

/** NIfTI-1 (nifti1.h, 348 bytes) and NIfTI-2 (nifti2.h, 540 bytes), the fields that place and scale voxels. */
export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Sizes of the first three axes; a missing third is 1. */
  readonly dims: readonly [number, number, number];
  /** Volumes along time and further axes, one after the other in the file. */
  readonly volumes: number;
  readonly type: FileType;
  readonly spacing: readonly [number, number, number];
  /** Millimetres per unit of spacing and affine. */
  readonly unitMm: number;
  readonly voxOffset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly qfac: 1 | -1;
  readonly qformCode: number;
  readonly sformCode: number;
  /** b, c, d, x, y, z. */
  readonly quaternion: readonly [number, number, number, number, number, number];
  /** srow_x, srow_y, srow_z. */
  readonly srows: readonly (readonly [number, number, number, number])[];
  readonly description: string;
  /** `.hdr`/`.img` pairs have the voxels elsewhere. */
  readonly singleFile: boolean;
}

const types: Readonly<Record<number, FileType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
};

/** Bytes needed from the start of the (expanded) file. */
export const niftiHeaderBytes = 544;

export function isNifti(bytes: Uint8Array): boolean {
  return niftiVersion(bytes) !== null;
}

function niftiVersion(bytes: Uint8Array): { version: 1 | 2; littleEndian: boolean } | null {
  if (bytes.length < 348) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const size = view.getInt32(0, littleEndian);
    if (size === 348) return { version: 1, littleEndian };
    if (size === 540 && bytes.length >= 540) return { version: 2, littleEndian };
  }
  return null;
}

/**
 * Reads and checks a header. Nothing is corrected silently: every field that places, sizes or scales
 * voxels is either sound or named in the refusal.
 *
 * @throws AppError file.malformed, file.unsupported, file.too-large with `details.field`.
 */
export function parseNiftiHeader(file: string, bytes: Uint8Array): NiftiHeader {
  const found = niftiVersion(bytes);
  if (!found) throw malformed(file, 'sizeof_hdr', 'not a NIfTI header');
  const { version, littleEndian } = found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const two = version === 2;
  const i16 = (at: number): number => view.getInt16(at, littleEndian);
  const i32 = (at: number): number => view.getInt32(at, littleEndian);
  const i64 = (at: number): number => Number(view.getBigInt64(at, littleEndian));
  const f32 = (at: number): number => view.getFloat32(at, littleEndian);
  const f64 = (at: number): number => view.getFloat64(at, littleEndian);
  const text = (at: number, length: number): string => latin(bytes.subarray(at, at + length));

  const magic = text(two ? 4 : 344, 4);
  if (!two && magic === '' && /\.(hdr|img)(\.gz)?$/i.test(file)) {
    throw unsupported(file, 'magic', 'Analyze 7.5, which does not say which side is left');
  }
  const expected = two ? ['n+2', 'ni2'] : ['n+1', 'ni1'];
  if (!expected.includes(magic)) throw malformed(file, 'magic', `the magic is "${printable(magic)}"`);

  const dim = Array.from({ length: 8 }, (_, n) => (two ? i64(16 + 8 * n) : i16(40 + 2 * n)));
  const rank = dim[0]!;
  if (rank < 1 || rank > 7) throw malformed(file, 'dim[0]', `${rank} axes`);
  for (let n = 1; n <= rank; n++) {
    if (!(dim[n]! >= 1)) throw malformed(file, `dim[${n}]`, `an axis of ${dim[n]} voxels`);
  }
  const dims = [1, 2, 3].map((n) => (n <= rank ? dim[n]! : 1)) as [number, number, number];
  const longest = dims.findIndex((n) => n > maxAxis);
  if (longest >= 0) throw tooLarge(file, `dim[${longest + 1}]`, `an axis of ${dims[longest]} voxels`);
  const volumes = dim.slice(4, rank + 1).reduce((product, n) => product * n, 1);
  if (volumes > maxVolumes) throw tooLarge(file, 'dim', `${volumes} volumes`);

  const datatype = i16(two ? 12 : 70);
  const type = types[datatype];
  if (!type) throw unsupported(file, 'datatype', `data type ${datatype} is not one Regio reads`);
  const bitpix = i16(two ? 14 : 72);
  if (bitpix !== 0 && bitpix !== fileTypeBytes[type] * 8) {
    throw malformed(file, 'bitpix', `${bitpix} bits a voxel contradict data type ${datatype}`);
  }
  const size = dims[0] * dims[1] * dims[2];
  if (
    size * Math.max(4, fileTypeBytes[type]) > maxVolumeBytes * 2 ||
    size * fileTypeBytes[type] > maxVolumeBytes
  ) {
    throw tooLarge(file, 'dim', `${dims.join(' x ')} voxels need more memory than Regio gives one volume`);
  }

  const pixdim = (n: number): number => (two ? f64(104 + 8 * n) : f32(76 + 4 * n));
  const spacing = [1, 2, 3].map((n) => {
    const step = pixdim(n);
    // A third pixdim of 0 is common in 2D files; there is no third axis to measure.
    if (n > rank || dims[n - 1] === 1) return step > 0 && step < 1e4 ? step : 1;
    if (!(step > 0) || step > 1e4) throw malformed(file, `pixdim[${n}]`, `a voxel size of ${step}`);
    return step;
  }) as [number, number, number];
  const qfacField = pixdim(0);

  const voxOffset = two ? i64(168) : f32(108);
  const singleFile = magic.startsWith('n+');
  if (!Number.isFinite(voxOffset) || voxOffset < 0 || voxOffset !== Math.floor(voxOffset)) {
    throw malformed(file, 'vox_offset', `voxels at byte ${voxOffset}`);
  }
  if (singleFile && voxOffset < (two ? 540 : 348)) {
    throw malformed(file, 'vox_offset', `voxels at byte ${voxOffset}, inside the header`);
  }

  const slopeField = two ? f64(176) : f32(112);
  const interceptField = two ? f64(184) : f32(116);
  // "If scl_slope is nonzero, then each voxel value should be scaled" (nifti1.h).
  const scaled = slopeField !== 0;
  if (scaled && !Number.isFinite(slopeField)) throw malformed(file, 'scl_slope', `a slope of ${slopeField}`);
  if (scaled && !Number.isFinite(interceptField)) {
    throw malformed(file, 'scl_inter', `an intercept of ${interceptField}`);
  }

  const units = (two ? i32(500) : bytes[123]!) & 7;
  const unitMm = units === 1 ? 1000 : units === 3 ? 0.001 : 1;
  const qformCode = two ? i32(344) : i16(252);
  const sformCode = two ? i32(348) : i16(254);
  const quaternion = [0, 1, 2, 3, 4, 5].map((n) => (two ? f64(352 + 8 * n) : f32(256 + 4 * n))) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const srows = [0, 1, 2].map(
    (row) =>
      [0, 1, 2, 3].map((n) => (two ? f64(400 + 32 * row + 8 * n) : f32(280 + 16 * row + 4 * n))) as [
        number,
        number,
        number,
        number,
      ],
  );
  if (qformCode > 0 && !quaternion.every(Number.isFinite)) {
    throw malformed(file, 'quatern_b..qoffset_z', 'the qform holds a value that is not a number');
  }
  if (sformCode > 0 && !srows.every((row) => row.every(Number.isFinite))) {
    throw malformed(file, 'srow_x..srow_z', 'the sform holds a value that is not a number');
  }

  return {
    version,
    littleEndian,
    dims,
    volumes,
    type,
    spacing,
    unitMm,
    voxOffset,
    slope: scaled ? slopeField : 1,
    intercept: scaled ? interceptField : 0,
    qfac: qfacField === -1 ? -1 : 1,
    qformCode,
    sformCode,
    quaternion,
    srows,
    description: text(two ? 240 : 148, 80),
    singleFile,
  };
}

function latin(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
}

const printable = (s: string): string => s.replace(/[^\x20-\x7e]/g, '?');
