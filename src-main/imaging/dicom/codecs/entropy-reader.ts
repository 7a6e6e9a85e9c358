/** A Huffman table of JPEG (ITU-T T.81 annex C), for codes of up to 16 bits. */
export class HuffmanTable {
  private readonly maxCode = new Int32Array(18).fill(-1);
  private readonly firstIndex = new Int32Array(17);
  private readonly firstCode = new Int32Array(17);
  /** Length << 8 | value of every code of up to 8 bits, by the 8 bits that follow; 0 for longer ones. */
  private readonly short = new Uint16Array(256);

  /**
   * @param counts codes of each length 1 to 16
   * @param values symbols in code order
   * @throws Error where the lengths overrun the code space
   */
  constructor(
    counts: ArrayLike<number>,
    private readonly values: Uint8Array,
  ) {
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length++) {
      const count = counts[length - 1]!;
      this.firstIndex[length] = index;
      this.firstCode[length] = code;
      if (code + count > 1 << length) throw new Error('a Huffman table has too many codes');
      for (let n = 0; n < count && length <= 8; n++) {
        const entry = (length << 8) | values[index + n]!;
        this.short.fill(entry, (code + n) << (8 - length), (code + n + 1) << (8 - length));
      }
      code += count;
      index += count;
      this.maxCode[length] = count > 0 ? code - 1 : -1;
      code <<= 1;
    }
  }

  decode(reader: EntropyReader): number {
    const entry = this.short[reader.peek8()]!;
    if (entry !== 0) {
      reader.skip(entry >> 8);
      return entry & 0xff;
    }
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | reader.bits(1);
      if (code <= this.maxCode[length]!) {
        return this.values[this.firstIndex[length]! + code - this.firstCode[length]!]!;
      }
    }
    throw new Error('a Huffman code that no table has');
  }
}

/** Bits of an entropy-coded JPEG segment, with the zero byte after FF taken out (T.81 B.1.1.5). */
export class EntropyReader {
  private held = 0;
  private count = 0;
  /** Of the bits held: zeros that stand for data after the end. */
  private missing = 0;

  constructor(
    private readonly bytes: Uint8Array,
    /** Where the next byte is read; at a marker once the segment is used up. */
    public position: number,
  ) {}

  private fill(): void {
    const byte = this.bytes[this.position];
    let next = 0;
    if (byte === undefined || (byte === 0xff && this.bytes[this.position + 1] !== 0)) {
      // The lookup of codes reads ahead; only bits that are used must be there.
      this.missing += 8;
    } else {
      next = byte;
      this.position += byte === 0xff ? 2 : 1;
    }
    this.held = ((this.held << 8) | next) & 0xffffff;
    this.count += 8;
  }

  peek8(): number {
    if (this.count < 8) this.fill();
    return (this.held >> (this.count - 8)) & 0xff;
  }

  /** @throws Error where these bits are past the end: the picture is cut off. */
  skip(bits: number): void {
    this.count -= bits;
    if (this.count < this.missing) throw new Error('the compressed data ends early');
  }

  /** The next `n` bits, at most 16. @throws Error as skip. */
  bits(n: number): number {
    while (this.count < n) this.fill();
    const value = (this.held >> (this.count - n)) & ((1 << n) - 1);
    this.skip(n);
    return value;
  }

  /** A difference of `n` magnitude bits (T.81 F.2.2.1, EXTEND). */
  signed(n: number): number {
    if (n === 0) return 0;
    const value = this.bits(n);
    return value < 1 << (n - 1) ? value - (1 << n) + 1 : value;
  }

  /**
   * Drops what is left of the interval and steps over its restart marker.
   *
   * @throws Error where no restart marker stands there
   */
  restart(): void {
    this.held = this.count = this.missing = 0;
    while (this.bytes[this.position] === 0xff && this.bytes[this.position + 1] === 0xff) this.position++;
    const marker = this.bytes[this.position + 1] ?? 0;
    if (this.bytes[this.position] !== 0xff || marker < 0xd0 || marker > 0xd7)
      throw new Error('a restart marker is missing');
    this.position += 2;
  }
}
