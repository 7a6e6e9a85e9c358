import type { Photo } from './phantoms';

/**
 * A lossless WebP (RFC 9649) that packs nothing: every literal has a code of 8 bits. Shares no code with the reader;
 * enough to know each pixel of what is read.
 */
export function webpBytes(photo: Photo, exif?: Buffer): Buffer {
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let n = 0; n < count; n++) bits.push((value >>> n) & 1);
  };
  put(0x2f, 8);
  put(photo.width - 1, 14);
  put(photo.height - 1, 14);
  put(0, 1 + 3); // no alpha, version 0
  put(0, 3); // no transform, no colour cache, one group of codes
  eightBitCodes(put, true); // green, and lengths of copies, which get no code
  eightBitCodes(put, false); // red
  eightBitCodes(put, false); // blue
  put(1 | (0 << 1) | (1 << 2), 3); // alpha: one symbol of 8 bits ...
  put(255, 8); // ... 255
  put(1, 3); // distance: one symbol of 1 bit ...
  put(0, 1); // ... 0
  const reversed = (v: number): number => {
    let r = 0;
    for (let n = 0; n < 8; n++) r |= ((v >> n) & 1) << (7 - n);
    return r;
  };
  for (let n = 0; n < photo.width * photo.height; n++) {
    for (const c of [1, 0, 2]) put(reversed(photo.data[3 * n + c]!), 8);
  }
  const picture = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((bit, n) => (picture[n >> 3]! |= bit << (n & 7)));
  const chunks = [chunk('VP8L', picture)];
  if (exif) chunks.unshift(chunk('VP8X', canvas(photo.width, photo.height, 0b1000)));
  if (exif) chunks.push(chunk('EXIF', exif));
  return riff(chunks);
}

/** Symbols 0 to 255 with codes of 8 bits: the only code length is 8, so that its own code takes no bit. */
function eightBitCodes(put: (value: number, count: number) => void, more: boolean): void {
  put(0, 1); // not simple
  put(8, 4); // 12 lengths of code lengths follow, in the order 17 18 0 1 2 3 4 5 16 6 7 8
  for (let n = 0; n < 11; n++) put(0, 3);
  put(1, 3);
  if (more) {
    put(1, 1); // fewer symbols than the alphabet has
    put(3, 3); // said in 2 + 2 * 3 bits
    put(254, 8); // 2 + 254
  } else put(0, 1);
}

export const canvas = (width: number, height: number, flags: number): Buffer => {
  const body = Buffer.alloc(10);
  body[0] = flags;
  body.writeUIntLE(width - 1, 4, 3);
  body.writeUIntLE(height - 1, 7, 3);
  return body;
};

export const chunk = (kind: string, body: Buffer): Buffer => {
  const head = Buffer.from(`${kind}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
};

export const riff = (chunks: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
};
