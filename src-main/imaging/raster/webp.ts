import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { malformed, tooLarge, unsupported } from '../errors';
import { maxWebpPixels } from '../limits';
import type { Pixels } from './orientation';

/** What the chunks of a WebP say (RFC 9649, section 2). */
interface WebpHeader {
  readonly width: number;
  readonly height: number;
  /** The TIFF structure of its EXIF chunk; null where there is none. */
  readonly exif: Buffer | null;
}

export const isWebp = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'RIFF' &&
  Buffer.from(bytes.subarray(8, 12)).toString('latin1') === 'WEBP';

const animated = 0b10;

/**
 * Walks the chunks and checks what they announce.
 *
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the chunk.
 */
function readWebpHeader(file: string, bytes: Buffer): WebpHeader {
  if (bytes.length < 20 || !isWebp(bytes)) throw malformed(file, 'RIFF', 'not a WebP header');
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) {
    throw malformed(file, 'RIFF', `${end} bytes are promised, ${bytes.length} are there`);
  }
  let canvas: readonly [number, number] | null = null;
  let picture: readonly [number, number] | null = null;
  let packed = 0;
  let exif: Buffer | null = null;
  for (let at = 12; at + 8 <= end;) {
    const kind = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > end) throw malformed(file, printable(kind), 'the file ends inside this chunk');
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (kind === 'VP8X') {
      if (length < 10) throw malformed(file, kind, 'the chunk is too short');
      if (body[0]! & animated) throw unsupported(file, kind, 'an animated WebP');
      canvas = [body.readUIntLE(4, 3) + 1, body.readUIntLE(7, 3) + 1];
    } else if (kind === 'ANIM' || kind === 'ANMF') {
      throw unsupported(file, kind, 'an animated WebP');
    } else if (kind === 'VP8 ' || kind === 'VP8L') {
      if (picture) throw malformed(file, kind, 'two pictures in one file');
      picture = kind === 'VP8L' ? losslessSize(file, body) : lossySize(file, body);
      packed = length;
    } else if (kind === 'EXIF') {
      const prefixed = body.toString('latin1', 0, 6) === 'Exif\0\0';
      exif = prefixed ? body.subarray(6) : body;
    }
    at += 8 + length + (length & 1);
  }
  if (!picture) throw malformed(file, 'VP8', 'the picture is missing');
  const [width, height] = picture;
  if (canvas && (canvas[0] !== width || canvas[1] !== height)) {
    throw malformed(file, 'VP8X', `a canvas of ${canvas.join(' x ')} for ${width} x ${height} pixels`);
  }
  if (width === 0 || height === 0) throw malformed(file, 'VP8', `${width} x ${height} pixels`);
  if (width * height > maxWebpPixels) throw tooLarge(file, 'VP8', `${width} x ${height} pixels`);
  if (width * height * 3 > freeBytes && width * height * 3 > packed * maxShrinking) {
    throw tooLarge(file, 'VP8', `${packed} compressed bytes claim to hold ${width} x ${height} pixels`);
  }
  return { width, height, exif };
}

/** As in PNG: a picture of one colour may shrink far, but not so far and be large. */
const freeBytes = 8 * 2 ** 20;
const maxShrinking = 1000;

/** RFC 6386 section 9.1: a key frame starts with its tag, 9D 01 2A and two sizes of 14 bits. */
function lossySize(file: string, body: Buffer): [number, number] {
  if (body.length < 10 || (body[0]! & 1) !== 0 || body.readUIntBE(3, 3) !== 0x9d012a) {
    throw malformed(file, 'VP8', 'the picture does not start with a key frame');
  }
  return [body.readUInt16LE(6) & 0x3fff, body.readUInt16LE(8) & 0x3fff];
}

/** RFC 9649 section 3.4: 2F, then two sizes less one, of 14 bits each. */
function losslessSize(file: string, body: Buffer): [number, number] {
  if (body.length < 5 || body[0] !== 0x2f) throw malformed(file, 'VP8L', 'the picture has no header');
  const bits = body.readUInt32LE(1);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

const printable = (kind: string): string => kind.replace(/[^\x20-\x7e]/g, '?');

/** The parts of WebAssembly's interface that are used; TypeScript declares it with the DOM only. */
interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(length: number): number;
  WebPDecodeRGBA(input: number, length: number, width: number, height: number): number;
}
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ exports: WasmExports }>;
}

let compiled: Promise<object> | null = null;

/**
 * Grey-free RGB of a still WebP, alpha left out. libwebp runs as WebAssembly in an instance of its own for each picture:
 * nothing that a hostile picture does to its memory outlives the picture, and the memory goes with it.
 *
 * @throws AppError file.malformed, file.unsupported, file.too-large naming the chunk.
 */
export async function decodeWebp(file: string, bytes: Buffer): Promise<Pixels & Pick<WebpHeader, 'exif'>> {
  const { width, height, exif } = readWebpHeader(file, bytes);
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Wasm };
  compiled ??= readFile(wasmFile()).then((code) => wasm.compile(code));
  const refuse = (): never => {
    throw malformed(file, 'VP8', 'the picture cannot be decoded');
  };
  const { exports } = await wasm.instantiate(await compiled, {
    wasi_snapshot_preview1: { fd_close: refuse, fd_seek: refuse, fd_write: refuse },
  });
  const input = exports.malloc(bytes.length);
  const sizes = exports.malloc(8);
  if (input === 0 || sizes === 0) return refuse();
  new Uint8Array(exports.memory.buffer).set(bytes, input);
  let place: number;
  try {
    place = exports.WebPDecodeRGBA(input, bytes.length, sizes, sizes + 4);
  } catch {
    return refuse();
  }
  const [w, h] = new Uint32Array(exports.memory.buffer, sizes, 2);
  if (place === 0 || w !== width || h !== height) return refuse();
  const rgba = new Uint8Array(exports.memory.buffer, place, 4 * width * height);
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    data[to] = rgba[from]!;
    data[to + 1] = rgba[from + 1]!;
    data[to + 2] = rgba[from + 2]!;
  }
  return { width, height, channels: 3, data, exif };
}

/** Only the .wasm of the package is used; it lies beside its main file. */
const wasmFile = (): string =>
  join(dirname(createRequire(join(__dirname, 'x.js')).resolve('@cwasm/webp')), 'webp.wasm');
