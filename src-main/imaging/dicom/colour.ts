import type { Dataset } from './dataset';
import { tags } from './tags';

/** Conversions to interleaved 8-bit RGB. */

/** RRR..GGG..BBB.. -> RGBRGB.. */
export function interleave(planes: Uint8Array): Uint8Array {
  const pixels = planes.length / 3;
  const out = new Uint8Array(planes.length);
  for (let n = 0; n < pixels; n++) {
    for (let c = 0; c < 3; c++) out[3 * n + c] = planes[c * pixels + n]!;
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

/**
 * Palette colour (PS3.3 C.7.6.3.1.5): a table a channel with its count, first mapped value and bits.
 *
 * @returns null where a table is missing or segmented
 */
export function readPalette(
  dataset: Dataset,
  signed: boolean,
): ((index: number) => readonly [number, number, number]) | null {
  const channels = [
    [tags.redDescriptor, tags.redData],
    [tags.greenDescriptor, tags.greenData],
    [tags.blueDescriptor, tags.blueData],
  ] as const;
  const tables = channels.map(([descriptor, data]) => {
    const [count, , bits] = dataset.uint16s(descriptor);
    const value = dataset.get(data)?.value;
    if (count === undefined || !value) return null;
    const entries = count === 0 ? 65536 : count;
    const first = dataset.get(descriptor)!.value;
    const firstMapped = dataset.uint16s(descriptor)[1]!;
    // The first mapped value has the sign of the pixels.
    const start = signed && firstMapped > 32767 ? firstMapped - 65536 : firstMapped;
    const table = new Uint8Array(entries);
    if (value.length >= 2 * entries) {
      const words = dataset.uint16s(data);
      // 16-bit tables: the high byte. Some writers put 8-bit values into words without scaling them.
      const shift = bits === 16 && words.some((w) => w > 255) ? 8 : 0;
      for (let n = 0; n < entries; n++) table[n] = words[n]! >> shift;
    } else if (value.length >= entries) {
      table.set(value.subarray(0, entries));
    } else return null;
    return first.length >= 6 ? { table, start } : null;
  });
  const [red, green, blue] = tables;
  if (!red || !green || !blue) return null;
  const pick = ({ table, start }: { table: Uint8Array; start: number }, index: number): number =>
    table[Math.max(0, Math.min(table.length - 1, index - start))]!;
  return (index) => [pick(red, index), pick(green, index), pick(blue, index)];
}

const clamp8 = (v: number): number => (v <= 0 ? 0 : v >= 255 ? 255 : Math.round(v));
