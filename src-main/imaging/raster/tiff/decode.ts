import { inflateSync } from 'node:zlib';
import type { VoxelArray } from '../../../core/volume/volume';
import { AppError } from '../../../core/app-error';
import type { ByteSource } from '../../dicom/byte-source';
import { malformed, tooLarge } from '../../errors';
import { refuseBomb } from '../../gunzip';
import { upright, type Pixels } from '../orientation';
import type { TiffPage } from './directory';
import { expandLzw, expandPackBits } from './unpack';

type Samples = Uint8Array | Uint16Array;

/**
 * Pixels of one picture, upright: grey of 8 or 16 bits, or RGB of 8; alpha and further samples are left out.
 *
 * @throws AppError file.malformed | file.too-large naming the block.
 */
export async function decodeTiffPage(
  source: ByteSource,
  page: TiffPage,
  littleEndian: boolean,
): Promise<Pixels> {
  const { width, height } = page;
  const packed = page.byteCounts.reduce((sum, n) => sum + n, 0);
  refuseBomb(source.file, 'StripByteCounts', packed, width * height * page.samples * (page.bits / 8));
  const stored = await readSamples(source, page, littleEndian);
  const { channels, data } = toPixels(page, stored);
  return upright({ width, height, channels, data }, page.orientation);
}

/** All samples [height, width, samples] as stored. */
async function readSamples(source: ByteSource, page: TiffPage, littleEndian: boolean): Promise<Samples> {
  const { width, height, samples, blockWidth, blockHeight, planar, tiled } = page;
  const out =
    page.bits === 8 ? new Uint8Array(width * height * samples) : new Uint16Array(width * height * samples);
  const across = Math.ceil(width / blockWidth);
  const down = Math.ceil(height / blockHeight);
  const perPixel = planar ? 1 : samples;
  for (let n = 0; n < page.offsets.length; n++) {
    const plane = Math.floor(n / (across * down));
    const top = (Math.floor(n / across) % down) * blockHeight;
    const left = (n % across) * blockWidth;
    const rows = Math.min(blockHeight, height - top);
    const columns = Math.min(blockWidth, width - left);
    // A tile is stored whole; of the last strip only the rows that exist must be there.
    const block = await readBlock(source, page, n, tiled ? blockHeight : rows, littleEndian);
    if (page.predicted) undoDifferences(block, blockWidth * perPixel, perPixel);
    for (let y = 0; y < rows; y++) {
      const from = y * blockWidth * perPixel;
      const to = ((top + y) * width + left) * samples;
      if (!planar) out.set(block.subarray(from, from + columns * samples), to);
      else for (let x = 0; x < columns; x++) out[to + x * samples + plane] = block[from + x]!;
    }
  }
  return out;
}

async function readBlock(
  source: ByteSource,
  page: TiffPage,
  n: number,
  rows: number,
  littleEndian: boolean,
): Promise<Samples> {
  const { file } = source;
  const field = `${page.tiled ? 'tile' : 'strip'} ${n}`;
  const wide = page.bits / 8;
  const rowBytes = page.blockWidth * (page.planar ? 1 : page.samples) * wide;
  const packed = await source.read(page.offsets[n]!, page.byteCounts[n]!, field);
  const bytes = expand(file, field, page, packed, rowBytes * rows, rowBytes * page.blockHeight);
  if (bytes.length < rowBytes * rows) {
    throw malformed(file, field, `${rowBytes * rows} bytes are promised, ${bytes.length} are there`);
  }
  if (wide === 1) return bytes.subarray(0, rowBytes * rows);
  const copy = Buffer.alloc(rowBytes * rows);
  copy.set(bytes.subarray(0, copy.length));
  if (!littleEndian) copy.swap16();
  return new Uint16Array(copy.buffer, copy.byteOffset, copy.length / 2);
}

function expand(
  file: string,
  field: string,
  { compression }: TiffPage,
  packed: Buffer,
  wanted: number,
  most: number,
): Uint8Array {
  try {
    switch (compression) {
      case 'none':
        return packed;
      case 'lzw':
        return expandLzw(packed, wanted);
      case 'packbits':
        return expandPackBits(packed, wanted);
      case 'deflate':
        // Some writers fill the last strip up; no block is larger than a whole one.
        return inflateSync(packed, { maxOutputLength: Math.max(64, most) });
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(file, field, `it expands beyond the ${most} bytes of a block`);
    }
    throw malformed(file, field, `it is damaged: ${(error as Error).message}`);
  }
}

/** Each sample is stored as its difference from the same one of the pixel before (TIFF 6.0 section 14). */
function undoDifferences(block: Samples, rowLength: number, perPixel: number): void {
  for (let row = 0; row < block.length; row += rowLength) {
    for (let n = row + perPixel; n < row + rowLength; n++) block[n] = block[n]! + block[n - perPixel]!;
  }
}

function toPixels(page: TiffPage, stored: Samples): { channels: 1 | 3; data: VoxelArray } {
  const { samples, photometric, bits } = page;
  const count = page.width * page.height;
  if (photometric === 'rgb' || photometric === 'palette') {
    const data = new Uint8Array(3 * count);
    const { palette } = page;
    for (let n = 0; n < count; n++) {
      for (let c = 0; c < 3; c++) {
        const value = palette ? palette[256 * c + stored[n * samples]!]! : stored[n * samples + c]!;
        data[3 * n + c] = palette || bits === 16 ? value >> 8 : value;
      }
    }
    return { channels: 3, data };
  }
  let grey = stored;
  if (samples > 1) {
    grey = bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
    for (let n = 0; n < count; n++) grey[n] = stored[n * samples]!;
  }
  if (page.signed) return { channels: 1, data: new Int16Array(grey.buffer, grey.byteOffset, count) };
  if (photometric === 'white-is-zero') {
    const white = bits === 8 ? 255 : 65535;
    for (let n = 0; n < count; n++) grey[n] = white - grey[n]!;
  }
  return { channels: 1, data: grey };
}
