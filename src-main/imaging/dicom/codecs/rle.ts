import type { DecodedPicture, EncodedPicture } from './pixel-decoder';

/**
 * RLE Lossless (PS3.5 annex G): up to 15 segments of PackBits, one for each byte of each sample, most
 * significant first. Own code: the codec package reads past the segment and handles neither colour of
 * 16 bits nor a truncated header.
 *
 * @param samples samples a pixel, each of `bytesPerSample`
 * @returns samples interleaved, little endian
 * @throws Error where the segments do not hold exactly the picture
 */
function decodeRle(encoded: Uint8Array, pixels: number, samples: number, bytesPerSample: number): Uint8Array {
  if (encoded.length < 64) throw new Error('the RLE header is cut off');
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const count = view.getUint32(0, true);
  if (count !== samples * bytesPerSample) {
    throw new Error(`${count} RLE segments instead of ${samples * bytesPerSample}`);
  }
  const out = new Uint8Array(pixels * samples * bytesPerSample);
  const stride = samples * bytesPerSample;
  for (let segment = 0; segment < count; segment++) {
    const from = view.getUint32(4 + 4 * segment, true);
    const to = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : encoded.length;
    if (from < 64 || to < from || to > encoded.length)
      throw new Error(`RLE segment ${segment + 1} lies outside`);
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(encoded, from, to, out, sample * bytesPerSample + byte, stride, segment);
  }
  return out;
}

function unpack(
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  first: number,
  stride: number,
  segment: number,
): void {
  let at = from;
  let put = first;
  while (at < to && put < out.length) {
    const n = bytes[at++]!;
    if (n < 128) {
      const end = Math.min(at + n + 1, to);
      for (; at < end && put < out.length; put += stride) out[put] = bytes[at++]!;
    } else if (n > 128 && at < to) {
      const value = bytes[at++]!;
      for (let k = 0; k < 257 - n && put < out.length; k++, put += stride) out[put] = value;
    }
  }
  if (put < out.length) throw new Error(`RLE segment ${segment + 1} ends early`);
}

export function decodeRlePicture(picture: EncodedPicture): Promise<DecodedPicture> {
  const { width, height, components, bitsAllocated } = picture;
  const bits = bitsAllocated === 1 ? 8 : bitsAllocated;
  const bytes = decodeRle(picture.bytes, width * height, components, bits / 8);
  return Promise.resolve({ bits, bytes, isRgb: false, placedByHighBit: true });
}
