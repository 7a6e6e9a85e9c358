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
  darkenPadding = false,
): VoxelArray {
  const { modalityTable: table, padding } = scale;
  const mirror = mirrorSum(scale, info);
  const { slope, intercept } = info;
  const untouched = slope === 1 && intercept === 0 && !table && !padding && mirror === null;
  if (untouched && !(stored instanceof Uint32Array) && voxelTypeOf(stored) === type) return stored;
  const out = createVoxels(type, stored.length);
  const [low, high] = typeLimits[type];
  const whole = type !== 'float32';
  for (let n = 0; n < out.length; n++) {
    const plain = table ? lookUp(table, stored[n]!) : stored[n]! * slope + intercept;
    const value = mirror === null ? plain : mirror - plain;
    out[n] = value < low ? low : value > high ? high : whole ? Math.round(value) : value;
  }
  if (padding) darken(out, stored, padding, darkenPadding);
  return out;
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
