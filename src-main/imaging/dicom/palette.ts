import { malformed } from '../errors';
import type { Dataset } from './dataset';
import { tags } from './tags';

interface Channel {
  readonly table: Uint8Array;
  /** The pixel value that the first entry belongs to. */
  readonly start: number;
}

const channels = [
  [tags.redDescriptor, tags.redData, tags.redSegmented],
  [tags.greenDescriptor, tags.greenData, tags.greenSegmented],
  [tags.blueDescriptor, tags.blueData, tags.blueSegmented],
] as const;

/**
 * Palette colour (PS3.3 C.7.6.3.1.5 and C.7.9): a table a channel with its count, first mapped value and bits, plain
 * or in segments.
 *
 * @returns writes red, green and blue of a pixel value at `at`
 * @throws AppError file.malformed naming the attribute where a table is missing or damaged
 */
export function readPalette(
  file: string,
  dataset: Dataset,
  signed: boolean,
): (value: number, out: Uint8Array, at: number) => void {
  const found = channels.map(([descriptor, plain, segmented]): Channel => {
    const [count, first, bits] = dataset.uint16s(descriptor);
    if (count === undefined || first === undefined || bits === undefined) {
      throw malformed(file, dataset.place(descriptor), 'the colour table is not described');
    }
    const entries = count === 0 ? 65536 : count;
    // The first mapped value has the sign of the pixels.
    const start = signed && first > 32767 ? first - 65536 : first;
    const words = dataset.has(segmented)
      ? expandSegments(file, dataset.uint16s(segmented), entries, dataset.place(segmented))
      : plainEntries(dataset, plain, entries);
    if (!words) throw malformed(file, dataset.place(plain), 'the colour table is missing or too short');
    // 16-bit tables: the high byte. Some writers put 8-bit values into words without scaling them.
    const shift = bits === 16 && words.some((w) => w > 255) ? 8 : 0;
    return { table: Uint8Array.from(words, (w) => w >> shift), start };
  }) as [Channel, Channel, Channel];
  return (value, out, at) => {
    for (let c = 0; c < 3; c++) {
      const { table, start } = found[c]!;
      out[at + c] = table[Math.max(0, Math.min(table.length - 1, value - start))]!;
    }
  };
}

/** Words, or bytes where that is all there is (8-bit tables in OW may be packed two a word). */
function plainEntries(dataset: Dataset, tag: number, entries: number): number[] | null {
  const value = dataset.get(tag)?.value;
  if (!value || value.length < entries) return null;
  const words = value.length >= 2 * entries ? dataset.uint16s(tag) : Array.from(value);
  return words.slice(0, entries);
}

/** Discrete, linear and indirect segments (PS3.3 C.7.9.2). */
function expandSegments(file: string, words: readonly number[], entries: number, place: string): number[] {
  const out: number[] = [];
  const bad = (): Error => malformed(file, place, 'a segment of the colour table is damaged');
  const run = (from: number, limit: number, nested: boolean): void => {
    let at = from;
    for (let n = 0; n < limit && at + 1 < words.length && out.length < entries; n++) {
      const [code, length] = [words[at]!, words[at + 1]!];
      if (code === 0) {
        if (at + 2 + length > words.length) throw bad();
        out.push(...words.slice(at + 2, at + 2 + length));
        at += 2 + length;
      } else if (code === 1) {
        const [before, end] = [out[out.length - 1], words[at + 2]];
        if (before === undefined || end === undefined || length === 0) throw bad();
        for (let k = 1; k <= length; k++) out.push(Math.round(before + ((end - before) * k) / length));
        at += 3;
      } else if (code === 2 && !nested && at + 3 < words.length) {
        // An offset in bytes to segments that stand earlier in the same table.
        run((words[at + 2]! + words[at + 3]! * 65536) / 2, length, true);
        at += 4;
      } else throw bad();
    }
  };
  run(0, Infinity, false);
  if (out.length < entries) throw bad();
  return out.slice(0, entries);
}
