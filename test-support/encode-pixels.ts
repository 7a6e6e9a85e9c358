import { encodeJpegLossless, encodeJpegSequential } from './encode-jpeg';

/** Compresses one frame the way a transfer syntax says, with encoders that the readers do not use. */
export type CompressedSyntax =
  | 'rle'
  | 'jpeg'
  | 'jpeg-12'
  | 'jpeg-lossless'
  | 'jpeg-lossless-57'
  | 'jpegls'
  | 'jpeg2000'
  | 'jpeg2000-lossy'
  | 'htj2k';

export interface FrameForm {
  width: number;
  height: number;
  components: number;
  /** Bits of each sample: 8, or up to 16 in two little-endian bytes. */
  bits: number;
  signed: boolean;
  /** JPEG-LS: 0 = planes one after the other, 1 = lines, 2 = samples. */
  interleave?: 0 | 1 | 2;
}

export async function encodePixels(
  syntax: CompressedSyntax,
  frame: Buffer,
  form: FrameForm,
): Promise<Buffer> {
  const encoded = await encode(syntax, frame, form);
  return encoded.length % 2 ? Buffer.concat([encoded, Buffer.alloc(1)]) : encoded;
}

function encode(syntax: CompressedSyntax, frame: Buffer, form: FrameForm): Promise<Buffer> | Buffer {
  const samples =
    form.bits > 8
      ? Uint16Array.from({ length: frame.length >> 1 }, (_, n) => frame.readUInt16LE(2 * n))
      : Uint8Array.from(frame);
  const picture = { ...form, samples };
  switch (syntax) {
    case 'rle':
      return rleEncode(frame, form.components * (form.bits > 8 ? 2 : 1));
    case 'jpeg':
    case 'jpeg-12':
      return encodeJpegSequential({ ...picture, bits: syntax === 'jpeg' ? 8 : 12 });
    case 'jpeg-lossless':
      return encodeJpegLossless(picture);
    case 'jpeg-lossless-57':
      return encodeJpegLossless(picture, 4);
    case 'jpegls':
    case 'jpeg2000':
    case 'jpeg2000-lossy':
    case 'htj2k':
      return codecEncode(syntax, frame, form);
  }
}

/** PackBits of each byte of each sample, most significant first (PS3.5 annex G). */
function rleEncode(frame: Buffer, segmentsWanted: number): Buffer {
  const bytesPerSample = segmentsWanted % 2 === 0 ? 2 : 1;
  const segments = Array.from({ length: segmentsWanted }, (_, s) => {
    const offset =
      Math.floor(s / bytesPerSample) * bytesPerSample + (bytesPerSample - 1 - (s % bytesPerSample));
    const plane = Buffer.from(
      Array.from({ length: frame.length / segmentsWanted }, (_, n) => frame[n * segmentsWanted + offset]!),
    );
    const parts: Buffer[] = [];
    for (let at = 0; at < plane.length;) {
      let run = 1;
      while (run < 128 && at + run < plane.length && plane[at + run] === plane[at]) run++;
      if (run > 2) {
        parts.push(Buffer.from([257 - run, plane[at]!]));
        at += run;
      } else {
        const literal = plane.subarray(at, at + 2);
        parts.push(Buffer.from([literal.length - 1]), literal);
        at += literal.length;
      }
    }
    const all = Buffer.concat(parts);
    return all.length % 2 ? Buffer.concat([all, Buffer.from([128])]) : all;
  });
  const head = Buffer.alloc(64);
  head.writeUInt32LE(segments.length, 0);
  let offset = 64;
  segments.forEach((segment, n) => {
    head.writeUInt32LE(offset, 4 + 4 * n);
    offset += segment.length;
  });
  return Buffer.concat([head, ...segments]);
}

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setNearLossless?(n: number): void;
  setInterleaveMode?(mode: number): void;
  setQuality?(lossless: boolean, rate: number): void;
  setDecompositions?(levels: number): void;
  delete(): void;
}

type EncoderName = 'JpegLSEncoder' | 'HTJ2KEncoder' | 'J2KEncoder';
type EncoderModule = Record<string, new () => Encoder>;
const started: Partial<Record<EncoderName, Promise<EncoderModule>>> = {};

async function start(name: EncoderName): Promise<EncoderModule> {
  const found =
    name === 'JpegLSEncoder'
      ? await import('@cornerstonejs/codec-charls/wasmjs')
      : name === 'HTJ2KEncoder'
        ? await import('@cornerstonejs/codec-openjph/wasmjs')
        : await import('@cornerstonejs/codec-openjpeg/wasmjs');
  return (await found.default({ print: () => undefined, printErr: () => undefined })) as EncoderModule;
}

async function codecEncode(
  syntax: 'jpegls' | 'jpeg2000' | 'jpeg2000-lossy' | 'htj2k',
  frame: Buffer,
  form: FrameForm,
): Promise<Buffer> {
  const name = syntax === 'jpegls' ? 'JpegLSEncoder' : syntax === 'htj2k' ? 'HTJ2KEncoder' : 'J2KEncoder';
  const wasm = await (started[name] ??= start(name));
  const encoder = new wasm[name]!();
  const { width, height, components, bits, signed } = form;
  const info = { width, height, bitsPerSample: bits, componentCount: components, isSigned: signed };
  encoder
    .getDecodedBuffer(syntax === 'htj2k' ? { ...info, isUsingColorTransform: components === 3 } : info)
    .set(frame);
  encoder.setNearLossless?.(0);
  encoder.setInterleaveMode?.(form.interleave ?? (components === 3 ? 2 : 0));
  // Small phantoms hold fewer wavelet levels than the usual five.
  encoder.setDecompositions?.(2);
  encoder.setQuality?.(syntax !== 'jpeg2000-lossy', syntax === 'jpeg2000-lossy' ? 4 : 0);
  encoder.encode();
  const out = Buffer.from(Uint8Array.from(encoder.getEncodedBuffer()));
  encoder.delete();
  return out;
}
