import type { ByteSource } from '../../dicom/byte-source';
import { malformed, tooLarge, unsupported } from '../../errors';
import { maxAxis, maxPageBytes, maxPages, maxPicturePixels, maxRasterBytes } from '../../limits';

/** One picture of a TIFF (TIFF 6.0 section 2), its numbers checked against the file. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  readonly signed: boolean;
  /** Samples a pixel as stored, alpha and others included. */
  readonly samples: number;
  readonly photometric: 'white-is-zero' | 'black-is-zero' | 'rgb' | 'palette';
  /** Each sample in a plane of its own. */
  readonly planar: boolean;
  readonly compression: 'none' | 'lzw' | 'deflate' | 'packbits';
  /** Differences along a row (TIFF 6.0 section 14). */
  readonly predicted: boolean;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number;
  /** Strips are blocks as wide as the picture; the last may be lower. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly tiled: boolean;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
  /** 256 reds, greens and blues of 16 bits. */
  readonly palette: readonly number[] | null;
}

interface TiffDirectory {
  readonly littleEndian: boolean;
  /** Pictures of one form; at least one. */
  readonly pages: readonly TiffPage[];
  /** Pictures that differ in form from the first: previews, masks, other sizes. */
  readonly leftOut: number;
}

export const isTiff = (bytes: Uint8Array): boolean =>
  ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));

const tag = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  offsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  byteCounts: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;
type TagName = keyof typeof tag;

const typeBytes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };
const compressions: Readonly<Record<number, TiffPage['compression']>> = {
  1: 'none',
  5: 'lzw',
  8: 'deflate',
  32946: 'deflate',
  32773: 'packbits',
};
const compressionNames: Readonly<Record<number, string>> = {
  2: 'fax (CCITT 1D)',
  3: 'fax (CCITT group 3)',
  4: 'fax (CCITT group 4)',
  6: 'JPEG (old style)',
  7: 'JPEG',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
};
const photometrics = ['white-is-zero', 'black-is-zero', 'rgb', 'palette'] as const;

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the values are: in the entry itself, or elsewhere in the file. */
  readonly at: number;
}

/**
 * Reads the directories of all pictures, not their pixels.
 *
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the tag.
 */
export async function readTiffDirectory(source: ByteSource): Promise<TiffDirectory> {
  const { file } = source;
  const head = await source.read(0, 8, 'header');
  const littleEndian = head[0] === 0x49;
  const magic = littleEndian ? head.readUInt16LE(2) : head.readUInt16BE(2);
  if (magic === 43) throw unsupported(file, 'header', 'a BigTIFF');
  if (magic !== 42) throw malformed(file, 'header', 'not a TIFF header');
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let leftOut = 0;
  let total = 0;
  let refused: unknown = null;
  for (let at = uint(head, 4, 4, littleEndian); at !== 0;) {
    if (seen.has(at)) throw malformed(file, 'IFD', `the directories run in a circle at byte ${at}`);
    if (seen.size >= maxPages) throw tooLarge(file, 'IFD', `more than ${maxPages} pictures`);
    seen.add(at);
    const { entries, next } = await readEntries(source, at, littleEndian);
    at = next;
    try {
      const page = await new PageReader(source, entries, littleEndian).read();
      const first = pages[0];
      if (page === null || (first && formOf(page) !== formOf(first))) {
        leftOut++;
        continue;
      }
      total += pageBytes(page);
      if (total > maxRasterBytes)
        throw tooLarge(file, 'IFD', `${seen.size} pictures of ${total} bytes in all`);
      pages.push(page);
    } catch (error) {
      // A preview that cannot be read is no reason to refuse the picture before it.
      if (pages.length === 0 || (error as { code?: string }).code !== 'file.unsupported') throw error;
      refused ??= error;
      leftOut++;
    }
  }
  if (pages.length === 0) throw refused ?? malformed(file, 'IFD', 'the file holds no picture');
  return { littleEndian, pages, leftOut };
}

const uint = (bytes: Buffer, at: number, size: number, littleEndian: boolean): number =>
  littleEndian ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);

async function readEntries(
  source: ByteSource,
  at: number,
  littleEndian: boolean,
): Promise<{ entries: Map<number, Entry>; next: number }> {
  const count = uint(await source.read(at, 2, 'IFD'), 0, 2, littleEndian);
  const bytes = await source.read(at + 2, 12 * count + 4, 'IFD');
  const entries = new Map<number, Entry>();
  for (let n = 0; n < count; n++) {
    const start = 12 * n;
    const type = uint(bytes, start + 2, 2, littleEndian);
    const values = uint(bytes, start + 4, 4, littleEndian);
    const inside = values * (typeBytes[type] ?? 8) <= 4;
    const place = inside ? at + 2 + start + 8 : uint(bytes, start + 8, 4, littleEndian);
    entries.set(uint(bytes, start, 2, littleEndian), { type, count: values, at: place });
  }
  return { entries, next: uint(bytes, 12 * count, 4, littleEndian) };
}

const formOf = (p: TiffPage): string =>
  JSON.stringify([p.width, p.height, p.bits, p.signed, p.photometric, p.orientation >= 5]);
const pageBytes = (p: TiffPage): number => p.width * p.height * p.samples * (p.bits / 8);

/** One directory -> a page; every number is held against the picture's size or the file's before it is used. */
class PageReader {
  constructor(
    private readonly source: ByteSource,
    private readonly entries: ReadonlyMap<number, Entry>,
    private readonly littleEndian: boolean,
  ) {}

  /** @returns null for a preview or a mask. */
  async read(): Promise<TiffPage | null> {
    const { file } = this.source;
    if (((await this.one('subfile', 0)) & 0b101) !== 0) return null;
    const width = await this.one('width');
    const height = await this.one('height');
    if (width === 0 || height === 0) throw malformed(file, 'ImageWidth', `${width} x ${height} pixels`);
    if (width > maxAxis || height > maxAxis || width * height > maxPicturePixels) {
      throw tooLarge(file, 'ImageWidth', `${width} x ${height} pixels`);
    }
    const samples = await this.one('samples', 1);
    if (samples < 1 || samples > 8) throw unsupported(file, 'SamplesPerPixel', `${samples} samples a pixel`);
    const depths = await this.list('bits', samples, [1]);
    const bits = depths[0]!;
    if (depths.some((d) => d !== bits) || (bits !== 8 && bits !== 16)) {
      throw unsupported(file, 'BitsPerSample', `samples of ${[...new Set(depths)].join(', ')} bits`);
    }
    const format = (await this.list('sampleFormat', samples, [1]))[0]!;
    const signed = format === 2 && bits === 16;
    if (format !== 1 && format !== 4 && !signed) {
      throw unsupported(
        file,
        'SampleFormat',
        format === 3 ? 'floating-point samples' : `sample format ${format}`,
      );
    }
    const photometric = photometrics[await this.one('photometric')];
    const colours = photometric === 'rgb' ? 3 : 1;
    if (photometric === undefined || samples < colours) {
      throw unsupported(file, 'PhotometricInterpretation', 'colours other than grey, RGB and palette');
    }
    if (photometric === 'palette' && bits !== 8)
      throw unsupported(file, 'BitsPerSample', 'a palette of 16 bits');
    if (signed && photometric !== 'black-is-zero') {
      throw unsupported(file, 'SampleFormat', 'signed samples that are no grey values');
    }
    if ((await this.one('fillOrder', 1)) !== 1) throw unsupported(file, 'FillOrder', 'bits in reverse order');
    const compressionCode = await this.one('compression', 1);
    const compression = compressions[compressionCode];
    if (!compression) {
      const name = compressionNames[compressionCode] ?? `number ${compressionCode}`;
      throw unsupported(file, 'Compression', `compression ${name}`);
    }
    const predictor = await this.one('predictor', 1);
    if (predictor !== 1 && predictor !== 2) throw unsupported(file, 'Predictor', `predictor ${predictor}`);
    const planar = (await this.one('planar', 1)) === 2 && samples > 1;
    if (width * height * samples * (bits / 8) > maxPageBytes) {
      throw tooLarge(file, 'ImageWidth', `${width} x ${height} pixels of ${samples} samples`);
    }
    const orientation = await this.one('orientation', 1);
    return {
      width,
      height,
      bits,
      signed,
      samples,
      photometric,
      planar,
      compression,
      predicted: predictor === 2,
      orientation,
      palette: photometric === 'palette' ? await this.list('palette', 3 * 256) : null,
      ...(await this.blocks(width, height, planar ? samples : 1)),
    };
  }

  private async blocks(
    width: number,
    height: number,
    planes: number,
  ): Promise<Pick<TiffPage, 'tiled' | 'blockWidth' | 'blockHeight' | 'offsets' | 'byteCounts'>> {
    const { file, size } = this.source;
    const tiled = this.entries.has(tag.tileWidth);
    const blockWidth = tiled ? await this.one('tileWidth') : width;
    const rows = tiled ? await this.one('tileHeight') : await this.one('rowsPerStrip', height);
    // 2^32 - 1 is the default of RowsPerStrip: one strip.
    const blockHeight = tiled ? rows : Math.min(rows, height);
    const sound = blockWidth > 0 && blockHeight > 0 && blockWidth <= maxAxis && blockHeight <= maxAxis;
    // A tile may reach over the picture's edge, but no further than the next power of two would.
    if (!sound || blockWidth > 2 * width + 1024 || blockHeight > 2 * height + 1024) {
      throw malformed(
        file,
        tiled ? 'TileWidth' : 'RowsPerStrip',
        `blocks of ${blockWidth} x ${blockHeight} pixels`,
      );
    }
    const count = Math.ceil(width / blockWidth) * Math.ceil(height / blockHeight) * planes;
    const offsets = await this.list(tiled ? 'tileOffsets' : 'offsets', count);
    const byteCounts = await this.list(tiled ? 'tileByteCounts' : 'byteCounts', count);
    offsets.forEach((offset, n) => {
      if (offset + byteCounts[n]! > size) {
        throw malformed(
          file,
          tiled ? 'TileOffsets' : 'StripOffsets',
          `block ${n} lies at byte ${offset} with ${byteCounts[n]} bytes, the file holds ${size}`,
        );
      }
    });
    return { tiled, blockWidth, blockHeight, offsets, byteCounts };
  }

  private async one(name: TagName, fallback?: number): Promise<number> {
    return (await this.list(name, 1, fallback === undefined ? undefined : [fallback]))[0]!;
  }

  /** The first `count` whole numbers of a tag; where it is missing `fallback`, repeated. */
  private async list(name: TagName, count: number, fallback?: readonly number[]): Promise<number[]> {
    const { file } = this.source;
    const entry = this.entries.get(tag[name]);
    const field = `tag ${tag[name]}`;
    if (!entry) {
      if (!fallback) throw malformed(file, field, `the TIFF tag "${name}" is missing`);
      return Array.from({ length: count }, (_, n) => fallback[n % fallback.length]!);
    }
    const bytes = typeBytes[entry.type];
    if (bytes === undefined) throw malformed(file, field, `values of type ${entry.type}`);
    if (entry.count < count) throw malformed(file, field, `${entry.count} values instead of ${count}`);
    const raw = await this.source.read(entry.at, bytes * count, field);
    return Array.from({ length: count }, (_, n) => uint(raw, n * bytes, bytes, this.littleEndian));
  }
}
