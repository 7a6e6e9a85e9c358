import { deflateSync } from 'node:zlib';

/** A picture to write: interleaved samples [height, width, samples]. */
export interface TiffPicture {
  width: number;
  height: number;
  samples: number;
  bits: 8 | 16;
  data: ArrayLike<number>;
}

export interface TiffOptions {
  compression?: 'none' | 'lzw' | 'deflate' | 'packbits';
  bigEndian?: boolean;
  planar?: boolean;
  predicted?: boolean;
  rowsPerStrip?: number;
  /** Side of square tiles, in place of strips. */
  tile?: number;
  /** More tags, or other values: number -> values, written as LONG. null leaves a tag out. */
  tags?: Readonly<Record<number, readonly number[] | null>>;
}

const codes = { none: 1, lzw: 5, deflate: 8, packbits: 32773 } as const;

/** A TIFF of one or more pictures; shares no code with the reader. */
export function tiffBytes(pictures: readonly TiffPicture[], options: TiffOptions = {}): Buffer {
  const { bigEndian = false } = options;
  const u16 = (v: number): Buffer => Buffer.from(bigEndian ? [v >> 8, v & 255] : [v & 255, v >> 8]);
  const u32 = (v: number): Buffer => {
    const b = Buffer.alloc(4);
    if (bigEndian) b.writeUInt32BE(v);
    else b.writeUInt32LE(v);
    return b;
  };
  const parts: Buffer[] = [Buffer.from(bigEndian ? 'MM\0*' : 'II*\0', 'latin1'), u32(0)];
  let size = 8;
  const put = (bytes: Buffer): number => {
    const at = size;
    parts.push(bytes, Buffer.alloc(bytes.length & 1));
    size += bytes.length + (bytes.length & 1);
    return at;
  };
  // Where the offset of the next directory has to be written.
  let link = 1;
  for (const picture of pictures) {
    const blocks = blocksOf(picture, options);
    const places = blocks.map((block) => put(block));
    const tags = new Map<number, readonly number[]>([
      [256, [picture.width]],
      [257, [picture.height]],
      [258, Array.from({ length: picture.samples }, () => picture.bits)],
      [259, [codes[options.compression ?? 'none']]],
      [262, [picture.samples >= 3 ? 2 : 1]],
      [277, [picture.samples]],
      [284, [options.planar ? 2 : 1]],
      [317, [options.predicted ? 2 : 1]],
      [options.tile ? 324 : 273, places],
      [options.tile ? 325 : 279, blocks.map((b) => b.length)],
    ]);
    if (options.tile) tags.set(322, [options.tile]).set(323, [options.tile]);
    else tags.set(278, [options.rowsPerStrip ?? picture.height]);
    for (const [tag, values] of Object.entries(options.tags ?? {})) {
      if (values === null) tags.delete(Number(tag));
      else tags.set(Number(tag), values);
    }
    const entries = [...tags]
      .sort(([a], [b]) => a - b)
      .map(([tag, values]) => {
        const place = values.length > 1 ? put(Buffer.concat(values.map(u32))) : values[0]!;
        return Buffer.concat([u16(tag), u16(4), u32(values.length), u32(place)]);
      });
    parts[link] = u32(put(Buffer.concat([u16(entries.length), ...entries])));
    link = parts.length - 1;
    // The padding after a directory is empty (14 + 12n bytes are even): the link to the next takes its place.
    parts[link] = u32(0);
    size += 4;
  }
  return Buffer.concat(parts);
}

function blocksOf(picture: TiffPicture, options: TiffOptions): Buffer[] {
  const { width, height, samples } = picture;
  const { planar = false, tile } = options;
  const bw = tile ?? width;
  const bh = tile ?? options.rowsPerStrip ?? height;
  const blocks: Buffer[] = [];
  for (let plane = 0; plane < (planar ? samples : 1); plane++) {
    for (let top = 0; top < height; top += bh) {
      for (let left = 0; left < width; left += bw) {
        const rows = tile ?? Math.min(bh, height - top);
        const values: number[] = [];
        for (let y = 0; y < rows; y++) {
          const row: number[] = [];
          for (let x = 0; x < bw; x++) {
            const inside = top + y < height && left + x < width;
            const at = ((top + y) * width + left + x) * samples;
            for (const c of planar ? [plane] : Array.from({ length: samples }, (_, n) => n)) {
              row.push(inside ? picture.data[at + c]! : 0);
            }
          }
          const step = planar ? 1 : samples;
          values.push(...(options.predicted ? row.map((v, n) => (n < step ? v : v - row[n - step]!)) : row));
        }
        blocks.push(
          pack(toBytes(values, picture.bits, options.bigEndian ?? false), options.compression ?? 'none'),
        );
      }
    }
  }
  return blocks;
}

function toBytes(values: readonly number[], bits: 8 | 16, bigEndian: boolean): Buffer {
  if (bits === 8) return Buffer.from(values.map((v) => v & 255));
  const bytes = Buffer.from(Uint16Array.from(values).buffer);
  return bigEndian ? bytes.swap16() : bytes;
}

function pack(bytes: Buffer, compression: keyof typeof codes): Buffer {
  switch (compression) {
    case 'none':
      return bytes;
    case 'deflate':
      return deflateSync(bytes);
    case 'packbits':
      return packBits(bytes);
    case 'lzw':
      return packLzw(bytes);
  }
}

/** Runs of three and more as runs, the rest as literals. */
function packBits(bytes: Buffer): Buffer {
  const out: number[] = [];
  const runAt = (at: number): number => {
    let n = 1;
    while (n < 128 && bytes[at + n] === bytes[at]) n++;
    return at < bytes.length ? n : 0;
  };
  for (let at = 0; at < bytes.length;) {
    const run = runAt(at);
    if (run >= 3) {
      out.push(257 - run, bytes[at]!);
      at += run;
      continue;
    }
    let stop = at + 1;
    while (stop < bytes.length && stop - at < 128 && runAt(stop) < 3) stop++;
    out.push(stop - at - 1, ...bytes.subarray(at, stop));
    at = stop;
  }
  return Buffer.from(out);
}

/** LZW as TIFF 6.0 section 13 writes it: most significant bit first, widths grow one code early. */
function packLzw(bytes: Buffer): Buffer {
  const out: number[] = [];
  let [bits, held] = [0, 0];
  const emit = (code: number, width: number): void => {
    bits = (bits << width) | code;
    held += width;
    while (held >= 8) {
      held -= 8;
      out.push((bits >>> held) & 255);
    }
    bits &= (1 << held) - 1;
  };
  let table = new Map<string, number>();
  let [next, width] = [258, 9];
  const codeOf = (s: string): number => (s.length === 1 ? s.charCodeAt(0) : table.get(s)!);
  emit(256, width);
  let current = '';
  for (const byte of bytes) {
    const longer = current + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      current = longer;
      continue;
    }
    emit(codeOf(current), width);
    table.set(longer, next++);
    // This table is one entry ahead of the reader's, for whom the width grows one code early.
    if (next === 1 << width) width++;
    if (next === 4094) {
      emit(256, 12);
      table = new Map();
      [next, width] = [258, 9];
    }
    current = String.fromCharCode(byte);
  }
  if (current !== '') {
    emit(codeOf(current), width);
    if (next + 1 === 1 << width && width < 12) width++;
  }
  emit(257, width);
  if (held > 0) emit(0, 8 - held);
  return Buffer.from(out);
}
