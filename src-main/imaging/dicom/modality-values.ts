import type { VoxelType } from '../../core/study/entities';
import type { VoxelArray } from '../../core/volume/volume';
import { createVoxels, voxelTypeOf } from '../../core/volume/voxels';
import type { FrameInfo } from './frame-info';
import { lookUp, type LookupTable } from './lookup-table';
import { storedRange, type PictureForm } from './picture';

/** What turns the stored values of one file into modality values (PS3.3 C.11.1). */
export interface ValueScale {
  readonly form: PictureForm;
  /** In place of slope and intercept. */
  readonly modalityTable: LookupTable | null;
  /** Stored values, both ends included, that stand for "no image here" (PS3.3 C.7.5.1.1.2). */
  readonly padding: readonly [number, number] | null;
}

/** Smallest and largest value that can come out. */
export function modalityRange(scale: ValueScale, { slope, intercept }: FrameInfo): readonly [number, number] {
  if (scale.modalityTable) {
    let [low, high] = [Infinity, -Infinity];
    const { entries } = scale.modalityTable;
    for (let n = 0; n < entries.length; n++) {
      low = Math.min(low, entries[n]!);
      high = Math.max(high, entries[n]!);
    }
    return [low, high];
  }
  const [a, b] = storedRange(scale.form).map((v) => v * slope + intercept) as [number, number];
  return a <= b ? [a, b] : [b, a];
}

/** True where only whole numbers come out. */
export const isWhole = (scale: ValueScale, { slope, intercept }: FrameInfo): boolean =>
  scale.modalityTable !== null || (Number.isInteger(slope) && Number.isInteger(intercept));

/**
 * A value and its twin of a MONOCHROME1 picture add up to this: turned round after the modality LUT, larger is
 * brighter everywhere. null where nothing is turned.
 */
export function mirrorSum(scale: ValueScale, info: FrameInfo): number | null {
  if (scale.form.photometric !== 'MONOCHROME1') return null;
  const [low, high] = modalityRange(scale, info);
  return low + high;
}

/** Makes the array that values are written to; of a volume, the place of the slice in it. */
export type MakeVoxels = (type: VoxelType, length: number) => VoxelArray;

/**
 * Stored -> modality values, clamped to the type. Padding comes out as the darkest value of the frame unless it is
 * darker still, so that it is black and no measurement; with `darkenPadding`, always. `stored` itself where nothing
 * changes.
 */
export function modalityValues(
  stored: VoxelArray | Uint32Array,
  scale: ValueScale,
  info: FrameInfo,
  type: VoxelType,
  { darkenPadding = false, make = createVoxels }: { darkenPadding?: boolean; make?: MakeVoxels } = {},
): VoxelArray {
  const { modalityTable: table, padding } = scale;
  const mirror = mirrorSum(scale, info);
  const { slope, intercept } = info;
  const untouched = slope === 1 && intercept === 0 && !table && !padding && mirror === null;
  if (untouched && !(stored instanceof Uint32Array) && voxelTypeOf(stored) === type) return stored;
  if ((stored instanceof Int16Array || stored instanceof Uint16Array) && stored.length >= worthTable) {
    return byTable(stored, scale, info, make(type, stored.length), darkenPadding);
  }
  const out = convert(stored, scale, info, make(type, stored.length));
  if (padding) darken(out, stored, padding, darkenPadding);
  return out;
}

/** One by one, padding as any other value. */
function convert(
  stored: VoxelArray | Uint32Array,
  scale: ValueScale,
  info: FrameInfo,
  out: VoxelArray,
): VoxelArray {
  const { modalityTable: table } = scale;
  const { slope, intercept } = info;
  const mirror = mirrorSum(scale, info);
  const type = voxelTypeOf(out);
  const [low, high] = typeLimits[type];
  const whole = type !== 'float32';
  for (let n = 0; n < out.length; n++) {
    const plain = table ? lookUp(table, stored[n]!) : stored[n]! * slope + intercept;
    const value = mirror === null ? plain : mirror - plain;
    out[n] = value < low ? low : value > high ? high : whole ? Math.round(value) : value;
  }
  return out;
}

/** Pictures of as many pixels as 16 bits have values are converted by a table of them: a quarter of the time. */
const worthTable = 65_536;

/** What each of the 65,536 stored values becomes; the slices of a series share it. */
interface ValueTable {
  readonly scale: ValueScale;
  readonly slope: number;
  readonly intercept: number;
  readonly type: VoxelType;
  readonly signed: boolean;
  readonly values: VoxelArray;
}
let lastTable: ValueTable | null = null;

function tableOf(scale: ValueScale, info: FrameInfo, type: VoxelType, signed: boolean): VoxelArray {
  const { slope, intercept } = info;
  const known =
    lastTable?.slope === slope &&
    lastTable.intercept === intercept &&
    lastTable.type === type &&
    lastTable.signed === signed &&
    isSame(lastTable.scale, scale);
  if (known) return lastTable!.values;
  const all = new (signed ? Int16Array : Uint16Array)(65_536).map((_, n) => n);
  lastTable = {
    scale,
    slope,
    intercept,
    type,
    signed,
    values: convert(all, scale, info, createVoxels(type, all.length)),
  };
  return lastTable.values;
}

/** Each file has a form of its own; a table of values is nearly never there, and then it is not compared. */
function isSame(a: ValueScale, b: ValueScale): boolean {
  if (a.modalityTable !== b.modalityTable || a.form.photometric !== b.form.photometric) return false;
  return a.form.bitsStored === b.form.bitsStored && a.form.signed === b.form.signed;
}

function byTable(
  stored: Int16Array | Uint16Array,
  scale: ValueScale,
  info: FrameInfo,
  out: VoxelArray,
  darkenPadding: boolean,
): VoxelArray {
  const signed = stored instanceof Int16Array;
  const table = tableOf(scale, info, voxelTypeOf(out), signed);
  const indices = new Uint16Array(stored.buffer, stored.byteOffset, stored.length);
  const { padding } = scale;
  const isPadding = (index: number): boolean => {
    const value = signed ? (index << 16) >> 16 : index;
    return padding !== null && value >= padding[0] && value <= padding[1];
  };
  const dark = padding ? darkestSeen(indices, table, isPadding) : null;
  const changed: [number, number][] = [];
  for (let value = padding?.[0] ?? 0; dark !== null && padding && value <= padding[1]; value++) {
    const index = value & 0xffff;
    if (!darkenPadding && table[index]! <= dark) continue;
    changed.push([index, table[index]!]);
    table[index] = dark;
  }
  for (let n = 0; n < out.length; n++) out[n] = table[indices[n]!]!;
  for (const [index, value] of changed) table[index] = value;
  return out;
}

/** Stored values of one picture; used again, since each slice would leave one. */
const seen = new Uint8Array(65_536);

/** The darkest value of a picture apart from padding; null where it has no padding, or nothing else. */
function darkestSeen(
  indices: Uint16Array,
  table: VoxelArray,
  isPadding: (index: number) => boolean,
): number | null {
  seen.fill(0);
  for (let n = 0; n < indices.length; n++) seen[indices[n]!] = 1;
  let darkest = Infinity;
  let padded = false;
  for (let index = 0; index < seen.length; index++) {
    if (seen[index] === 0) continue;
    if (isPadding(index)) padded = true;
    else if (table[index]! < darkest) darkest = table[index]!;
  }
  return padded && darkest < Infinity ? darkest : null;
}

function darken(
  out: VoxelArray,
  stored: ArrayLike<number>,
  [from, to]: readonly [number, number],
  always: boolean,
): void {
  let darkest = Infinity;
  for (let n = 0; n < out.length; n++) {
    const s = stored[n]!;
    if ((s < from || s > to) && out[n]! < darkest) darkest = out[n]!;
  }
  if (darkest === Infinity) return;
  for (let n = 0; n < out.length; n++) {
    const s = stored[n]!;
    if (s >= from && s <= to && (always || out[n]! > darkest)) out[n] = darkest;
  }
}

const typeLimits: Readonly<Record<VoxelType, readonly [number, number]>> = {
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  float32: [-Infinity, Infinity],
};
