import type { NiftiHeader } from './header';

/** [first byte, bytes] of the fields that place, size and scale voxels: numbers, of which no text can be made. */
interface Kept {
  readonly dim: readonly [number, number];
  readonly pixdim: readonly [number, number];
  readonly always: readonly (readonly [number, number])[];
  readonly qform: readonly [number, number];
  readonly sform: readonly [number, number];
}

/** nifti1.h: datatype and bitpix, slope and intercept, units, cal_max and cal_min, the two codes. */
const one: Kept = {
  dim: [40, 2],
  pixdim: [76, 4],
  always: [
    [70, 4],
    [112, 8],
    [123, 1],
    [124, 8],
    [252, 4],
  ],
  qform: [256, 24],
  sform: [280, 48],
};
/** nifti2.h, the same. */
const two: Kept = {
  dim: [16, 8],
  pixdim: [104, 8],
  always: [
    [12, 4],
    [176, 16],
    [192, 16],
    [344, 8],
    [500, 4],
  ],
  qform: [352, 48],
  sform: [400, 96],
};

/**
 * The header of a single file without text, extensions and fields that nobody needs to read it: 352 or 544 bytes, in the
 * byte order of the file, whose voxels follow at once.
 */
export function bareNiftiHeader(head: Uint8Array, { version, littleEndian }: NiftiHeader): Buffer {
  const kept = version === 2 ? two : one;
  const out = Buffer.alloc(version === 2 ? 544 : 352);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const source = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const copy = (at: number, length: number): void => out.set(head.subarray(at, at + length), at);
  view.setInt32(0, version === 2 ? 540 : 348, littleEndian);
  out.write(version === 2 ? 'n+2\0\r\n\x1a\n' : 'n+1\0', version === 2 ? 4 : 344, 'latin1');

  // Axes beyond the last that counts may hold anything.
  const [dim, dimBytes] = kept.dim;
  const rank =
    version === 2 ? Number(source.getBigInt64(dim, littleEndian)) : source.getInt16(dim, littleEndian);
  copy(dim, dimBytes * (rank + 1));
  for (let n = rank + 1; n < 8; n++) {
    if (version === 2) view.setBigInt64(dim + 8 * n, BigInt(1), littleEndian);
    else view.setInt16(dim + 2 * n, 1, littleEndian);
  }
  const [pixdim, pixdimBytes] = kept.pixdim;
  copy(pixdim, pixdimBytes * (Math.min(rank, 3) + 1));

  for (const [at, length] of kept.always) copy(at, length);
  const codes = version === 2 ? [344, 348] : [252, 254];
  const code = (at: number): number =>
    version === 2 ? source.getInt32(at, littleEndian) : source.getInt16(at, littleEndian);
  if (code(codes[0]!) > 0) copy(...kept.qform);
  if (code(codes[1]!) > 0) copy(...kept.sform);
  if (version === 2) view.setBigInt64(168, BigInt(out.length), littleEndian);
  else view.setFloat32(108, out.length, littleEndian);
  return out;
}
