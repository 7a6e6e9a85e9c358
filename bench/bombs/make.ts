import { crc32 } from '../../src-main/core/crc32';
import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { ctPhantom, polypPhoto } from '../../test-support/phantoms';
import { metaImageBytes, niftiBytes, nrrdBytes } from '../../test-support/write-grid';
import { jpegBytes } from '../../test-support/write-raster';
import { tiffBytes } from '../../test-support/write-tiff';
import { encodePixels, type CompressedSyntax } from '../../test-support/encode-pixels';
import { madeDicom } from '../../test-support/made-dicom';
import type { WrittenElement } from '../../test-support/write-dicom';
import { makeZip } from '../../test-support/write-torch';
import { canvas, chunk, riff } from '../../test-support/write-webp';

/** Files of a few bytes or megabytes that hold or claim gigabytes; made when asked for. */
export function makeBombs(): Record<string, () => Buffer | Promise<Buffer>> {
  const small = ctPhantom({ dims: [4, 5, 6] });
  const dims = (d: readonly number[]) => (h: Buffer) =>
    d.forEach((n, axis) => h.writeInt16LE(n, 42 + 2 * axis));
  const head = (d: readonly number[]): Buffer => niftiBytes(small, { edit: dims(d) }).subarray(0, 352);
  const sizes = (line: RegExp, to: string) => (lines: string[]) => lines.map((l) => l.replace(line, to));
  const gigabytes = 2 ** 31;
  return {
    'a sound small.png': () => png(16, 16, deflateSync(Buffer.alloc(16 * 49))),
    // 2 GiB of zeros are 2 MB of gzip.
    'dims say 2 GiB.nii.gz': () => zeros('gzip', head([1024, 1024, 1024]), gigabytes),
    'dims say 900 MB.nii.gz': () => zeros('gzip', head([800, 800, 703]), gigabytes),
    'dims say little.nii.gz': () => zeros('gzip', head([64, 64, 64]), gigabytes),
    'sizes 700^3.nrrd': () => nrrdBytes(small, { edit: sizes(/^sizes: .*/, 'sizes: 700 700 700') }),
    'DimSize 700^3.mha': () =>
      metaImageBytes(small, { edit: sizes(/^DimSize = .*/, 'DimSize = 700 700 700') }),
    '30000 x 30000.png': () => png(30_000, 30_000, deflateSync(Buffer.alloc(1000))),
    'small but 2 GiB.png': () => png(100, 100, zeros('zlib', Buffer.alloc(0), gigabytes)),
    'profile of 1 GiB.png': () =>
      png(16, 16, deflateSync(Buffer.alloc(16 * 49)), zeros('zlib', Buffer.alloc(0), 2 ** 30)),
    '8000 x 8000 of zeros.png': () => png(8000, 8000, deflateSync(Buffer.alloc(8000 * 24_001), { level: 9 })),
    '65500 x 65500.jpg': () =>
      jpeg((b, sof) => b.fill(Buffer.from([0xff, 0xdc, 0xff, 0xdc]), sof + 5, sof + 9)),
    '8000 x 8000 in 1 kB.jpg': () =>
      jpeg((b, sof) => b.fill(Buffer.from([31, 64, 31, 64]), sof + 5, sof + 9)),
    '30000 x 30000.tif': () => tiff({ 256: [30_000], 257: [30_000] }),
    'strip of 1 GiB.tif': () => tiff({}, zeros('zlib', Buffer.alloc(0), 2 ** 30)),
    '8000 x 8000 of zeros.tif': () =>
      tiff({ 256: [8000], 257: [8000], 278: [8000] }, deflateSync(Buffer.alloc(64_000_000))),
    'deflated to 2 GiB.dcm': () => deflatedDicom(gigabytes),
    '8000 x 8000 in 1 kB, rle.dcm': () => announced('rle'),
    '8000 x 8000 in 1 kB, jpeg.dcm': () => announced('jpeg'),
    '8000 x 8000 in 1 kB, jpegls.dcm': () => announced('jpegls'),
    '8000 x 8000 in 1 kB, j2k.dcm': () => announced('jpeg2000'),
    '8000 x 8000 in 1 kB, htj2k.dcm': () => announced('htj2k'),
    '8000 x 8000 in 1 kB, lossless.dcm': () => announced('jpeg-lossless'),
    '65500 x 65500, j2k.dcm': () => announced('jpeg2000', 65_500, 65_500),
    '100,000 frames, j2k.dcm': () => announced('jpeg2000', 64, 64, 100_000),
    '8000 x 8000 padded, j2k.dcm': () => padded('jpeg2000'),
    '7000 x 7000 padded, j2k.dcm': () => padded('jpeg2000', 7000),
    '8000 x 8000 padded, htj2k.dcm': () => padded('htj2k'),
    '8000 x 8000 padded, jpegls.dcm': () => padded('jpegls'),
    'pages in a circle.tif': () => {
      const bytes = tiff({});
      bytes.writeUInt32LE(bytes.readUInt32LE(4), bytes.length - 4);
      return bytes;
    },
    '16384 x 16384.webp': () => riff([chunk('VP8L', lossless(16_384, 16_384))]),
    'canvas of 2^24.webp': () =>
      riff([chunk('VP8X', canvas(2 ** 24, 2 ** 24, 0)), chunk('VP8L', lossless(16, 16))]),
    '5600 x 5600 in 40 B.webp': () => riff([chunk('VP8L', lossless(5600, 5600))]),
    '100,000 entries.zip': () => manyEntries(true),
    '100,000, says 34,464.zip': () => manyEntries(false),
    'nested, 6 deep.zip': () => nested(6),
    '10 x 4 GiB.zip': () =>
      makeZip(
        Array.from({ length: 10 }, (_, n) => ({
          name: `${n}.nii`,
          bytes: Buffer.alloc(4_000_000),
          deflated: true,
          claims: { size: 0xfffffffe },
        })),
      ),
    'overlapping.zip': () => {
      const big = { name: '0.nii', bytes: Buffer.alloc(10_000_000), deflated: true };
      return makeZip([
        big,
        ...Array.from({ length: 10_000 }, (_, n) => ({
          ...big,
          bytes: Buffer.alloc(0),
          name: `${n + 1}.nii`,
          sharedWith: 0,
        })),
      ]);
    },
  };
}

/** `start` and then `count` zeros, packed a piece at a time: zlib's output of a zero piece repeats. */
function zeros(form: 'gzip' | 'zlib', start: Buffer, count: number): Buffer {
  const piece = Buffer.alloc(2 ** 26);
  const pack = form === 'gzip' ? gzipSync : deflateSync;
  if (form === 'gzip') {
    // Members of a gzip file follow each other.
    const one = pack(piece);
    return Buffer.concat([pack(start), ...Array.from({ length: count / piece.length }, () => one)]);
  }
  // One stream of raw blocks that end on a byte boundary, each leaving the last one open.
  const open = deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH });
  const end = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([
    Buffer.from([0x78, 0x9c]),
    ...Array.from({ length: count / piece.length }, () => open),
    end,
  ]);
}

function png(width: number, height: number, data: Buffer, profile?: Buffer): Buffer {
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([8, 2], 8);
  const part = (kind: string, body: Buffer): Buffer => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(kind), body, Buffer.alloc(4)]);
    bytes.writeUInt32BE(body.length, 0);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
    return bytes;
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    part('IHDR', ihdr),
    ...(profile ? [part('iCCP', Buffer.concat([Buffer.from('p\0\0'), profile]))] : []),
    part('IDAT', data),
    part('IEND', Buffer.alloc(0)),
  ]);
}

function jpeg(edit: (bytes: Buffer, sof: number) => void): Buffer {
  const bytes = jpegBytes(polypPhoto(16, 16));
  edit(bytes, bytes.indexOf(Buffer.from([0xff, 0xc0])));
  return bytes;
}

/** A grey TIFF of one strip with some tags replaced, and, where given, other deflated bytes as its strip. */
function tiff(tags: Record<number, readonly number[]>, strip?: Buffer): Buffer {
  const picture = { width: 16, height: 16, samples: 1, bits: 8, data: Buffer.alloc(256) } as const;
  const plain = tiffBytes([picture], { tags });
  if (!strip) return plain;
  const packed = { 259: [8], 273: [plain.length], 279: [strip.length] };
  return Buffer.concat([tiffBytes([picture], { tags: { ...tags, ...packed } }), strip]);
}

/** Header of a picture, and then a deflated stream of zeros that never seems to end: an element of `count` bytes. */
async function deflatedDicom(count: number): Promise<Buffer> {
  const bytes = await madeDicom({ syntax: 'deflated' });
  const meta = bytes.subarray(0, 144 + bytes.readUInt32LE(140));
  const piece = deflateRawSync(Buffer.alloc(2 ** 26), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([meta, ...Array.from({ length: count / 2 ** 26 }, () => piece)]);
}

/** A small picture that is in truth 64 x 64, under a data set and a code stream that say otherwise. */
async function announced(syntax: CompressedSyntax, columns = 8000, rows = 8000, frames = 1): Promise<Buffer> {
  const elements: WrittenElement[] = [
    ['00280010', 'US', rows],
    ['00280011', 'US', columns],
    ...(frames > 1 ? [['00280008', 'IS', String(frames)] as const] : []),
  ];
  const bytes = await madeDicom({ syntax, columns: 64, rows: 64, bitsAllocated: 8, elements });
  if (syntax === 'rle') return bytes;
  // Where the code stream has its size: behind SIZ's Rsiz, in a frame header behind the precision.
  const [marker, at, width] = sizeOf[syntax]!;
  const from =
    bytes.indexOf(Buffer.from(marker), bytes.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]))) + at;
  if (width === 4) {
    for (const [n, size] of [columns, rows].entries()) bytes.writeUInt32BE(size, from + 4 * n);
    for (const [n, size] of [columns, rows].entries()) bytes.writeUInt32BE(size, from + 16 + 4 * n);
  } else {
    bytes.writeUInt16BE(rows, from);
    bytes.writeUInt16BE(columns, from + 2);
  }
  return bytes;
}
const sizeOf: Partial<Record<CompressedSyntax, readonly [number[], number, 2 | 4]>> = {
  jpeg: [[0xff, 0xc0], 5, 2],
  'jpeg-lossless': [[0xff, 0xc3], 5, 2],
  jpegls: [[0xff, 0xf7], 5, 2],
  jpeg2000: [[0xff, 0x51], 6, 4],
  htj2k: [[0xff, 0x51], 6, 4],
};

/** A true picture of zeros with so much behind it that its size alone gives no offence. */
async function padded(syntax: CompressedSyntax, side = 8000): Promise<Buffer> {
  const [columns, rows] = [side, side];
  const form = { width: columns, height: rows, components: 1, bits: 8, signed: false };
  const code = await encodePixels(syntax, Buffer.alloc(columns * rows), form);
  const small = await announced(syntax, columns, rows);
  const pixels = small.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00])) + 12;
  const item = (mark: number, body: Buffer): Buffer => {
    const head = Buffer.from([0xfe, 0xff, mark, 0xe0, 0, 0, 0, 0]);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body]);
  };
  const fragment = Buffer.concat([code, Buffer.alloc(900_000)]);
  return Buffer.concat([
    small.subarray(0, pixels),
    item(0x00, Buffer.alloc(0)),
    item(0x00, fragment),
    item(0xdd, Buffer.alloc(0)),
  ]);
}

function lossless(width: number, height: number): Buffer {
  const body = Buffer.alloc(40);
  body[0] = 0x2f;
  body.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 1);
  return body;
}

/** Without the zip64 record the 16 bits of the count run over. */
function manyEntries(zip64: boolean): Buffer {
  const zip = makeZip(
    Array.from({ length: 100_000 }, (_, n) => ({ name: `${n}.dcm`, bytes: Buffer.alloc(0) })),
    true,
  );
  if (!zip64) return zip;
  const end = zip.subarray(-22);
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(100_000n, 24);
  record.writeBigUInt64LE(100_000n, 32);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  record.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(zip.length - 22), 64);
  record.writeUInt32LE(1, 72);
  return Buffer.concat([zip.subarray(0, -22), record, end]);
}

/** Ten archives in each, down to one of 10 MB of zeros. */
function nested(depth: number): Buffer {
  let bytes: Buffer = Buffer.alloc(10_000_000);
  for (let n = 0; n < depth; n++) {
    const inner = bytes;
    const name = n === 0 ? 'zeros.nii' : 'inner.zip';
    bytes = makeZip(
      Array.from({ length: 10 }, (_, k) => ({ name: `${k} ${name}`, bytes: inner, deflated: true })),
    );
  }
  return bytes;
}
