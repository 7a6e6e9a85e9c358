import { tooLarge } from '../../errors';
import { maxDecoderBytes } from '../../limits';
import { decodeFrame } from '../../wasm-codecs';
import { checkComponents, checkSize } from './checks';
import type { DecodedPicture, EncodedPicture } from './pixel-decoder';

/** More tiles than this cost the library more memory than the picture. */
const maxTiles = 16_384;

/** Samples that are never held to the bits they take: an empty exposure is no bomb. */
const freeSamples = 12_000_000;
/** Empty and very lossy pictures take more than this of each sample. */
const leastBitsPerSample = 0.1;

/**
 * OpenJPEG holds each sample in 32 bits beside what comes out, and takes as long for a sample that the code stream
 * says nothing of as for one that it describes.
 */
function refuseLarge({ file, bytes, width, height, components, bitsAllocated, codec }: EncodedPicture): void {
  const samples = width * height * components;
  const said = `${width} x ${height} pixels of ${components} samples`;
  if (samples > freeSamples && bytes.length * 8 < samples * leastBitsPerSample) {
    throw tooLarge(file, 'SIZ', `${bytes.length} compressed bytes claim to hold ${said}`);
  }
  const needed = samples * (bitsAllocated > 8 ? 10 : 7);
  if (codec === 'jpeg2000' && needed > maxDecoderBytes) throw tooLarge(file, 'SIZ', said);
}

/** JPEG 2000 (ISO/IEC 15444-1) by OpenJPEG, high-throughput (15444-15) by OpenJPH. */
export async function decodeJpeg2000Picture(picture: EncodedPicture): Promise<DecodedPicture> {
  const stream = codeStream(picture.bytes);
  const size = readSize(stream);
  checkSize(size, picture);
  checkComponents(size.components, picture.components);
  if (size.subsampled) throw new Error('its components differ in size');
  refuseLarge(picture);
  if (!(size.tiles >= 1 && size.tiles <= maxTiles)) throw new Error(`it has ${size.tiles} tiles`);
  const decoded = await decodeFrame(
    picture.codec === 'htj2k' ? 'htj2k' : 'jpeg2000',
    stream,
    picture.scratch,
  );
  checkSize(decoded, picture);
  checkComponents(decoded.components, picture.components);
  return {
    bits: decoded.bitsPerSample > 8 ? 16 : 8,
    bytes: decoded.bytes,
    // The reversible and irreversible colour transforms are undone by the codec.
    isRgb: /^YBR_(ICT|RCT)$/.test(picture.photometric),
    placedByHighBit: false,
  };
}

/** The code stream alone; some writers keep it in a JP2 file's boxes (ISO/IEC 15444-1 annex I), which PS3.5 A.4.4 forbids. */
function codeStream(bytes: Buffer): Buffer {
  if (bytes.length < 12 || bytes.toString('latin1', 4, 8) !== 'jP  ') return bytes;
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'jp2c') {
      return bytes.subarray(at + 8, length >= 8 ? at + length : undefined);
    }
    if (length < 8) break;
    at += length;
  }
  throw new Error('its JP2 boxes hold no code stream');
}

/** SOC, then SIZ (ISO/IEC 15444-1 A.5.1). */
function readSize(stream: Buffer): {
  width: number;
  height: number;
  components: number;
  tiles: number;
  subsampled: boolean;
} {
  if (stream.length < 45 || stream.readUInt32BE(0) !== 0xff4fff51)
    throw new Error('its SIZ marker is missing');
  const [x, y, xo, yo, xt, yt, xto, yto] = Array.from({ length: 8 }, (_, n) =>
    stream.readUInt32BE(8 + 4 * n),
  ) as [number, number, number, number, number, number, number, number];
  const components = stream.readUInt16BE(40);
  if (stream.length < 42 + 3 * components) throw new Error('its SIZ marker is cut off');
  return {
    width: x - xo,
    height: y - yo,
    components,
    tiles: Math.ceil((x - xto) / xt) * Math.ceil((y - yto) / yt),
    subsampled: Array.from({ length: components }, (_, n) => 43 + 3 * n).some(
      (at) => stream[at] !== 1 || stream[at + 1] !== 1,
    ),
  };
}
