import { EntropyReader, HuffmanTable } from './entropy-reader';

/**
 * JPEG of 8 or 12 bits, sequential DCT with Huffman codes (ITU-T T.81 processes 1, 2 and 4; DICOM transfer
 * syntax .4.51). Own code: the kept WebAssembly codecs take 8 bits alone.
 */
interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly table: number;
  /** Blocks that the interleaved scan holds of it. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly plane: Uint16Array;
  dc: HuffmanTable | null;
  ac: HuffmanTable | null;
  predicted: number;
}

interface Frame {
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly hMax: number;
  readonly vMax: number;
  readonly components: readonly Component[];
}

/**
 * @param bytes the JPEG; its size has been held against the data set
 * @returns interleaved samples, without colour conversion
 * @throws Error saying what is damaged
 */
export function decodeJpegExtended(bytes: Uint8Array): {
  precision: number;
  components: number;
  samples: Uint16Array;
} {
  const quantization: (Uint16Array | undefined)[] = [];
  const dcTables: (HuffmanTable | undefined)[] = [];
  const acTables: (HuffmanTable | undefined)[] = [];
  let frame: Frame | null = null;
  let interval = 0;
  const scanned = new Set<Component>();
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new Error(`no marker at its byte ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xd9) break;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length !== length - 2) throw new Error('a marker segment is cut off');
    at += 2 + length;
    if (marker === 0xdb) readQuantization(body, quantization);
    else if (marker === 0xc4) readHuffman(body, dcTables, acTables);
    else if (marker === 0xdd) interval = (body[0]! << 8) | body[1]!;
    else if (marker === 0xc0 || marker === 0xc1) {
      if (frame) throw new Error('it has two frame headers');
      frame = readFrame(body);
    } else if (marker >= 0xc2 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      throw new Error('it is no sequential JPEG');
    } else if (marker === 0xda) {
      if (!frame) throw new Error('a scan stands before the frame header');
      const components = readScan(body, frame, dcTables, acTables);
      at = decodeScan(bytes, at, frame, components, interval, quantization);
      for (const c of components) scanned.add(c);
    }
  }
  if (!frame || scanned.size < frame.components.length) throw new Error('a component has no scan');
  return { precision: frame.precision, components: frame.components.length, samples: assemble(frame) };
}

function readQuantization(body: Uint8Array, tables: (Uint16Array | undefined)[]): void {
  for (let at = 0; at < body.length;) {
    const wide = body[at]! >> 4 === 1;
    const size = wide ? 128 : 64;
    if (at + 1 + size > body.length) throw new Error('a quantization table is cut off');
    const table = new Uint16Array(64);
    for (let n = 0; n < 64; n++) {
      table[n] = wide ? (body[at + 1 + 2 * n]! << 8) | body[at + 2 + 2 * n]! : body[at + 1 + n]!;
    }
    tables[body[at]! & 3] = table;
    at += 1 + size;
  }
}

function readHuffman(
  body: Uint8Array,
  dc: (HuffmanTable | undefined)[],
  ac: (HuffmanTable | undefined)[],
): void {
  for (let at = 0; at < body.length;) {
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((a, b) => a + b, 0);
    if (counts.length < 16 || at + 17 + total > body.length) throw new Error('a Huffman table is cut off');
    const table = new HuffmanTable(counts, body.subarray(at + 17, at + 17 + total));
    (body[at]! >> 4 === 0 ? dc : ac)[body[at]! & 3] = table;
    at += 17 + total;
  }
}

function readFrame(body: Uint8Array): Frame {
  const [precision, yHigh, yLow, xHigh, xLow, count] = body as unknown as number[];
  if (body.length < 6 || (precision !== 8 && precision !== 12)) throw new Error(`${precision} bits a sample`);
  if (count! < 1 || count! > 4 || body.length < 6 + 3 * count!)
    throw new Error('the frame header is too short');
  const height = (yHigh! << 8) | yLow!;
  const width = (xHigh! << 8) | xLow!;
  if (width === 0 || height === 0) throw new Error(`${width} x ${height} pixels`);
  const factors = Array.from({ length: count! }, (_, n) => body[7 + 3 * n]!);
  if (factors.some((f) => f >> 4 < 1 || f >> 4 > 4 || (f & 15) < 1 || (f & 15) > 4))
    throw new Error('a sampling factor is out of range');
  const hMax = Math.max(...factors.map((f) => f >> 4));
  const vMax = Math.max(...factors.map((f) => f & 15));
  const across = Math.ceil(width / (8 * hMax));
  const down = Math.ceil(height / (8 * vMax));
  const components = factors.map((f, n): Component => {
    const blocksAcross = across * (f >> 4);
    const blocksDown = down * (f & 15);
    return {
      id: body[6 + 3 * n]!,
      h: f >> 4,
      v: f & 15,
      table: body[8 + 3 * n]! & 3,
      blocksAcross,
      blocksDown,
      plane: new Uint16Array(64 * blocksAcross * blocksDown),
      dc: null,
      ac: null,
      predicted: 0,
    };
  });
  return { precision, width, height, hMax, vMax, components };
}

function readScan(
  body: Uint8Array,
  frame: Frame,
  dc: readonly (HuffmanTable | undefined)[],
  ac: readonly (HuffmanTable | undefined)[],
): Component[] {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 1 + 2 * count) throw new Error('the scan header is too short');
  return Array.from({ length: count }, (_, n) => {
    const found = frame.components.find((c) => c.id === body[1 + 2 * n]);
    const tables = body[2 + 2 * n]!;
    if (!found) throw new Error('a scan of a component that the frame does not have');
    found.dc = dc[tables >> 4] ?? null;
    found.ac = ac[tables & 15] ?? null;
    return found;
  });
}

/** @returns where the scan's data ended */
function decodeScan(
  bytes: Uint8Array,
  from: number,
  frame: Frame,
  components: readonly Component[],
  interval: number,
  quantization: readonly (Uint16Array | undefined)[],
): number {
  const reader = new EntropyReader(bytes, from);
  const block = new Float64Array(64);
  const single = components.length === 1 ? components[0]! : null;
  // A scan of one component holds only the blocks that the picture touches (A.2.2).
  const across = single
    ? Math.ceil(Math.ceil((frame.width * single.h) / frame.hMax) / 8)
    : Math.ceil(frame.width / (8 * frame.hMax));
  const down = single
    ? Math.ceil(Math.ceil((frame.height * single.v) / frame.vMax) / 8)
    : Math.ceil(frame.height / (8 * frame.vMax));
  for (const c of components) c.predicted = 0;
  for (let unit = 0; unit < across * down; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      reader.restart();
      for (const c of components) c.predicted = 0;
    }
    const row = Math.floor(unit / across);
    const column = unit % across;
    for (const c of components) {
      const [h, v] = single ? [1, 1] : [c.h, c.v];
      for (let y = 0; y < v; y++) {
        for (let x = 0; x < h; x++) {
          readBlock(reader, c, quantization[c.table], block);
          inverseDct(block, c, row * v + y, column * h + x, frame.precision);
        }
      }
    }
  }
  return reader.position;
}

const zigzag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]);

/** Coefficients of one block, dequantized, in natural order (F.2.2). */
function readBlock(
  reader: EntropyReader,
  c: Component,
  quantization: Uint16Array | undefined,
  block: Float64Array,
): void {
  if (!c.dc || !c.ac || !quantization) throw new Error('a table that the scan names is missing');
  block.fill(0);
  const category = c.dc.decode(reader);
  if (category > 16) throw new Error('a difference of more than 16 bits');
  c.predicted += reader.signed(category);
  block[0] = c.predicted * quantization[0]!;
  for (let k = 1; k < 64; k++) {
    const symbol = c.ac.decode(reader);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol !== 0xf0) return;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw new Error('a block holds more than 64 coefficients');
    block[zigzag[k]!] = reader.signed(size) * quantization[k]!;
  }
}

/** cosines[x * 8 + u] = C(u) / 2 * cos((2x + 1) u pi / 16) (A.3.3). */
const cosines = Float64Array.from({ length: 64 }, (_, n) => {
  const [x, u] = [n >> 3, n & 7];
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});
const rows = new Float64Array(64);

function inverseDct(block: Float64Array, c: Component, row: number, column: number, precision: number): void {
  const top = 2 ** precision - 1;
  const level = 2 ** (precision - 1);
  for (let v = 0; v < 8; v++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += cosines[x * 8 + u]! * block[v * 8 + u]!;
      rows[v * 8 + x] = sum;
    }
  }
  const stride = c.blocksAcross * 8;
  for (let y = 0; y < 8; y++) {
    const to = (row * 8 + y) * stride + column * 8;
    for (let x = 0; x < 8; x++) {
      let sum = level;
      for (let v = 0; v < 8; v++) sum += cosines[y * 8 + v]! * rows[v * 8 + x]!;
      c.plane[to + x] = sum <= 0 ? 0 : sum >= top ? top : Math.round(sum);
    }
  }
}

/** Planes -> interleaved samples; those of coarser components are repeated. */
function assemble({ width, height, hMax, vMax, components }: Frame): Uint16Array {
  const out = new Uint16Array(width * height * components.length);
  components.forEach((c, n) => {
    for (let y = 0; y < height; y++) {
      const from = Math.floor((y * c.v) / vMax) * c.blocksAcross * 8;
      let to = y * width * components.length + n;
      for (let x = 0; x < width; x++, to += components.length) {
        out[to] = c.plane[from + Math.floor((x * c.h) / hMax)]!;
      }
    }
  });
  return out;
}
