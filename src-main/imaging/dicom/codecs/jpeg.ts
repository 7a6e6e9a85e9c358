import { Decoder as LosslessDecoder } from 'jpeg-lossless-decoder-js';
import { unsupported } from '../../errors';
import { checkScans, readJpegFrame, type JpegFrame } from '../../raster/jpeg';
import { decodeFrame } from '../../wasm-codecs';
import { formatTag, tags } from '../tags';
import { checkComponents, checkSize } from './checks';
import { decodeJpegExtended } from './jpeg-extended';
import type { DecodedPicture, EncodedPicture } from './pixel-decoder';

/** Start-of-frame markers as readJpegFrame counts them: T.81 table B.1, and JPEG-LS (T.87). */
const process = { extended: 1, progressive: 2, lossless: 3, jpegls: 0x37 } as const;

/**
 * Every JPEG of DICOM, by what its own frame header says: writers name the wrong process often enough, and the header
 * decides how the bytes read.
 */
export async function decodeJpegPicture(picture: EncodedPicture): Promise<DecodedPicture> {
  const frame = readJpegFrame(picture.file, picture.bytes);
  checkSize(frame, picture);
  checkComponents(frame.components, picture.components);
  if (frame.process === process.jpegls) return decodeJpegLs(picture);
  if (frame.process === process.lossless) return decodeLossless(picture, frame);
  if (frame.process <= process.progressive) checkScans(picture.file, picture.bytes, frame);
  if (frame.precision === 8 && frame.process <= process.progressive) return decodeBaseline(picture, frame);
  if (frame.precision === 12 && frame.process <= process.extended) return decodeTwelveBits(picture);
  throw unsupported(
    picture.file,
    formatTag(tags.transferSyntaxUid),
    `JPEG of ${frame.precision} bits, process ${frame.process}`,
  );
}

async function decodeJpegLs(picture: EncodedPicture): Promise<DecodedPicture> {
  const decoded = await decodeFrame('jpegls', picture.bytes, picture.scratch);
  checkSize(decoded, picture);
  checkComponents(decoded.components, picture.components);
  return {
    bits: decoded.bitsPerSample > 8 ? 16 : 8,
    bytes: decoded.bytes,
    isRgb: false,
    placedByHighBit: false,
  };
}

async function decodeBaseline(picture: EncodedPicture, frame: JpegFrame): Promise<DecodedPicture> {
  const decoded = await decodeFrame('jpeg', withColours(picture, frame), picture.scratch);
  checkComponents(decoded.components, picture.components);
  return { bits: 8, bytes: decoded.bytes, isRgb: picture.components === 3, placedByHighBit: false };
}

const adobeRgb = Buffer.from([...[0xff, 0xee, 0, 14], ...Buffer.from('Adobe'), ...[0, 100, 0, 0, 0, 0, 0]]);

/**
 * Without a JFIF or Adobe marker only the data set knows whether the three components are RGB; the library would
 * take them for YCbCr.
 */
function withColours({ bytes, photometric }: EncodedPicture, frame: JpegFrame): Buffer {
  const says = frame.hasJfif || frame.adobeTransform !== null;
  if (frame.components !== 3 || says || photometric !== 'RGB') return bytes;
  return Buffer.concat([bytes.subarray(0, 2), adobeRgb, bytes.subarray(2)]);
}

function decodeTwelveBits(picture: EncodedPicture): Promise<DecodedPicture> {
  const { samples } = decodeJpegExtended(picture.bytes);
  const bytes = new Uint8Array(samples.buffer);
  return Promise.resolve({ bits: 16, bytes, isRgb: false, placedByHighBit: false });
}

function decodeLossless({ bytes }: EncodedPicture, frame: JpegFrame): Promise<DecodedPicture> {
  // T.81 H.1.2: a Huffman code, of one bit at least, for every sample.
  const samples = frame.width * frame.height * frame.components;
  if (bytes.length * 8 < samples) throw new Error(`${bytes.length} bytes cannot hold ${samples} samples`);
  const bits = frame.precision > 8 ? 16 : 8;
  // The decoder fetches bits ahead and drops the last pixel when it meets the end marker: zeros keep it away.
  const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const body = end < 0 ? bytes : bytes.subarray(0, end);
  const padded = Uint8Array.from(Buffer.concat([body, Buffer.alloc(16), Buffer.from([0xff, 0xd9])]));
  const decoded = new LosslessDecoder().decode(padded.buffer, 0, padded.length, bits / 8);
  return Promise.resolve({
    bits,
    bytes: new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength),
    isRgb: false,
    placedByHighBit: false,
  });
}
