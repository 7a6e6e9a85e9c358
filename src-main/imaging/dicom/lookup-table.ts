import type { NamedWindow } from '../../core/volume/windowing';
import type { Dataset } from './dataset';
import { tags } from './tags';

/** A Modality or VOI lookup table (PS3.3 C.11.1 and C.11.2): entry n belongs to the value `first` + n, ends hold beyond. */
export interface LookupTable {
  readonly first: number;
  readonly entries: ArrayLike<number>;
  readonly bits: number;
  readonly name: string;
}

/** @returns null where the item's table is missing, empty or too short */
function readTable(item: Dataset, signed: boolean): LookupTable | null {
  const [count, , bits] = item.uint16s(tags.lutDescriptor);
  const vr = item.get(tags.lutDescriptor)?.vr;
  const value = item.get(tags.lutData)?.value;
  if (count === undefined || bits === undefined || !value || bits < 1 || bits > 16) return null;
  const wanted = count === 0 ? 65536 : count;
  const entries =
    value.length >= 2 * wanted ? item.uint16s(tags.lutData) : value.length >= wanted ? value : null;
  if (!entries) return null;
  // US or SS: what is read as one may have been written as the other, and then Pixel Representation tells.
  const raw = item.uint16s(tags.lutDescriptor)[1]!;
  const first = (vr === 'SS' || signed) && raw > 32767 ? raw - 65536 : raw;
  return { first, entries: entries.slice(0, wanted), bits, name: item.string(tags.lutExplanation) };
}

/** The table that takes the place of rescale slope and intercept; null where the image has none, or none that is sound. */
export function readModalityTable(d: Dataset, signed: boolean): LookupTable | null {
  const item = d.items(tags.modalityLutSequence)[0];
  return item ? readTable(item, signed) : null;
}

export function lookUp(table: LookupTable, value: number): number {
  const { first, entries } = table;
  const n = value - first;
  return entries[n < 0 ? 0 : n >= entries.length ? entries.length - 1 : n]!;
}

/** Tables of the VOI LUT Sequence as windows with a curve. @param signed modality values may be negative */
export function readVoiTables(d: Dataset, signed: boolean): NamedWindow[] {
  return d.items(tags.voiLutSequence).flatMap((item, n) => {
    const table = readTable(item, signed);
    if (!table || table.entries.length < 2) return [];
    const last = table.entries.length - 1;
    return [
      {
        name: table.name || `Table ${n + 1}`,
        center: table.first + last / 2,
        width: last,
        curve: curveOf(table),
      },
    ];
  });
}

/** Most that a curve's grey may be off its table. */
const tolerance = 0.001;

/** The table by few points: from each, the farthest one whose straight line stays within the tolerance of all between. */
function curveOf({ first, entries, bits }: LookupTable): [number, number][] {
  const top = 2 ** bits - 1;
  const grey = (n: number): number => Math.min(1, entries[n]! / top);
  const points: [number, number][] = [[first, grey(0)]];
  for (let from = 0; from < entries.length - 1;) {
    let [low, high] = [-Infinity, Infinity];
    let to = from + 1;
    for (let n = from + 1; n < entries.length; n++) {
      const rise = (grey(n) - grey(from)) / (n - from);
      if (rise >= low && rise <= high) to = n;
      low = Math.max(low, (grey(n) - tolerance - grey(from)) / (n - from));
      high = Math.min(high, (grey(n) + tolerance - grey(from)) / (n - from));
      if (low > high) break;
    }
    points.push([first + to, grey(to)]);
    from = to;
  }
  return points;
}
