import { dropped } from './collect-young';
import type { Scratch } from './scratch';

/**
 * The Cornerstone project's WebAssembly builds of CharLS, OpenJPEG, OpenJPH and libjpeg-turbo, one instance a
 * process, started when first needed. Taken one by one instead of through `@cornerstonejs/dicom-codec`,
 * which starts the asm.js builds: 13 ms a JPEG-LS CT slice instead of 6.
 */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned?: boolean;
  };
  delete(): void;
}
type Codecs = {
  jpegls: 'JpegLSDecoder';
  jpeg2000: 'J2KDecoder';
  htj2k: 'HTJ2KDecoder';
  jpeg: 'JPEGDecoder';
};
type WasmModule = Record<string, new () => WasmDecoder>;

type Factory = (options: object) => Promise<unknown>;
// Not bundled: each package finds its .wasm beside itself.
const packages: Readonly<Record<keyof Codecs, () => Promise<{ default: Factory }>>> = {
  jpegls: () => import('@cornerstonejs/codec-charls/decodewasmjs'),
  jpeg2000: () => import('@cornerstonejs/codec-openjpeg/decodewasmjs'),
  htj2k: () => import('@cornerstonejs/codec-openjph/wasmjs'),
  jpeg: () => import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'),
};
const decoders: Codecs = {
  jpegls: 'JpegLSDecoder',
  jpeg2000: 'J2KDecoder',
  htj2k: 'HTJ2KDecoder',
  jpeg: 'JPEGDecoder',
};

const started = new Map<string, Promise<WasmModule>>();

function start(codec: keyof Codecs): Promise<WasmModule> {
  let promise = started.get(codec);
  if (!promise) {
    // The libraries print their warnings to stdout, where the CLI prints JSON.
    const quiet = { print: () => undefined, printErr: () => undefined };
    promise = packages[codec]().then((found) => found.default(quiet) as Promise<WasmModule>);
    started.set(codec, promise);
  }
  return promise;
}

export interface DecodedFrame {
  readonly width: number;
  readonly height: number;
  /** Samples a pixel. */
  readonly components: number;
  readonly bitsPerSample: number;
  readonly signed: boolean;
  /** Little-endian samples, interleaved; two bytes each where bitsPerSample is over 8. Aligned to four bytes. */
  readonly bytes: Uint8Array;
}

/** Out of the decoder's memory, which ends with it, if it lies there: some builds give a copy by themselves. */
function ownBytes(view: Uint8Array, scratch: Scratch | null): Uint8Array {
  if (view.byteLength === view.buffer.byteLength) {
    if (scratch) dropped(view.byteLength);
    // One of them gives a Uint8ClampedArray.
    return new Uint8Array(view.buffer);
  }
  if (!scratch) return new Uint8Array(view);
  const copy = new Uint8Array(scratch.take('decoded', view.length), 0, view.length);
  copy.set(view);
  return copy;
}

/**
 * Decodes one compressed picture. The caller has checked the size that the picture announces.
 *
 * @param scratch where the samples are to lie; left out, in memory of their own
 * @throws Error with the codec's complaint.
 */
export async function decodeFrame(
  codec: keyof Codecs,
  encoded: Uint8Array,
  scratch: Scratch | null = null,
): Promise<DecodedFrame> {
  const wasm = await start(codec);
  const decoder = new wasm[decoders[codec]]!();
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const info = decoder.getFrameInfo();
    const view = decoder.getDecodedBuffer();
    const decoded = {
      width: info.width,
      height: info.height,
      components: info.componentCount,
      bitsPerSample: info.bitsPerSample,
      signed: info.isSigned ?? false,
      bytes: ownBytes(view, scratch),
    };
    decoder.delete();
    return decoded;
  } catch (error) {
    // What a C++ exception leaves behind is never freed, and an aborted instance answers no more: the next picture
    // gets a new one.
    started.delete(codec);
    // Emscripten throws C++ exceptions as pointers or as objects that hold one.
    const isText = error instanceof Error && error.message !== '' && !('excPtr' in error);
    throw isText ? error : new Error(`the ${codec} data is damaged`, { cause: error });
  }
}
