/** Conversions to interleaved 8-bit RGB. */

/** RRR..GGG..BBB.. -> RGBRGB.., of samples of `size` bytes. */
export function interleave(planes: Uint8Array, size: number): Uint8Array {
  const pixels = planes.length / 3 / size;
  const out = new Uint8Array(planes.length);
  for (let c = 0; c < 3; c++) {
    for (let n = 0; n < pixels; n++) {
      for (let b = 0; b < size; b++) out[(3 * n + c) * size + b] = planes[(c * pixels + n) * size + b]!;
    }
  }
  return out;
}

/** The upper 8 of the stored bits; screens show no more of a colour. */
export function toEightBits(samples: ArrayLike<number>, bitsStored: number): Uint8Array {
  if (samples instanceof Uint8Array && bitsStored === 8) return samples;
  const out = new Uint8Array(samples.length);
  const scale = 255 / (2 ** bitsStored - 1);
  // 8 bits of 16 by a shift, as every 16-bit palette does; fewer than 8 are spread over the whole range.
  for (let n = 0; n < out.length; n++) {
    out[n] = bitsStored > 8 ? Math.floor(samples[n]! / 2 ** (bitsStored - 8)) : samples[n]! * scale + 0.5;
  }
  return out;
}

/** YBR_FULL -> RGB, PS3.3 C.7.6.3.1.2 (ITU-R BT.601, full range), in place. */
export function ybrToRgb(data: Uint8Array): Uint8Array {
  for (let n = 0; n + 2 < data.length; n += 3) {
    const y = data[n]!;
    const cb = data[n + 1]! - 128;
    const cr = data[n + 2]! - 128;
    data[n] = clamp8(y + 1.402 * cr);
    data[n + 1] = clamp8(y - 0.344136 * cb - 0.714136 * cr);
    data[n + 2] = clamp8(y + 1.772 * cb);
  }
  return data;
}

/** Uncompressed YBR_FULL_422 (Y0 Y1 Cb Cr a pixel pair) -> YBR_FULL, chroma repeated. */
export function spread422(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((data.length / 2) * 3);
  for (let from = 0, to = 0; from + 3 < data.length; from += 4, to += 6) {
    const cb = data[from + 2]!;
    const cr = data[from + 3]!;
    out[to] = data[from]!;
    out[to + 1] = cb;
    out[to + 2] = cr;
    out[to + 3] = data[from + 1]!;
    out[to + 4] = cb;
    out[to + 5] = cr;
  }
  return out;
}

const clamp8 = (v: number): number => (v <= 0 ? 0 : v >= 255 ? 255 : Math.round(v));
