/**
 * Two JPEG encoders (ITU-T T.81) of their own, so that decoders are not tested with themselves: lossless (process 14,
 * any predictor) and sequential DCT of 8 or 12 bits (processes 1, 2 and 4). Simple before small: every Huffman code
 * is 8 or 9 bits long.
 */
export interface JpegPicture {
  width: number;
  height: number;
  components: number;
  /** Interleaved. */
  samples: ArrayLike<number>;
  bits: number;
}

class BitWriter {
  readonly bytes: number[] = [];
  private held = 0;
  private count = 0;

  put(value: number, bits: number): void {
    for (let n = bits - 1; n >= 0; n--) {
      this.held = (this.held << 1) | ((value >> n) & 1);
      if (++this.count < 8) continue;
      this.bytes.push(this.held);
      if (this.held === 0xff) this.bytes.push(0);
      this.held = this.count = 0;
    }
  }

  /** Fills the last byte with ones. */
  flush(): void {
    if (this.count > 0) this.put(0xff, 8 - this.count);
  }
}

const u16 = (v: number): number[] => [(v >> 8) & 255, v & 255];
const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  ...u16(body.length + 2),
  ...body,
];
const category = (v: number): number => 32 - Math.clz32(Math.abs(v));
const magnitude = (v: number, size: number): number => (v < 0 ? v + (1 << size) - 1 : v);

/** `count` symbols 0..count-1, each with a code of `length` bits that is the symbol itself. */
const flatTable = (id: number, count: number, length: number): number[] => [
  id,
  ...Array.from({ length: 16 }, (_, n) => (n + 1 === length ? count : 0)),
  ...Array.from({ length: count }, (_, n) => n),
];

function frameHeader(marker: number, p: JpegPicture): number[] {
  const components = Array.from({ length: p.components }, (_, n) => [n + 1, 0x11, 0]).flat();
  return segment(marker, [p.bits, ...u16(p.height), ...u16(p.width), p.components, ...components]);
}

function scanHeader(p: JpegPicture, rest: readonly number[]): number[] {
  const components = Array.from({ length: p.components }, (_, n) => [n + 1, 0]).flat();
  return segment(0xda, [p.components, ...components, ...rest]);
}

/** @param predictor 1 to 7 (T.81 table H.1); DICOM's .70 allows 1 alone */
export function encodeJpegLossless(p: JpegPicture, predictor = 1): Buffer {
  const writer = new BitWriter();
  const { width, height, components, samples, bits } = p;
  const at = (x: number, y: number, c: number): number => samples[(y * width + x) * components + c]!;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < components; c++) {
        const a = x > 0 ? at(x - 1, y, c) : 0;
        const b = y > 0 ? at(x, y - 1, c) : 0;
        const d = x > 0 && y > 0 ? at(x - 1, y - 1, c) : 0;
        const guess =
          y === 0
            ? x === 0
              ? 2 ** (bits - 1)
              : a
            : x === 0
              ? b
              : [0, a, b, d, a + b - d, a + ((b - d) >> 1), b + ((a - d) >> 1), (a + b) >> 1][predictor]!;
        // Differences are modulo 2^16 (H.1.2.1); 32768 has a category of its own and no further bits.
        const difference = (((at(x, y, c) - guess + 32768) & 0xffff) - 32768) | 0;
        const size = category(difference);
        writer.put(size, 8);
        if (size < 16) writer.put(magnitude(difference, size), size);
      }
    }
  }
  writer.flush();
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xc4, flatTable(0, 17, 8)),
    ...frameHeader(0xc3, p),
    ...scanHeader(p, [predictor, 0, 0]),
    ...writer.bytes,
    ...[0xff, 0xd9],
  ]);
}

const zigzag = Array.from({ length: 64 }, (_, n) => n).sort((a, b) => {
  const [ya, xa, yb, xb] = [a >> 3, a & 7, b >> 3, b & 7];
  return xa + ya - xb - yb || ((xa + ya) % 2 === 0 ? xa - xb : ya - yb);
});

/** All quantization steps are 1, so that decoding is off by rounding alone. @param interval MCUs between restarts, 0 = none */
export function encodeJpegSequential(p: JpegPicture, interval = 0): Buffer {
  const writer = new BitWriter();
  const { width, height, components, samples, bits } = p;
  const level = 2 ** (bits - 1);
  const predicted = new Array<number>(components).fill(0);
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  for (let unit = 0; unit < across * down; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      writer.flush();
      writer.bytes.push(0xff, 0xd0 + ((unit / interval - 1) % 8));
      predicted.fill(0);
    }
    for (let c = 0; c < components; c++) {
      const block = new Float64Array(64);
      for (let n = 0; n < 64; n++) {
        const x = Math.min(width - 1, (unit % across) * 8 + (n & 7));
        const y = Math.min(height - 1, Math.floor(unit / across) * 8 + (n >> 3));
        block[n] = samples[(y * width + x) * components + c]! - level;
      }
      const coefficients = forwardDct(block);
      const values = zigzag.map((n) => Math.round(coefficients[n]!));
      const difference = values[0]! - predicted[c]!;
      predicted[c] = values[0]!;
      const size = category(difference);
      writer.put(size, 8);
      writer.put(magnitude(difference, size), size);
      for (let k = 1, run = 0; k < 64; k++) {
        if (values[k] === 0) {
          run++;
          continue;
        }
        for (; run > 15; run -= 16) writer.put(0xf0, 9);
        const length = category(values[k]!);
        writer.put((run << 4) | length, 9);
        writer.put(magnitude(values[k]!, length), length);
        run = 0;
      }
      if (values[63] === 0) writer.put(0, 9);
    }
  }
  writer.flush();
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    ...segment(0xc4, flatTable(0x00, 16, 8)),
    ...segment(0xc4, flatTable(0x10, 255, 9)),
    ...(interval > 0 ? segment(0xdd, u16(interval)) : []),
    ...frameHeader(bits === 8 ? 0xc0 : 0xc1, p),
    ...scanHeader(p, [0, 63, 0]),
    ...writer.bytes,
    ...[0xff, 0xd9],
  ]);
}

function forwardDct(block: Float64Array): Float64Array {
  const out = new Float64Array(64);
  const c = (u: number): number => (u === 0 ? Math.SQRT1_2 : 1);
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let n = 0; n < 64; n++) {
        const [x, y] = [n & 7, n >> 3];
        sum +=
          block[n]! * Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.cos(((2 * y + 1) * v * Math.PI) / 16);
      }
      out[v * 8 + u] = (c(u) * c(v) * sum) / 4;
    }
  }
  return out;
}
