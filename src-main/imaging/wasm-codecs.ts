import { createRequire } from 'node:module';

/**
 * The Cornerstone project's WebAssembly builds of CharLS, OpenJPEG and libjpeg-turbo, one instance a
 * process, started when first needed. Taken one by one instead of through `@cornerstonejs/dicom-codec`,
 * which starts the asm.js builds: 13 ms a JPEG-LS CT slice instead of 6.
 */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  readHeader?(): void;
  getFrameInfo(): {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned?: boolean;
  };
  delete(): void;
}
type Codecs = { jpegls: 'JpegLSDecoder'; jpeg2000: 'J2KDecoder'; jpeg: 'JPEGDecoder' };
type WasmModule = Record<string, new () => WasmDecoder>;

const modules: Readonly<Record<keyof Codecs, string>> = {
  jpegls: '@cornerstonejs/codec-charls/decodewasmjs',
  jpeg2000: '@cornerstonejs/codec-openjpeg/decodewasmjs',
  jpeg: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
};
const decoders: Codecs = { jpegls: 'JpegLSDecoder', jpeg2000: 'J2KDecoder', jpeg: 'JPEGDecoder' };

// The packages find their .wasm beside themselves, so they are required, never bundled.
const load = createRequire(__filename);
const started = new Map<string, Promise<WasmModule>>();

function start(codec: keyof Codecs): Promise<WasmModule> {
  let promise = started.get(codec);
  if (!promise) {
    const factory = load(modules[codec]) as (options: object) => Promise<WasmModule>;
    // The libraries print their warnings to stdout, where the CLI prints JSON.
    promise = Promise.resolve(factory({ print: () => undefined, printErr: () => undefined }));
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
  /** Little-endian samples, interleaved; two bytes each where bitsPerSample is over 8. */
  readonly bytes: Uint8Array;
}

/**
 * Decodes one compressed picture.
 *
 * @param expected pixels the caller has room for: the codec's own header is compared before it decodes.
 * @throws Error with the codec's complaint.
 */
export async function decodeFrame(
  codec: keyof Codecs,
  encoded: Uint8Array,
  expected: { width: number; height: number } | null,
): Promise<DecodedFrame> {
  const wasm = await start(codec);
  const decoder = new wasm[decoders[codec]]!();
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    if (expected && decoder.readHeader) {
      decoder.readHeader();
      const { width, height } = decoder.getFrameInfo();
      if (width !== expected.width || height !== expected.height) {
        throw new Error(
          `it holds ${width} x ${height} pixels instead of ${expected.width} x ${expected.height}`,
        );
      }
    }
    decoder.decode();
    const info = decoder.getFrameInfo();
    const view = decoder.getDecodedBuffer();
    return {
      width: info.width,
      height: info.height,
      components: info.componentCount,
      bitsPerSample: info.bitsPerSample,
      signed: info.isSigned ?? false,
      // A copy: the view dies with the decoder's memory.
      bytes: Uint8Array.from(view),
    };
  } catch (error) {
    // Emscripten throws C++ exceptions as pointers.
    if (typeof error === 'number') throw new Error(`the ${codec} data is damaged`, { cause: error });
    throw error;
  } finally {
    decoder.delete();
  }
}
