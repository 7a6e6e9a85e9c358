/** The byte codings of TIFF 6.0 that zlib does not know. Both write no more than `wanted` bytes, whatever they read. */

/**
 * LZW (TIFF 6.0 section 13): codes of 9 to 12 bits, most significant bit first, one code early.
 *
 * @returns fewer bytes where the data ends early.
 * @throws Error for a code that cannot be.
 */
export function expandLzw(packed: Uint8Array, wanted: number): Uint8Array {
  const [clear, end] = [256, 257];
  const out = new Uint8Array(wanted);
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const lengths = new Uint16Array(4096);
  for (let n = 0; n < 256; n++) {
    suffix[n] = n;
    lengths[n] = 1;
  }
  let next = 258;
  let width = 9;
  let previous = -1;
  let bits = 0;
  let held = 0;
  let at = 0;
  let filled = 0;
  while (filled < wanted) {
    while (held < width) {
      if (at >= packed.length) return out.subarray(0, filled);
      bits = ((bits << 8) | packed[at++]!) & 0xffffff;
      held += 8;
    }
    held -= width;
    const code = (bits >>> held) & ((1 << width) - 1);
    if (code === end) break;
    if (code === clear) {
      next = 258;
      width = 9;
      previous = -1;
      continue;
    }
    if (previous < 0 ? code > 255 : code > next || code === clear)
      throw new Error('an LZW code that cannot be');
    // The one code that is not in the table yet stands for the last string and its own first byte again.
    const known = previous < 0 || code < next;
    let link = known ? code : previous;
    const length = lengths[link]!;
    for (let to = filled + length - 1; to >= filled; to--) {
      if (to < wanted) out[to] = suffix[link]!;
      if (to > filled) link = prefix[link]!;
    }
    const first = suffix[link]!;
    if (!known && filled + length < wanted) out[filled + length] = first;
    filled = Math.min(wanted, filled + length + (known ? 0 : 1));
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next] = first;
      lengths[next] = lengths[previous]! + 1;
      next++;
      if (next === (1 << width) - 1 && width < 12) width++;
    }
    previous = code;
  }
  return out.subarray(0, filled);
}

/** PackBits (TIFF 6.0 section 9): runs and literals. @returns fewer bytes where the data ends early. */
export function expandPackBits(packed: Uint8Array, wanted: number): Uint8Array {
  const out = new Uint8Array(wanted);
  let filled = 0;
  for (let at = 0; at < packed.length && filled < wanted;) {
    const n = (packed[at++]! << 24) >> 24;
    if (n >= 0) {
      const literal = packed.subarray(at, Math.min(at + n + 1, at + wanted - filled));
      out.set(literal, filled);
      filled += literal.length;
      at += n + 1;
    } else if (n !== -128) {
      if (at >= packed.length) break;
      const stop = Math.min(wanted, filled + 1 - n);
      out.fill(packed[at++]!, filled, stop);
      filled = stop;
    }
  }
  return out.subarray(0, filled);
}
